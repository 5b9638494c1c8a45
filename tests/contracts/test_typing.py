"""Text, pickers, selects, keys and the clipboard, tried on every browser."""

import pytest

from tests.contracts.sites import core


# ---------------------------------------------------------------- text
@core
def test_fill_replaces_and_type_appends_key_by_key(play):
    page = play('<input id="a" value="old">', record="keydown beforeinput input keyup change")
    page.do("type('#a', 'x')")
    typed, value = page.events, page.value("a")
    assert (value, typed) == (
        "oldx",
        ['keydown a "x"', "beforeinput a", "input a", 'keyup a "x"'],
    )
    page.do("fill('#a', 'Ab')")
    assert page.value("a") == "Ab"
    assert [line for line in page.events if line.startswith("keydown")][-2:] == [
        page.events[-8],
        'keydown a "b"',
    ]
    page.do("clear('#a')", "clear('#a')")
    assert page.value("a") == ""


@pytest.mark.parametrize(
    "text",
    ["Hello, World! ~@#$%^&*()_+{}|:\"<>?`-=[]\\\\;'./", "žluťoučký kůň", "日本語", "a😀b"],
    ids=["symbols", "accents", "kanji", "emoji"],
)
def test_any_text_can_be_typed(play, text):
    page = play('<input id="a"><textarea id="b"></textarea><div id="c" contenteditable></div>')
    page.view = page.look()
    for name in "abc":
        page.do(f"fill('#{name}', {text!r})")
    assert page.run("[a.value, b.value, c.textContent]") == [text, text, text]


def test_a_newline_breaks_the_line_of_a_textarea_and_submits_a_form(play):
    page = play(
        '<textarea id="a"></textarea><form id="f" onsubmit="return false"><input id="b"></form>',
        record="submit",
    )
    page.do("fill('#a', 'one\\ntwo')", "fill('#b', 'three\\n')")
    assert (page.run("[a.value, b.value]"), page.events) == (["one\ntwo", "three"], ["submit f"])


def test_contenteditable_is_filled_typed_into_and_cleared(play):
    page = play('<div id="a" contenteditable>one <b id="b">two</b></div>', record="input")
    page.do("type('#a', '!')")
    assert page.run("a.textContent") == "one two!"
    page.do("fill('#a', 'new')")
    assert (page.run("a.textContent"), set(page.events)) == ("new", {"input a"})
    page.do("clear('#a')")
    assert page.run("a.textContent") == ""


def test_typing_into_a_narrow_field_of_a_number_leaves_its_arrows_alone(play):
    page = play('<input id="a" type="number" style="width: 30px">', record="click")
    page.do("type('#a', '4')")
    assert (page.value("a"), page.events) == ("4", ["click a"])


def test_typing_stops_at_maxlength_and_number_fields_take_numbers(play):
    page = play(
        '<input id="a" maxlength="3"><input id="n" type="number"><input id="p" type="password">'
    )
    page.do("fill('#a', 'abcdef')", "fill('#n', '12.5')", "fill('#p', 'secret')")
    assert page.run("[a.value, n.value, p.value]") == ["abc", "12.5", "secret"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2026-02-03", "2026-02-03"),
        ("time", "13:45", "13:45"),
        ("datetime-local", "2026-02-03T13:45", "2026-02-03T13:45"),
        ("month", "2026-02", "2026-02"),
        ("week", "2026-W05", "2026-W05"),
        ("color", "#00ff00", "#00ff00"),
        ("range", "7", "7"),
        ("range", "700", "10"),
    ],
)
def test_pickers_and_ranges_take_a_whole_value(play, kind, text, value):
    page = play(
        f'<input id="a" type="{kind}" min="" max="10">'.replace(
            'min="" max="10"', 'max="10"' if kind == "range" else ""
        ),
        record="input change",
    )
    view = page.do(f"fill('#a', '{text}')")
    assert (view.error, page.value("a"), page.events) == (
        "",
        value,
        ["input a untrusted", "change a untrusted"],
    )


def test_a_value_that_a_picker_cannot_take_is_refused(play):
    page = play('<input id="a" type="date" value="2026-01-01">')
    view = page.do("fill('#a', 'tomorrow')")
    ref = page.ref("a")
    assert view.error == (
        f"'tomorrow' is no date for <input#a ref=\"{ref}\">; write it like 2026-01-31"
    )


# ---------------------------------------------------------------- selects
SELECTS = (
    '<select id="one"><option id="o1" value="v1">First</option><option id="o2">Second one</option>'
    "<option disabled>Third</option></select>"
    '<select id="many" multiple><option id="m1">A</option><option id="m2">B</option>'
    '<option id="m3">C</option></select>'
)


@core
def test_select_option_by_label_or_value(play):
    page = play(SELECTS, record="input change")
    page.do("select_option('#one', 'Second one')")
    assert (page.value("one"), page.events) == (
        "Second one",
        ["input one untrusted", "change one untrusted"],
    )
    page.do("select_option('#one', 'v1')")
    assert (page.value("one"), page.run("document.activeElement.id")) == ("v1", "one")
    page.do("select_option('#many', ['A', 'C'])")
    assert page.run("[...many.selectedOptions].map((o) => o.id)") == ["m1", "m3"]


