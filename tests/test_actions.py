"""Action text: what is read, what is told where it cannot be, and that nothing else comes out."""

import copy
import pickle
import random
import string
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webagents.actions import ACTIONS, Action, Signature, describe, parse, sample
from webagents.actions.kinds import (
    ADDRESS,
    BUTTON,
    DISTANCE,
    DURATION,
    FILLED,
    HELD,
    INDEX,
    KEY,
    MODIFIERS,
    PIXEL,
    REFERENCE,
    TEXT,
    TEXTS,
)
from webagents.errors import ActionError, UserError

EVERY = ("calls", "webgum", "webshop")
CALLS = ", ".join(each.name for each in ACTIONS.values() if each.dialect == "calls")
PLAIN = "arguments are plain values (strings in quotes, numbers, lists of them), not"
ESCAPE = r"a quote inside a text is written \' or \""
COMMAS = "arguments are strings in quotes, numbers and lists, with commas between"
CLICK = "click(ref, button='left', modifiers=[])"


GOOD = [
    # calls
    ("click('5')", "click('5')"),
    ("click(12)", "click('12')"),
    ("click(' 12 ')", "click('12')"),
    ('  click ( "5" , ) \n', "click('5')"),
    ("click(bid='5')", "click('5')"),
    ("click('5', 'left', [])", "click('5')"),
    ("click('5', button=None)", "click('5')"),
    ('click("5", button="right",)', "click('5', 'right')"),
    ("click('5', modifiers=['Shift', 'Alt', 'Shift'])", "click('5', modifiers=['Alt', 'Shift'])"),
    ("click('5', modifiers='Shift')", "click('5', modifiers='Shift')"),
    ("fill('5', 'blue')", "fill('5', 'blue')"),
    ("fill(value='b', bid='5')", "fill('5', 'b')"),
    ("fill('5', text='b')", "fill('5', 'b')"),
    ("fill('5', '')", "fill('5', '')"),
    (r"""fill('5', 'it\'s "so"')""", r"""fill('5', 'it\'s "so"')"""),
    ("fill('5', '''it's''')", 'fill(\'5\', "it\'s")'),
    ("fill('5', 'one\ntwo')", r"fill('5', 'one\ntwo')"),
    ("fill('5', '''one\ntwo''')", r"fill('5', 'one\ntwo')"),
    ("fill('5', 'one' ' two')", "fill('5', 'one two')"),
    (r"fill('5', r'C:\dir')", r"fill('5', 'C:\\dir')"),
    (r"fill('5', '\d+ C:\Windows')", r"fill('5', '\\d+ C:\\Windows')"),
    (r"fill('5', '\ud83d\ude00')", "fill('5', '😀')"),
    ("fill('5', '# no comment')", "fill('5', '# no comment')"),
    ("fill('5',  # the field\n 'a')", "fill('5', 'a')"),
    ("fill('5', \"click('6')\")", "fill('5', \"click('6')\")"),
    ("select_option('5', 'a')", "select_option('5', 'a')"),
    ("select_option('5', ['a'])", "select_option('5', 'a')"),
    ("select_option('5', ('a', 'b'))", "select_option('5', ['a', 'b'])"),
    ("select_option('5', [])", "select_option('5', [])"),
    ("press('5', key_comb='Control+a')", "press('5', 'Control+a')"),
    ("drag_and_drop(from_bid='5', to_bid='7')", "drag_and_drop('5', '7')"),
    ("scroll(0, -200.50)", "scroll(0, -200.5)"),
    ("scroll_at(1, 2, dx=3, dy=4)", "scroll_at(1, 2, 3, 4)"),
    ("mouse_click(10.0, +20, 'right')", "mouse_click(10, 20, 'right')"),
    ("mouse_down()", "mouse_down()"),
    ("mouse_up(button='right')", "mouse_up(button='right')"),
    ("mouse_up(3, 4)", "mouse_up(3, 4)"),
    ("noop(1e3)", "noop(1000)"),
    ("noop(wait_ms=0)", "noop()"),
    ("tab_focus(index=1)", "tab_focus(1)"),
    ("upload_file('5', 'a.txt')", "upload_file('5', 'a.txt')"),
    # what stands around them
    ("I'll press the button.\n\n```python\nclick('5')\n```\nThat's it.", "click('5')"),
    ("**Action:** `click('5')`", "click('5')"),
    ("The Total(3) is right, so click('5')", "click('5')"),
    ("I use click(ref) on button(s), then click(). Here: click('5')", "click('5')"),
    ("Click (the one below) and click (so): click('5')", "click('5')"),
    ("# click('4')\nclick('5')  # not click('6')", "click('5')"),
    ("Item #5: click('5')", "click('5')"),
    ('{"thought": "it is red"} click(\'5\')', "click('5')"),
    # dicts
    ("{'action': 'click', 'ref': '6'}", "click('6')"),
    ("{'action': 'click', 'ref': 6, 'typed_text': ''}", "click('6')"),
    ("{'action': 'type', 'ref': '10', 'typed_text': 'John'}", "type('10', 'John')"),
    ('{"action": "type", "ref": "10", "typed_text": "John"}', "type('10', 'John')"),
    ('```json\n{"action": "click", "ref": 6, "button": null}\n```', "click('6')"),
    (r'{"action": "fill", "ref": "1", "text": "\ud83d\ude00\/"}', "fill('1', '😀/')"),
    ("{'action': 'fill', 'ref': '1', 'value': 'a\nb'}", r"fill('1', 'a\nb')"),
    ("{'action': 'type', 'ref': '1', 'typed_text': ''}", "type('1', '')"),
    ("{'action': 'select', 'ref': '3', 'option': 'a'}", "select_option('3', 'a')"),
    ('{"action": "select", "ref": 3, "options": ["a", "b"]}', "select_option('3', ['a', 'b'])"),
    ("{'action': 'dblclick', 'ref': '3'}", "dblclick('3')"),
    ("{'action': 'go_back'}", "go_back()"),
    # the shop's own
    ("search('red shoes')", "search('red shoes')"),
    ("choose('Buy Now')", "choose('Buy Now')"),
]  # fmt: skip

