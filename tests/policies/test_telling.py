"""Experts' actions told as sub-instructions."""

import pytest

from webagents.planners.statements import Statement
from webagents.policies.planned.scripted import statements_of
from webagents.policies.planned.telling import told

PAGE = """<body ref="1">
<label ref="2" for="who">Your name:</label><input ref="3" id="who" value="x">
<label ref="4"><input ref="5" type="checkbox">I agree to all of the terms there are</label>
<select ref="6" id="size"><option ref="7">Small</option><option ref="8">Large</option></select>
<input ref="9" type="submit" value="Send it"><span ref="10" class="trash"></span><p ref="11"></p>
<textarea ref="12" placeholder="Say something">old</textarea></body>"""


@pytest.mark.parametrize(
    ("action", "says", "statements"),
    [
        ("click('9')", "Choose Send it", [("click", "9", "")]),
        ("click('10')", "Choose trash", [("click", "10", "")]),
        ("click('11')", "Choose it", [("click", "11", "")]),
        ("click('5')", "Choose I agree to all of", [("click", "5", "")]),
        ("focus('3')", "Choose Your name", [("click", "3", "")]),
        ("fill('3', 'Ann')", "Type Ann into Your name", [("fill", "3", "Ann")]),
        ("fill('12', 'new')", "Type new into Say something", [("fill", "12", "new")]),
        ("press('3', 'Enter')", "Enter Your name", [("enter", "3", "")]),
        ("select_option('6', 'Large')", "Choose Large", [("select", "6", "Large")]),
        (
            "select_option('6', ['Small', 'Large'])",
            "Choose Small and Large",
            [("select", "6", "Small"), ("select", "6", "Large")],
        ),
        ("send_msg_to_user('So it is.')", "Say that it is done", [("say", "", "It is done.")]),
    ],
)
def test_an_action_is_told_by_what_it_is_done_to(
    action: str, says: str, statements: list[tuple[str, str, str]]
) -> None:
    move = told(action, PAGE)

    assert move.says == says
    assert statements_of(move) == [Statement(*each) for each in statements]  # type: ignore[arg-type]
    assert move.refs == [ref for ref in dict.fromkeys(each[1] for each in statements) if ref]


@pytest.mark.parametrize(
    "action",
    ["noop()", "hover('9')", "press('3', 'Tab')", "click('99')", "mouse_click(3, 4)", "none of it"],
)
def test_what_no_statement_says_is_waited_for(action: str) -> None:
    move = told(action, PAGE)

    assert (move.says, move.touches, move.message) == ("Wait", (), "")