def test_a_click_on_an_option_chooses_it(play):
    page = play(SELECTS, record="change")
    page.do("click('#o2')", "click('#m2')")
    assert page.run("[one.value, [...many.selectedOptions].map((o) => o.id)]") == [
        "Second one",
        ["m2"],
    ]


def test_what_a_select_cannot_do_is_told(play):
    page = play(SELECTS + '<p id="p">text</p>')
    one, many = page.ref("one"), page.ref("many")
    told = [
        page.do(text).error
        for text in (
            "select_option('#one', 'Nope')",
            "select_option('#one', 'Third')",
            "select_option('#one', ['First', 'Second one'])",
            "select_option('#many', 'Z')",
            "select_option('#p', 'First')",
            "select_option('#one', [])",
        )
    ]
    assert told == [
        f"<select#one ref=\"{one}\"> has no option 'Nope'; it has: First, Second one, Third",
        "option 'Third' is disabled",
        f'<select#one ref="{one}"> takes one option, not 2',
        f"<select#many ref=\"{many}\"> has no option 'Z'; it has: A, B, C",
        f'select_option does not apply to <p#p ref="{page.ref("p")}">: it is no select',
        "select_option: name at least one option",
    ]


# ---------------------------------------------------------------- keys
def test_keys_and_combinations(play):
    page = play('<input id="a" value="abc"><input id="b">', record="keydown keyup")
    page.do(
        "press('#a', 'End')", "keyboard_press('Shift+ArrowLeft')", "keyboard_press('Backspace')"
    )
    assert (page.value("a"), page.events) == (
        "ab",
        [
            'keydown a "End"',
            'keyup a "End"',
            'keydown a "Shift"',
            'keydown a "ArrowLeft" +Shift',
            'keyup a "ArrowLeft" +Shift',
            'keyup a "Shift"',
            'keydown a "Backspace"',
            'keyup a "Backspace"',
        ],
    )
    page.do("keyboard_press('Tab')", "keyboard_type('Hi')", "keyboard_insert_text(' you')")
    assert page.run("[document.activeElement.id, b.value]") == ["b", "Hi you"]


def test_a_held_key_stays_held_until_it_is_let_go(play):
    page = play('<input id="a">', record="keydown keyup")
    page.do("focus('#a')", "keyboard_down('x')", "keyboard_up('x')")
    assert (page.value("a"), page.events) == ("x", ['keydown a "x"', 'keyup a "x"'])


@core
def test_the_page_copies_cuts_and_pastes_its_own_text(play):
    page = play('<input id="a" value="abc"><input id="b">', record="copy cut paste")
    page.do("press('#a', 'ControlOrMeta+a')", "keyboard_press('ControlOrMeta+c')")
    page.do("press('#b', 'ControlOrMeta+v')", "keyboard_press('ControlOrMeta+v')")
    assert page.run("[a.value, b.value]") == ["abc", "abcabc"]
    page.do("press('#a', 'ControlOrMeta+a')", "keyboard_press('ControlOrMeta+x')")
    page.do("press('#b', 'ControlOrMeta+a')", "keyboard_press('ControlOrMeta+v')")
    assert page.run("[a.value, b.value]") == ["", "abc"]


def test_a_page_may_refuse_a_paste_or_take_it_itself(play):
    page = play(
        '<input id="a" value="abc"><input id="b"><input id="c"><p id="p" tabindex="0">p</p>'
        "<script>b.onkeydown = (e) => e.preventDefault(); c.onpaste = (e) => { e.preventDefault();"
        "note('c ' + e.clipboardData.getData('text')) };"
        "p.onpaste = (e) => note('p ' + e.clipboardData.getData('text'))</script>"
    )
    page.do("press('#a', 'ControlOrMeta+a')", "keyboard_press('ControlOrMeta+c')")
    for name in "bcp":
        page.do(f"press('#{name}', 'ControlOrMeta+v')")
    assert page.run("[b.value, c.value, p.textContent]") == ["", "", "p"]
    assert page.view.state == ["c abc", "p abc"]


def test_two_pages_have_a_clipboard_each(play):
    first = play('<input id="a" value="mine"><input id="b">')
    second = play('<input id="a" value="yours"><input id="b">', nth=1)
    for page in (first, second):
        page.do("press('#a', 'ControlOrMeta+a')", "keyboard_press('ControlOrMeta+c')")
    for page in (first, second):
        page.do("press('#b', 'ControlOrMeta+v')")
    assert [first.value("b"), second.value("b")] == ["mine", "yours"]


def test_the_clipboard_does_not_outlive_the_document(play):
    page = play('<input id="a" value="old"><input id="b">')
    page.do("press('#a', 'ControlOrMeta+a')", "keyboard_press('ControlOrMeta+c')")
    page.open()
    page.do("press('#b', 'ControlOrMeta+v')")
    assert page.value("b") == ""


def test_keys_that_no_keyboard_has_are_told(play):
    page = play('<input id="a">')
    told = [page.do(text).error for text in ("press('#a', 'Entre')", "keyboard_press('Hyper+a')")]
    assert told == [
        "no key 'Entre'; did you mean Enter, PrintScreen, End?",
        "no modifier 'Hyper'; the modifiers are Alt, Control, Meta, Shift, ControlOrMeta",
    ]