SHOP = [
    ("search[red shoes]", "search('red shoes')"),
    ("click[Buy Now]", "choose('Buy Now')"),
    ("Action: click[< prev]\nAs it's dear.", "choose('< prev')"),
    ("search[a[b]c] or so", "search('a[b]c')"),
    ("click['5']", "choose(\"'5'\")"),
    ("click('5')", "click('5')"),
    ("choose('click[x]')", "choose('click[x]')"),
    ("{'action': 'click', 'ref': '6'}", "click('6')"),
]

BAD = [
    ("", "no action in ''; write one such as click('5')"),
    ("the button", "no action in 'the button'; write one such as click('5')"),
    ("click[5]", "no action in 'click[5]'; write one such as click('5')"),
    ("# click('5')", "no action in \"# click('5')\"; write one such as click('5')"),
    ("clik('5')", f"no action 'clik' (did you mean 'click'?); the actions are {CALLS}"),
    ("frob('5')", f"no action 'frob'; the actions are {CALLS}"),
    ("page.click('5')", f"no action 'page.click' (did you mean 'click'?); the actions are {CALLS}"),
    ("{'action': 'frob'}", f"no action 'frob'; the actions are {CALLS}"),
    ("click('5') hover('6')", "one action a step; got 2: click('5'), hover('6')"),
    ("click('5')\n" * 4, "one action a step; got 4: click('5'), click('5'), click('5'), …"),
    (
        "click('5') {'action': 'click', 'ref': '6'}",
        "one action a step; got 2: click('5'), {'action': 'click', 'ref': '6'}",
    ),
    # arguments that do not fit
    ("click('abc')", "click: 'ref' must be a ref such as '5', not 'abc'"),
    ("click('-5')", "click: 'ref' must be a ref such as '5', not '-5'"),
    ("click(-5)", "click: 'ref' must be a ref such as '5', not -5"),
    ("click('05')", "click: 'ref' must be a ref such as '5', not '05'"),
    ("click(True)", "click: 'ref' must be a ref such as '5', not True"),
    ("click(5.0)", "click: 'ref' must be a ref such as '5', not 5.0"),
    ("click(None)", "click: 'ref' must be a ref such as '5', not None"),
    ("click('٥')", "click: 'ref' must be a ref such as '5', not '٥'"),
    ("click()", f"click: 'ref' is missing; write {CLICK}"),
    ("fill('5')", "fill: 'text' is missing; write fill(ref, text)"),
    ("fill('5', 7)", "fill: 'text' must be a string such as 'blue', not 7"),
    (r"fill('5', '\ud83d')", r"fill: 'text' must be a string such as 'blue', not '\ud83d'"),
    ("click('5', '5', '5', '5')", f"click: takes 3 arguments, not 4; write {CLICK}"),
    ("focus('5', '5')", "focus: takes 1 argument, not 2; write focus(ref)"),
    ("go_back('5')", "go_back: takes no arguments, not 1; write go_back()"),
    ("click('5', colour='red')", f"click: no parameter 'colour'; write {CLICK}"),
    ("click('5', bid='6')", f"click: 'ref' is given twice; write {CLICK}"),
    ("click(ref='5', ref='6')", f"click: 'ref' is given twice; write {CLICK}"),
    ("click('5', 'up')", "click: 'button' must be 'left', 'middle' or 'right', not 'up'"),
    (
        "click('5', modifiers=['Hyper'])",
        (
            "click: 'modifiers' must be a list of Alt, Control, ControlOrMeta, Meta, Shift, "
            "not ['Hyper']"
        ),
    ),
    (
        "select_option('5', ['a', 1])",
        (
            "select_option: 'options' must be a string or a list of at most 200 strings such as "
            "['red', 'blue'], not ['a', 1]"
        ),
    ),
    ("press('5', '')", "press: 'key' must be a key such as 'Enter' or 'Control+a', not ''"),
    ("goto('')", "goto: 'url' must be an address such as 'https://example.org', not ''"),
    (
        "mouse_click(1e999, 2)",
        "mouse_click: 'x' must be a number of pixels from 0 to 10000, not inf",
    ),
    (
        "mouse_click(1, -2)",
        "mouse_click: 'y' must be a number of pixels from 0 to 10000, not -2",
    ),
    (
        "mouse_click('1', 2)",
        "mouse_click: 'x' must be a number of pixels from 0 to 10000, not '1'",
    ),
    (
        '{"action": "mouse_move", "x": NaN, "y": 2}',
        "mouse_move: 'x' must be a number of pixels from 0 to 10000, not nan",
    ),
    (
        "scroll(0, 1000000)",
        "scroll: 'delta_y' must be a number of pixels from -100000 to 100000, not 1000000",
    ),
    ("noop(-1)", "noop: 'wait_ms' must be a number of milliseconds from 0 to 60000, not -1"),
    ("tab_focus(1.5)", "tab_focus: 'index' must be a tab's number such as 0, not 1.5"),
    ("mouse_down(1)", "mouse_down: give both 'x' and 'y', or neither"),
    ("{'ref': '6'}", "no 'action' in \"{'ref': '6'}\"; write {'action': 'click', 'ref': '5'}"),
    ("{'action': 'click'}", f"click: 'ref' is missing; write {CLICK}"),
    # what cannot be read
    (
        "fill('5', 'don't')",
        f"fill: a quote or a bracket is never closed in \"('5', 'don't')\"; {ESCAPE}",
    ),
    (
        "fill('5', 'don't click('6')",
        f"fill: a quote or a bracket is never closed in \"('5', 'don't click('6')\"; {ESCAPE}",
    ),
    (
        "{'action': 'type', 'typed_text': 'don't click('6')'}",
        (
            "a quote or a bracket is never closed in "
            f"\"{{'action': 'type', 'typed_text': 'don't click('6')'}}\"; {ESCAPE}"
        ),
    ),
    ("click('5'", f"click: a quote or a bracket is never closed in \"('5'\"; {ESCAPE}"),
    ("fill('5' 6)", f"fill: cannot read \"('5' 6)\"; {COMMAS}"),
    ("fill('5', '\0')", f"fill: cannot read \"('5', '\\x00')\"; {COMMAS}"),
    ("fill('5', '\udc80')", f"fill: cannot read \"('5', '\\udc80')\"; {COMMAS}"),
    (r"fill('5', '\x4')", f"fill: cannot read \"('5', '\\\\x4')\"; {COMMAS}"),
    ("click(" + "[" * 9, "click: too long or too deep for an action: '([[[[[[[[['"),
    ("click('5'" + " " * 20_000, "an action has at most 20000 characters, not 20009"),
    # code
    ("click(ref)", f"click: {PLAIN} '(ref)'"),
    ("__import__('os').system('x')", f"no action '__import__'; the actions are {CALLS}"),
    ("eval(\"click('5')\")", f"no action 'eval'; the actions are {CALLS}"),
    (
        "click(open('/etc/passwd').read())",
        f"click: {PLAIN} \"(open('/etc/passwd').read())\"",
    ),
    ("click(hover('5'))", f"click: {PLAIN} \"(hover('5'))\""),
    ("click(f'{1}')", f"click: {PLAIN} \"(f'{{1}}')\""),
    ("click(b'5')", f"click: {PLAIN} \"(b'5')\""),
    ("click(lambda: 5)", f"click: {PLAIN} '(lambda: 5)'"),
    ("click(2 + 3)", f"click: {PLAIN} '(2 + 3)'"),
    ("click(-True)", f"click: {PLAIN} '(-True)'"),
    ("click(5j)", f"click: {PLAIN} '(5j)'"),
    ("click(-5j)", f"click: {PLAIN} '(-5j)'"),
    ("click(1" + "0" * 20 + ")", f"click: {PLAIN} '(100000000000000000000)'"),
    ("click(*['5'])", f"click: {PLAIN} \"(*['5'])\""),
    ("click('5', **{})", f"click: {PLAIN} \"('5', **{{}})\""),
    ("fill('5', x := 'a')", f"fill: {PLAIN} \"('5', x := 'a')\""),
    ("fill('5', {'a': 1})", f"fill: {PLAIN} \"('5', {{'a': 1}})\""),
    ("click(c for c in '5')", f"click: {PLAIN} \"(c for c in '5')\""),
    ("{'action': open('x')}", f"{PLAIN} \"{{'action': open('x')}}\""),
]  # fmt: skip

