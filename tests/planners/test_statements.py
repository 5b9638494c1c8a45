"""Statements as Python: each finds its element as a person would, and does what it says."""

from collections.abc import Callable

import pytest

from webagents.errors import UserError
from webagents.planners.driver import Driver
from webagents.planners.plan import cut
from webagents.planners.sandbox import run
from webagents.planners.statements import VERBS, Statement, program_of

PAGE = (
    '<body ref="1"><form ref="2"><input ref="3" id="who" value="Al"><input ref="4" name="town">'
    '<input ref="5" id="day" type="date"><select ref="6" id="way"><option ref="7">By bus</option>'
    '</select><input ref="8" type="checkbox" id="fast"><input ref="9" type="checkbox" id="low" '
    'checked><button ref="10">Send</button></form><a ref="11" href="/x?a=1">Help</a>'
    '<a ref="12" href="/y">One</a><a ref="13" href="/y">Two</a></body>'
)

SAID: dict[str, tuple[Statement, str, list[str]]] = {
    "a field that holds something is emptied": (
        Statement("fill", "3", 'Bob "B" Ö'),
        (
            'field = driver.find_element(By.ID, "who")\nfield.clear()\n'
            'field.send_keys("Bob \\"B\\" Ö")'
        ),
        ["clear('3')", "type('3', 'Bob \"B\" Ö')"],
    ),
    "an empty field is typed into": (
        Statement("fill", "4", "Rye"),
        'driver.find_element(By.NAME, "town").send_keys("Rye")',
        ["type('4', 'Rye')"],
    ),
    "a day is set": (
        Statement("fill", "5", "2026-06-05"),
        'fill(driver.find_element(By.ID, "day"), "2026-06-05")',
        ["fill('5', '2026-06-05')"],
    ),
    "an option is chosen by its label": (
        Statement("select", "6", "By bus"),
        'Select(driver.find_element(By.ID, "way")).select_by_visible_text("By bus")',
        ["select_option('6', 'By bus')"],
    ),
    "what is not ticked is": (
        Statement("check", "8"),
        'box = driver.find_element(By.ID, "fast")\nif not box.is_selected():\n    box.click()',
        ["click('8')"],
    ),
    "what is ticked stays": (
        Statement("check", "9"),
        'box = driver.find_element(By.ID, "low")\nif not box.is_selected():\n    box.click()',
        [],
    ),
    "what is ticked is unticked": (
        Statement("uncheck", "9"),
        'box = driver.find_element(By.ID, "low")\nif box.is_selected():\n    box.click()',
        ["click('9')"],
    ),
    "a button is found by its text": (
        Statement("click", "10"),
        'driver.find_element(By.XPATH, "//button[normalize-space()=\\"Send\\"]").click()',
        ["click('10')"],
    ),
    "a link is found by its address": (
        Statement("click", "11"),
        'driver.find_element(By.CSS_SELECTOR, "a[href=\\"/x?a=1\\"]").click()',
        ["click('11')"],
    ),
    "what is like another is found by its ref": (
        Statement("click", "13"),
        'driver.find_element(By.REF, "13").click()',
        ["click('13')"],
    ),
    "Enter is pressed": (
        Statement("enter", "4"),
        'driver.find_element(By.NAME, "town").send_keys(Keys.ENTER)',
        ["press('4', 'Enter')"],
    ),
    "something is said": (
        Statement("say", text="It is done."),
        'send_msg_to_user("It is done.")',
        ["send_msg_to_user('It is done.')"],
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_a_statement_is_python_that_does_it(case: str, driver_of: Callable[..., Driver]) -> None:
    statement, program, actions = SAID[case]
    driver = driver_of(html=PAGE)
    outcome = run(program, driver)

    assert program_of([statement], PAGE) == program
    assert (outcome.ok, driver.actions) == (True, actions)


def test_every_verb_is_shown_above() -> None:
    assert {statement.verb for statement, *_ in SAID.values()} == set(VERBS)


def test_an_element_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match="no element '99' on the page"):
        program_of([Statement("click", "99")], PAGE)


def test_a_page_is_cut_to_elements_what_they_lie_in_and_options() -> None:
    page = (
        '<body ref="1">Hi<form ref="2" id="f">So<label ref="3">Size</label>two<select ref="4">'
        '<option ref="5">S</option></select>or<b ref="6">bold <i ref="7">x</i> end</b>not</form>'
        '<p ref="8">no</p></body>'
    )

    assert cut(page, {"4", "6"}) == (
        '<body ref="1"><form ref="2" id="f"><select ref="4"><option ref="5">S</option></select>'
        '<b ref="6">bold <i ref="7">x</i> end</b></form></body>'
    )
    assert cut(page, {"99"}) == page
    assert cut(page, ()) == page