BAD_SHOP = [
    ("buy it", "no action in 'buy it'; write one such as search[red shoes]"),
    ("search[]", "search: nothing in the brackets; write search[words] or click[name]"),
    ("search[a]\nclick[b]", "one action a step; got 2: search[a], click[b]"),
    ("search[a] then click[b]", "one action a step; got several: search[a] then click[b]"),
    (
        "serch('a')",
        f"no action 'serch' (did you mean 'search'?); the actions are {CALLS}, search, choose",
    ),
]  # fmt: skip


def complaint(text, **options):
    with pytest.raises(ActionError) as raised:
        parse(text, **options)
    return str(raised.value)


@pytest.mark.parametrize(("text", "canonical"), GOOD)
def test_an_action_is_read_into_its_canonical_text(text, canonical):
    assert parse(text).text == canonical


@pytest.mark.parametrize(("text", "canonical"), SHOP)
def test_the_shops_brackets_are_read_where_asked_for(text, canonical):
    assert parse(text, dialects=EVERY).text == canonical


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_text_is_told_in_one_line(text, message):
    assert complaint(text) == message


@pytest.mark.parametrize(("text", "message"), BAD_SHOP)
def test_a_bad_text_in_the_shop_is_told_in_one_line(text, message):
    assert complaint(text, dialects=("webshop", "calls")) == message


def test_arguments_are_complete_and_in_order():
    assert dict(parse("click(button='right', bid=5)").arguments) == {
        "ref": "5",
        "button": "right",
        "modifiers": (),
    }


def test_coordinates_left_out_are_absent():
    assert dict(parse("mouse_down()").arguments) == {"button": "left"}


def test_a_dialect_that_is_not_asked_for_is_not_read():
    assert complaint("{'action': 'click', 'ref': '6'}", dialects=("calls",)).startswith("no action")


def test_an_unknown_dialect_is_the_callers_mistake():
    with pytest.raises(UserError, match="no dialect 'html'; the dialects are calls, webgum, web"):
        parse("click('5')", dialects=("html",))


def test_an_action_that_cannot_be_read_cannot_be_made():
    with pytest.raises(ActionError, match="'ref' must be a ref"):
        Action(name="click", arguments={"ref": "x"})
    with pytest.raises(ActionError, match="an action has at most 20000 characters, not 2"):
        Action(name="fill", arguments={"ref": "5", "text": "x" * 20_000})


def test_an_action_is_one_value_however_it_was_written():
    made = Action(name="click", arguments={"ref": 5})
    read = parse("click(bid='5', button='left')")
    assert {made, read, pickle.loads(pickle.dumps(made)), copy.deepcopy(read)} == {made}


def test_an_actions_arguments_cannot_be_written_to():
    with pytest.raises(TypeError):
        parse("click('5')").arguments["ref"] = "6"


def test_actions_are_described_a_line_each_without_the_shops():
    lines = describe().splitlines()
    assert [line.partition("(")[0] for line in lines] == CALLS.split(", ")
    assert describe(["click", "search"]).splitlines() == [
        "click(ref, button='left', modifiers=[]): Click an element.",
        "search(query): Search the shop; also written search[query].",
    ]
    assert describe(["click", "scroll", "noop"], optional=False).splitlines() == [
        "click('ref'): Click an element.",
        "scroll(delta_x, delta_y): Scroll right and down by pixels.",
        "noop(): Do nothing; 0 ms is an action's ordinary time.",
    ]


def test_describing_an_unknown_action_names_the_known_ones():
    with pytest.raises(ActionError, match="no action 'clik'"):
        describe(["clik"])


def arguments_of(signature: Signature):
    text = st.text(max_size=60)
    pixel = st.integers(0, 10_000) | st.floats(0, 10_000)
    drawn = {
        REFERENCE: st.integers(1, 10**9 - 1).map(str),
        TEXT: text,
        FILLED: st.text(min_size=1),
        KEY: st.text(min_size=1),
        ADDRESS: st.text(min_size=1),
        TEXTS: text | st.lists(text, max_size=5) | st.just(["a"] * 200),
        BUTTON: st.sampled_from(["left", "middle", "right"]),
        HELD: st.lists(st.sampled_from(MODIFIERS)),
        PIXEL: pixel,
        DISTANCE: st.floats(-100_000, 100_000),
        DURATION: st.floats(0, 60_000) | st.integers(0, 60_000),
        INDEX: st.integers(0, 999),
    }
    kinds = {each.name: each for each in signature.parameters}
    needed = {name: drawn[each.kind] for name, each in kinds.items() if not each.optional}
    spare = {
        name: drawn[each.kind]
        for name, each in kinds.items()
        if each.optional and name not in ("x", "y")
    }
    points = {"x": pixel, "y": pixel} if "x" in kinds else {}
    return st.fixed_dictionaries({**needed, **points}, optional=spare) | st.fixed_dictionaries(
        needed, optional=spare
    )


@st.composite
def actions(draw):
    signature = draw(st.sampled_from(list(ACTIONS.values())))
    return Action(name=signature.name, arguments=draw(arguments_of(signature)))


@given(actions())
@settings(max_examples=300, deadline=None)
def test_reading_an_actions_text_gives_the_action(action):
    assert parse(action.text) == action
    assert parse(f"I'd do this:\n{action.text}\nIt's right.", dialects=EVERY) == action


@given(
    st.text(alphabet=st.sampled_from("\\'\"\n\r\t #()[]{}$dnxuNr0é😀\u2028\x85\ufeff"), max_size=40)
)
def test_any_text_can_be_typed(text):
    action = Action(name="type", arguments={"ref": "5", "text": text})
    assert parse(action.text).arguments["text"] == text
    assert "\n" not in action.text


PIECES = st.sampled_from(
    [
        *ACTIONS, *"()[]{}'\"\\,=#:.-+*/ \n\r\0", "'''", '"""', "'5'", "5", "action", "ref",
        "click(", "{'action': ", "lambda ", "f'", "r'", "search[", "None", "1e9", "0x", "\udc80",
        "if ", "await ", "1if", "\\N{", "\\777",
    ]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=1000, deadline=None)
@example("click(1if 2 else 3)")
@example("fill('5', '\\777')")
def test_any_text_is_an_action_or_an_action_error_of_one_line(text):
    try:
        action = parse(text, dialects=EVERY)
    except ActionError as error:
        told = str(error)
    else:
        assert parse(action.text) == action
        return
    assert told.splitlines() == [told[:1000]]


@pytest.mark.parametrize(
    "piece",
    [
        "click(", "click('", "click ('", "a(", "a('", "a(\"'", "a(''", "a(\\'", "a(' )a(\" ",
        "a('''", "{'a", "()", "[", "'", '"', "''", "\\", "- ", "not ", "1+", "a.", "a ", "# ",
        "a(#", "9", "search[", "click[]", string.printable,
    ],
)  # fmt: skip
def test_a_hostile_text_is_answered_quickly(piece):
    for start in ("", "click(", "click('", "a(", "{'action': "):
        for ending in ("", "1)", "')", '")'):
            text = (start + piece * 20_000)[: 20_000 - len(ending)] + ending
            began = time.process_time()
            complaint(text, dialects=EVERY)
            assert time.process_time() - began < 2


def test_random_actions_are_of_the_page_and_the_same_for_the_same_dice():
    def drawn():
        dice = random.Random(0)
        return [sample(dice, [3, 7], 160, 210) for _ in range(500)]

    actions = drawn()
    assert actions == drawn()
    assert {"click", "fill", "type", "press", "hover", "select_option", "drag_and_drop", "scroll",
            "mouse_click"} <= {action.name for action in actions}  # fmt: skip
    assert {action.arguments.get("ref", "3") for action in actions} == {"3", "7"}
    assert all(action.arguments.get("x", 0) < 160 for action in actions)
    assert all(action.arguments.get("y", 0) < 210 for action in actions)


def test_random_actions_need_no_refs():
    dice = random.Random(0)
    actions = [sample(dice, [], 160, 210) for _ in range(100)]
    assert not {action.name for action in actions if "ref" in action.arguments}
