"""What every browser does, tried on each of them: real effects on pages, seen by their scripts."""

import time

import numpy as np
import pytest

from webagents.browsers.base import View
from webagents.browsers.hands import HANDS
from webagents.browsers.loop import Work, run_all

MOUSE = "pointerdown mousedown pointerup mouseup click dblclick contextmenu auxclick"
COPIED = "ControlOrMeta"


def core(test):
    """A test that every backend plays in the fast suite."""
    test.core = True
    return test


# ---------------------------------------------------------------- clicks
@core
def test_a_click_presses_and_lets_go(play):
    page = play('<button id="a">A</button>', record=MOUSE)
    view = page.do("click('#a')")
    assert (view.error, page.events) == (
        "",
        ["pointerdown a", "mousedown a", "pointerup a", "mouseup a", "click a"],
    )


def test_two_clicks_are_no_double_click(play):
    page = play('<button id="a">A</button>', record="click dblclick")
    page.do("click('#a')", "click('#a')")
    assert page.events == ["click a", "click a"]


@core
def test_a_double_click_is_one(play):
    page = play('<button id="a">A</button>', record="click dblclick")
    page.do("dblclick('#a')")
    assert page.events == ["click a", "click a x2", "dblclick a x2"]


def test_right_and_middle_buttons(play):
    page = play('<button id="a">A</button>', record=MOUSE)
    page.do("click('#a', 'right')")
    right = page.events
    page.do("click('#a', 'middle')")
    assert right == [
        "pointerdown a b2",
        "mousedown a b2",
        "contextmenu a b2",
        "pointerup a b2",
        "mouseup a b2",
        "auxclick a b2",
    ]
    assert page.events == [
        "pointerdown a b1",
        "mousedown a b1",
        "pointerup a b1",
        "mouseup a b1",
        "auxclick a b1",
    ]


def test_modifiers_are_held_during_a_click(play):
    page = play('<button id="a">A</button>', record="mousedown click")
    page.do("click('#a', 'left', ['Shift', 'Control'])", "click('#a')")
    assert page.events == [
        "mousedown a +Control +Shift",
        "click a +Control +Shift",
        "mousedown a",
        "click a",
    ]


def test_hovering_moves_the_pointer_and_the_look(play):
    style = "#a { color: rgb(0, 0, 255) } #a:hover { color: rgb(255, 0, 0) }"
    page = play('<p id="a">A</p><p id="b">B</p>', "mouseover mouseout mousemove", style)
    page.do("mouse_move(390, 290)", "noop()")
    page.do("hover('#a')")
    first, colour = page.events, page.run("getComputedStyle(a).color")
    page.do("hover('#b')")
    assert (first, colour) == (
        ["mouseout HTML", "mouseover a", "mousemove a"],
        "rgb(255, 0, 0)",
    )
    assert page.events == ["mouseout a", "mouseover b", "mousemove b"]
    assert page.run("getComputedStyle(a).color") == "rgb(0, 0, 255)"


def test_labels_boxes_and_radio_buttons(play):
    page = play(
        '<label id="l"><input type="checkbox" id="c">yes</label>'
        '<input type="radio" name="r" id="r1"><input type="radio" name="r" id="r2">'
        '<label id="far" for="r2">two</label>',
        record="change",
    )
    page.do("click('#l')", "click('#r1')", "click('#far')")
    assert page.events == ["change c", "change r1", "change r2"]
    assert page.run("[c.checked, r1.checked, r2.checked]") == [True, False, True]
    page.do("check('#c')", "uncheck('#c')", "uncheck('#c')", "check('#r1')")
    assert page.events == ["change c", "change r1"]
    assert page.run("[c.checked, r1.checked, r2.checked]") == [False, True, False]
    assert page.do("check('#l')").error == f'<label#l ref="{page.ref("l")}"> is no checkbox'


def test_svg_elements_are_clicked_where_they_are_drawn(play):
    page = play(
        '<svg id="s" width="100" height="100"><circle id="o" cx="50" cy="50" r="40" fill="none" '
        'stroke="red" stroke-width="20"/><text id="t" x="0" y="98">T</text></svg>',
        record="click",
    )
    page.do("click('#o')", "click('#t')")
    assert page.events == ["click o", "click t"]


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


# ---------------------------------------------------------------- mouse
def test_the_mouse_clicks_at_points(play):
    page = play(
        '<button id="a" style="position:absolute;left:100px;top:50px;width:40px;height:20px">A</button>',
        record=MOUSE,
    )
    page.do("mouse_click(120, 60)")
    single = page.events
    page.do("mouse_dblclick(120, 60)")
    assert single == ["pointerdown a", "mousedown a", "pointerup a", "mouseup a", "click a"]
    assert page.events[-1] == "dblclick a x2"
    page.do("mouse_click(120, 60, 'right')")
    assert "contextmenu a b2" in page.events


@core
def test_a_held_button_drags(play):
    page = play(
        '<div id="a" style="position:absolute;left:10px;top:10px;width:30px;height:30px"></div>'
        "<script>let held = false; a.onmousedown = () => { held = true };"
        'onmousemove = (e) => { if (held) { a.style.left = e.clientX - 15 + "px"; note(`move ${e.buttons}`) } };'
        "onmouseup = () => { held = false }</script>",
    )
    page.do("mouse_down(25, 25)", "mouse_move(100, 25)", "mouse_move(150, 25)", "mouse_up()")
    assert (page.run("a.style.left"), set(page.events)) == ("135px", {"move 1"})
    page.do("mouse_move(30, 30)")
    assert page.run("a.style.left") == "135px"
    page.do("mouse_down(150, 25)", "mouse_up(80, 25)")
    assert page.run("a.style.left") == "65px"


def test_dragging_by_the_page_s_mouse_handlers(play):
    page = play(
        '<div id="a" style="position:absolute;z-index:1;left:10px;top:10px;width:30px;height:30px"></div>'
        '<div id="b" style="position:absolute;left:200px;top:100px;width:40px;height:40px"></div>'
        "<script>let held = false; a.onmousedown = (e) => { held = true; e.preventDefault() };"
        "onmousemove = (e) => { if (held) { a.style.left = e.clientX - 15 + 'px'; a.style.top = e.clientY - 15 + 'px' } };"
        "onmouseup = () => { held = false }</script>",
    )
    assert page.do("drag_and_drop('#a', '#b')").error == ""
    assert page.run("[a.style.left, a.style.top]") == ["206px", "105px"]  # 2 px past the middle
    page.do("mouse_drag_and_drop(220, 120, 100, 50)")
    assert page.run("[a.style.left, a.style.top]") == ["85px", "35px"]


@core
def test_html5_drag_and_drop_carries_its_data(play):
    page = play(
        '<div id="a" draggable="true" style="width:50px;height:50px">a</div>'
        '<div id="b" style="width:100px;height:60px">b</div>'
        "<script>a.ondragstart = (e) => e.dataTransfer.setData('text/plain', 'cargo');"
        "b.ondragover = (e) => e.preventDefault();"
        "b.ondrop = (e) => { e.preventDefault(); note('got ' + e.dataTransfer.getData('text/plain')) }</script>",
        record="dragstart dragenter drop dragend",
    )
    page.do("drag_and_drop('#a', '#b')")
    assert page.events == [
        *["dragstart a", "dragenter a", "dragenter b", "drop b", "got cargo"],
        "dragend a",
    ]
    page.do("click('#b')", "drag_and_drop('#a', '#b')")
    assert page.events[-2:] == ["got cargo", "dragend a"]


def test_a_point_outside_the_page_is_told(play):
    page = play("<p>x</p>")
    assert page.do("mouse_click(400, 10)").error == (
        "(400, 10) lies outside the page, which is 400 by 300 pixels"
    )


# ---------------------------------------------------------------- scrolling
def test_the_wheel_scrolls_and_scroll_events_come_before_the_look(play):
    page = play(
        '<div id="d" style="width:100px;height:100px;overflow:auto"><div style="height:900px"></div></div>'
        '<div style="height:2000px"></div>'
        "<script>onscroll = () => note(`window ${scrollY}`); d.onscroll = () => note(`d ${d.scrollTop}`)</script>"
    )
    page.do("scroll(0, 150)")
    first = page.events
    page.do("scroll(0, -150)")
    page.do("scroll_at(50, 50, 0, 80)")
    assert (first, page.events) == (["window 150"], ["d 80"])
    assert page.run("[scrollY, d.scrollTop]") == [0, 80]


@core
def test_an_element_in_nested_scroll_containers_is_brought_into_view(play):
    page = play(
        '<div style="height:1000px"></div>'
        '<div id="out" style="height:120px;width:200px;overflow:auto"><div style="height:700px"></div>'
        '<div id="in" style="height:80px;width:150px;overflow:scroll"><div style="height:500px;width:600px"></div>'
        '<button id="a" style="margin-left:400px">A</button></div><div style="height:300px"></div></div>'
        '<div style="height:1000px"></div>',
        record="click",
    )
    view = page.do("click('#a')")
    assert (view.error, page.events) == ("", ["click a"])


# ---------------------------------------------------------------- frames and shadows
FRAME = (
    "<button id=fb>in</button><input id=fi><script>record('click input')</script>"
    "<iframe id=inner srcdoc='<button id=ib>innermost</button><script>"
    "ib.onclick = (e) => top.note(`inner ${e.isTrusted}`)</script>'></iframe>"
)


@core
def test_frames_are_seen_and_acted_in(play):
    page = play(
        '<div style="height:30px"></div><iframe id="f" src="/frame.html" style="margin:20px;width:250px;height:150px;border:5px solid"></iframe>',
        pages={"/frame.html": FRAME},
    )
    page.do("click('#fb')", "fill('#fi', 'hey')", "click('#ib')")
    assert page.events == ["click fb", *["input fi"] * 3, "inner true"]
    assert page.value("fi") == "hey"
    assert page.element("fi").get("focused") is None
    page.do("hover('#fb')", "click('#fi')")
    assert page.element("fi").get("focused") is not None


def test_open_shadow_trees_are_seen_and_acted_in(play):
    page = play(
        '<div id="host"><i id="light">lit</i></div><script>const root = host.attachShadow({mode: "open"});'
        'root.innerHTML = `<button id="sb">S</button><input id="si"><slot></slot>`;</script>',
        record="click input",
    )
    page.do("click('#sb')", "fill('#si', 'ab')", "click('#light')")
    assert page.events == ["click sb", *["input si"] * 2, "click light"]
    assert (page.value("si"), page.text("light")) == ("ab", "lit")


# ---------------------------------------------------------------- covered elements
COVERED = (
    '<button id="a">A</button><div id="over" style="position:fixed;inset:0;background:#fff"></div>'
)


@core
def test_a_covered_element_gets_the_click_all_the_same_or_an_error(play):
    page = play(COVERED, record="mousedown click")
    view = page.do("click('#a')")
    assert (view.error, page.events) == ("", ["mousedown a untrusted", "click a untrusted"])
    page = play(COVERED, record="mousedown click", clicks="pointer")
    view = page.do("click('#a')")
    told = f'<button#a ref="{page.ref("a")}"> is covered by <div#over ref="{page.ref("over")}">'
    assert (view.error, page.events) == (told, [])


def test_a_partly_covered_element_is_hit_where_it_shows(play):
    over = '<div id="over" style="position:fixed;left:0;top:0;width:70px;height:100px"></div>'
    page = play(
        f'<button id="a" style="width:100px;height:40px">A</button>{over}',
        "click",
        clicks="pointer",
    )
    view = page.do("click('#a')")
    assert (view.error, page.events) == ("", ["click a"])


# ---------------------------------------------------------------- mistakes
def test_what_cannot_be_done_is_told(play):
    page = play(
        '<div id="gone">x</div><button id="off" disabled>d</button><input id="ro" readonly value="k">'
        '<fieldset disabled><input id="fs"></fieldset><p id="p">text</p><input type="checkbox" id="c">'
        '<button id="hide">h</button><div id="empty" style="width:0;height:0"></div>'
    )
    ref = {name: page.ref(name) for name in ("gone", "off", "ro", "fs", "p", "c", "hide", "empty")}
    page.run("gone.remove(), hide.style.display = 'none', 0")

    def told(text):
        action = text
        for name, number in ref.items():
            action = action.replace(f"#{name}'", f"{number}'")
        return page.do(action).error

    last = page.run("document.body.querySelectorAll('*').length") + 2
    assert [
        told("click('99')"),
        told("click('#gone')"),
        told("click('#hide')"),
        told("click('#off')"),
        told("fill('#off', 'x')"),
        told("fill('#ro', 'x')"),
        told("fill('#fs', 'x')"),
        told("fill('#p', 'x')"),
        told("fill('#c', 'x')"),
        told("focus('#p')"),
        told("upload_file('#c', 'a.txt')"),
        told("new_tab()"),
        told("goto('http://example.com/')"),
        told("go_back()"),
        told("hover('#hide')"),
        told("drag_and_drop('#p', '99')"),
        told("search('red shoes')"),
    ] == [
        f"no element has ref 99; the page's refs go up to {last}",
        f"ref {ref['gone']} is stale: its element has left the page",
        f'<button#hide ref="{ref["hide"]}"> is hidden',
        f'<button#off ref="{ref["off"]}"> is disabled',
        f'<button#off ref="{ref["off"]}"> is disabled',
        f'<input#ro ref="{ref["ro"]}"> is read-only',
        f'<input#fs ref="{ref["fs"]}"> is disabled',
        f'text cannot be typed into <p#p ref="{ref["p"]}">',
        f'text cannot be typed into <input#c ref="{ref["c"]}">: it is an input of type checkbox',
        f'<p#p ref="{ref["p"]}"> cannot take the focus',
        "upload_file does not apply here: pages reach no files",
        "this site has no tabs",
        "goto: this task is one page; 'http://example.com/' cannot be opened",
        "this task is one page; there is none to go to",
        f'<button#hide ref="{ref["hide"]}"> is hidden',
        "no element has ref 99; the page's refs go up to " + str(last),
        "search does not apply here",
    ]


def test_a_page_without_scripts_reports_no_state(play):
    page = play('<button id="a">A</button>')
    page.run("delete window.report, 0")
    assert page.look().state is None


# ---------------------------------------------------------------- time
CLOCKWORK = """<p id="t">0</p><div id="d"></div><script>
const started = Date.now();
note(`epoch ${started} ${new Date().toISOString()} ${performance.now()} ${new Date().getTimezoneOffset()}`);
setTimeout(() => { note(`timeout ${performance.now()}`); Promise.resolve().then(() => note('after timeout')); }, 100);
setTimeout(() => note('same time, later'), 100);
let n = 0; const ticking = setInterval(() => { note(`tick ${++n} ${Date.now() - started}`); if (n === 3) clearInterval(ticking) }, 40);
queueMicrotask(() => note('microtask'));
let frames = 0; requestAnimationFrame(function next(at) { frames++; t.textContent = `${Math.round(at)}`; if (frames < 200) requestAnimationFrame(next) });
note(`random ${Math.random()}`);
</script>"""
MOVING = """
@keyframes slide { from { left: 0 } to { left: 200px } }
#d { position: absolute; top: 50px; width: 20px; height: 20px; background: red; animation: slide 1s linear }
"""


@core
def test_time_moves_by_steps_alone_and_the_same_each_run(play):
    def seen():
        page = play(CLOCKWORK, style=MOVING)
        views = [page.view]
        for ms in (0, 130, 0, 500, 16):
            views.append(page.look(ms))
            time.sleep(0.04)
        return views, page.run("getComputedStyle(d).left")

    (views, left), (again, left_again) = seen(), seen()
    assert [same(one, other) for one, other in zip(views, again, strict=True)] == [True] * 6
    assert left == left_again
    began = "epoch 1767268800000 2026-01-01T12:00:00.000Z 0 0"
    assert views[0].state[:2] == [began, views[0].state[1]]
    assert views[2].state[2:] == [
        *["microtask", "tick 1 40", "tick 2 80"],
        *["timeout 100", "after timeout", "same time, later", "tick 3 120"],
    ]
    assert [view.time_ms for view in views] == [0, 0, 130, 130, 630, 646]
    assert [same(views[0], views[1]), same(views[2], views[3])] == [True, True]


def same(one: View, other: View) -> bool:
    return one[:-1] == other[:-1] and np.array_equal(one.screenshot, other.screenshot)


def test_css_transitions_take_page_time(play):
    page = play(
        '<div id="d"></div><button id="a" onclick="d.style.left = \'100px\'">go</button>'
        "<script>d.ontransitionend = () => note('ended')</script>",
        style="#d { position:absolute; top:50px; left:0; width:9px; height:9px; transition: left 1s linear }",
    )
    page.do("click('#a')", ms=0)
    lefts = []
    for _ in range(5):
        page.look(250)
        lefts.append(page.run("Math.round(parseFloat(getComputedStyle(d).left))"))
        time.sleep(0.05)
    assert (lefts[0], lefts[-1], sorted(set(lefts))) == (25, 100, sorted(lefts[:4]))
    page.look(100)
    assert page.view.state == ["ended"]


def test_real_time_runs_by_itself(play):
    page = play("<script>setTimeout(() => note('late'), 150)</script>", clock="real")
    first = page.view.state
    begun = time.monotonic()
    page.look(300)
    assert (first, page.view.state) == ([], ["late"])
    assert time.monotonic() - begun >= 0.3
    before = page.view.time_ms
    time.sleep(0.1)
    assert page.look(0).time_ms >= before + 100


# ---------------------------------------------------------------- what pages try
@pytest.mark.parametrize(
    ("script", "told", "noted"),
    [
        (
            "note(alert('hi'))",
            "the page opened an alert saying 'hi'; it was answered OK",
            "undefined",
        ),
        (
            "note(confirm('ok?'))",
            "the page opened a confirm saying 'ok?'; it was answered OK",
            "true",
        ),
        (
            "note(prompt('name?', 'Bo'))",
            "the page opened a prompt saying 'name?'; it was answered OK",
            "Bo",
        ),
        (
            "open('http://example.com/'); note('on')",
            "the page tried to open a window for 'http://example.com/'; it has none",
            "on",
        ),
        (
            "location = 'http://example.com/'; note('on')",
            "the page tried to go to 'http://example.com/'; it stays where it is",
            "on",
        ),
        (
            "location.reload(); note('on')",
            "the page tried to go to 'http://contract.test/page.html'; it stays where it is",
            "on",
        ),
        (
            "location.assign('/echo'); note('on')",
            "the page tried to go to 'http://contract.test/echo'; it stays where it is",
            "on",
        ),
        (
            "const l = document.createElement('a'); l.href = 'data:text/plain,x'; l.download = 'x';"
            "l.click(); note('on')",
            "the page offered 'data:text/plain,x' as a download; none is taken",
            "on",
        ),
        ("location = 'file:///etc/passwd'; note('on')", "", "on"),
        ("window.close(); print(); note('on')", "", "on"),
        ("location.hash = 'there'; note('on')", "", "on"),
    ],
    ids=lambda value: value[:22] if isinstance(value, str) else None,
)
def test_what_a_page_tries_is_told_and_it_stays(play, script, told, noted):
    page = play(f'<button id="a">A</button><script>a.onclick = () => {{ {script} }}</script>')
    begun = time.monotonic()
    view = page.do("click('#a')")
    assert (view.error, page.events) == (told, [noted])
    assert page.do("noop()").url.split("#")[0] == "http://contract.test/page.html"
    assert time.monotonic() - begun < 5


@core
def test_links_out_of_a_task_of_one_page_lead_nowhere(play):
    page = play(
        '<a id="a" href="/echo?x">x</a><a id="b" href="http://example.com/" target="_blank">y</a>'
        '<form action="/echo" method="post"><button id="s">send</button></form>'
    )
    told = [page.do(f"click('#{name}')").error for name in "as"]
    assert told == [
        "the page tried to go to 'http://contract.test/echo?x'; it stays where it is",
        "the page tried to go to 'http://contract.test/echo'; it stays where it is",
    ]
    assert page.do("click('#b')").error == (
        "the page tried to open a window for 'http://example.com/'; it has none"
    )
    assert page.view.url == "http://contract.test/page.html"


# ---------------------------------------------------------------- fresh documents
REMEMBER = """<p id="p"></p><script>
p.textContent = JSON.stringify([document.cookie, localStorage.k ?? null, sessionStorage.k ?? null]);
document.cookie = 'k=1'; localStorage.k = 1; sessionStorage.k = 1;
</script>"""


@core
def test_nothing_survives_open(play):
    page = play(REMEMBER)
    texts = [page.text("p")]
    for _ in range(2):
        page.open()
        texts.append(page.text("p"))
    assert texts == ['["",null,null]'] * 3


def test_nothing_survives_open_of_a_document_loaded_ahead(play):
    page = play(REMEMBER, ahead=True)
    texts = []
    for _ in range(3):
        page.page.prepare(page.url)
        page.open()
        texts.append(page.text("p"))
    assert texts == ['["",null,null]'] * 3


def test_two_pages_share_no_storage(play):
    play(REMEMBER)
    other = play(REMEMBER, nth=1)
    assert other.text("p") == '["",null,null]'


def test_the_window_s_name_does_not_outlive_the_document(play):
    page = play("<p id='p'></p><script>p.textContent = window.name; window.name = 'n'</script>")
    assert [page.open() and page.text("p") for _ in range(2)] == ["", ""]


def test_the_pointer_does_not_outlive_the_document(play):
    page = play(
        '<div id="d" style="height:200px"></div>', "mouseover", "#d:hover { background: red }"
    )
    fresh = page.view
    page.do("mouse_move(50, 50)")
    views = [page.open(), page.look(100), page.look(100)]
    assert [view.state for view in views] == [[], [], []]
    assert np.array_equal(fresh.screenshot, views[-1].screenshot)


@core
def test_refs_stay_with_their_elements_and_start_again_with_a_document(play):
    page = play(
        '<ul id="u"><li id="one">1</li></ul><button id="a" onclick="add()">A</button>'
        "<script>const add = () => u.insertAdjacentHTML('afterbegin', '<li id=new>0</li>')</script>"
    )
    first = page.view.html
    page.do("click('#a')")
    grown = page.view.html
    page.open()
    button = '<button ref="4" id="a"{}>A</button>'
    shown = '<body ref="1"><ul ref="2" id="u">{}<li ref="3" id="one">1</li></ul>{}</body>'
    assert first == page.view.html == shown.format("", button.format(""))
    assert grown == shown.format('<li ref="5" id="new">0</li>', button.format(" focused"))


# ---------------------------------------------------------------- views
SHOWN = """<h1 id="h">A &amp; B</h1><!-- c --><p class="x y" data-k="v" style="color:red">t <b>b</b></p>
<input type="checkbox" id="c" checked><input id="i" value='say "hi"' placeholder="p"><div hidden>no</div>
<p style="visibility:hidden">no<i style="visibility:visible">yes</i></p><select id="s"><option value="1">one</option>
<option selected>two</option></select><textarea id="t">a
b</textarea><pre>x  y</pre><button disabled aria-label="Go">g</button><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="
alt="dot"><svg width="9" height="9"><rect id="r" width="9" height="9" fill="red"/></svg><a href="/x">l</a>"""


@core
def test_the_text_view(play):
    page = play(SHOWN)
    assert page.view.html == TEXT_VIEW


TEXT_VIEW = """<body ref="1"><h1 ref="2" id="h">A &amp; B</h1>\
<p ref="3" class="x y">t <b ref="4">b</b></p> <input ref="5" type="checkbox" id="c" checked>\
<input ref="6" id="i" placeholder="p" value="say &quot;hi&quot;"> <i ref="8">yes</i>\
<select ref="9" id="s" value="two"><option ref="10" value="1">one</option>
<option ref="11" selected>two</option></select><textarea ref="12" id="t" value="a b"></textarea>\
<pre ref="13">x  y</pre><button ref="14" aria-label="Go" disabled>g</button>\
<img ref="15" src="data:" alt="dot"><svg ref="16"><rect ref="17" id="r"></rect></svg>\
<a ref="18" href="/x">l</a></body>"""


@core
def test_the_visual_view(play):
    style = "div, button, rect { box-sizing: border-box } .b { position: absolute }"
    page = play(
        '<div class="b" style="left:10px;top:20px;width:100px;height:50px;background:#0f0;color:#00f">x</div>'
        '<div class="b" style="left:10px;top:20px;width:40px;height:40px;background:red;opacity:0.5;font-weight:bold"></div>'
        '<div class="b" id="under" style="left:10px;top:100px;width:20px;height:20px"></div>'
        '<div class="b" style="left:0;top:90px;width:50px;height:50px;background:#eee"></div>'
        '<svg class="b" style="left:100px;top:100px" width="50" height="50"><circle cx="25" cy="25" r="20" fill="blue"/></svg>',
        style=style,
        view="visual",
    )
    assert page.view.html == VISUAL_VIEW


VISUAL_VIEW = """<body ref="1" box="0 0 400 0" color="#000000" shown="no">\
<div ref="2" class="b" box="10 20 100 50" color="#0000ff" background="#00ff00">x</div>\
<div ref="3" class="b" box="10 20 40 40" background="#ff0000" opacity="0.5" bold></div>\
<div ref="4" class="b" id="under" box="10 100 20 20" shown="no"></div>\
<div ref="5" class="b" box="0 90 50 50" background="#eeeeee"></div>\
<svg ref="6" class="b" box="100 100 50 50" width="50" height="50" fill="#000000">\
<circle ref="7" box="105 105 40 40" cx="25" cy="25" r="20" fill="blue"></circle></svg></body>"""


@core
def test_the_screenshot_shows_the_task_s_area(play):
    page = play(
        '<div style="position:absolute;left:10px;top:20px;width:30px;height:40px;background:#ff0000"></div>',
        style="body { background: #fff }",
    )
    shown = page.view.screenshot
    red = (shown == [255, 0, 0]).all(axis=2)
    rows, columns = np.nonzero(red)
    assert (shown.shape, shown.dtype) == ((200, 300, 3), np.uint8)
    assert (rows.min(), rows.max(), columns.min(), columns.max(), red.sum()) == (
        20,
        59,
        10,
        39,
        1200,
    )
    assert (shown[~red] == 255).all()
    assert play("<p>x</p>", screenshots=False).view.screenshot is None


# ---------------------------------------------------------------- many at once, many pages
def test_pages_of_one_browser_do_not_disturb_each_other(play):
    body = CLOCKWORK + '<input id="a"><button id="b">B</button>'
    texts = [
        "click('#b')",
        "fill('#a', 'word')",
        "press('#a', 'ControlOrMeta+a')",
        "noop(500)",
        "hover('#b')",
    ]

    def acted(pages):
        from webagents.actions import parse

        views = []
        for text in texts:
            works = []
            for page in pages:
                action = parse(text.replace("#a", page.ref("a")).replace("#b", page.ref("b")))
                works.append(Work(page.page.step(action, 100), page.page.source))
            outcomes = run_all(works, 10)
            assert [outcome.failure for outcome in outcomes] == [None] * len(pages)
            for page, outcome in zip(pages, outcomes, strict=True):
                page.view = outcome.value
                views.append(outcome.value)
        return views

    alone = acted([play(body, style=MOVING)])
    together = acted([play(body, style=MOVING, nth=nth) for nth in range(3)])
    expected = [view for view in alone for _ in range(3)]
    assert [same(a, b) for a, b in zip(together, expected, strict=True)] == [True] * len(expected)


SHOP = {
    "/two.html": '<h1 id="h">two</h1><form action="/echo" method="post"><input id="q" name="q">'
    '<button id="send">send</button></form><form action="/echo"><input name="g" id="g"></form>',
}


@core
def test_a_site_of_many_pages_shows_the_new_page_in_the_same_step(play):
    page = play(
        '<h1 id="h">one</h1><a id="next" href="/two.html">next</a>', pages=SHOP, single=False
    )
    view = page.do("click('#next')")
    assert (view.error, view.url, page.text("h")) == ("", "http://contract.test/two.html", "two")
    page.do("go_back()")
    assert (page.view.url, page.text("h")) == ("http://contract.test/page.html", "one")
    page.do("go_forward()")
    assert page.text("h") == "two"
    page.do("fill('#q', 'red shoes')", "click('#send')")
    assert (page.view.url, page.text("said")) == ("http://contract.test/echo", "POST q=red+shoes")
    page.do("goto('/two.html')", "fill('#g', 'w')", "keyboard_press('Enter')")
    assert (page.view.url, page.text("said")) == ("http://contract.test/echo?g=w", "GET g=w")
    page.do("goto('http://contract.test/page.html')")
    assert page.text("h") == "one"
    assert page.do("goto('http://example.com/')").error == (
        "goto: 'http://example.com/' is beyond this site; addresses here begin http://contract.test/"
    )


def test_a_site_of_many_pages_cannot_be_left(play):
    page = play(
        '<a id="a" href="http://example.com/">out</a><button id="b" onclick="location.reload()">r</button>'
        '<a id="file" href="/file.bin">f</a><p id="p"></p><script>p.textContent = performance.now()</script>',
        single=False,
    )
    told = page.do("click('#a')").error
    assert told == "the page tried to go to 'http://example.com/'; it stays where it is"
    assert page.do("click('#file')").url == "http://contract.test/page.html"
    assert page.do("click('#b')").error == ""
    assert (page.view.url, page.text("p")) == ("http://contract.test/page.html", "0")


def test_going_back_never_leads_to_an_earlier_episode(play):
    page = play('<h1 id="h">one</h1><a id="next" href="/two.html">n</a>', pages=SHOP, single=False)
    page.do("click('#next')")
    page.open()
    view = page.do("go_back()")
    assert (view.url, page.text("h")) == ("http://contract.test/page.html", "one")


# ---------------------------------------------------------------- all of them
TRIED_ABOVE = frozenset(
    [
        "noop",
        "click",
        "dblclick",
        "hover",
        "fill",
        "type",
        "clear",
        "select_option",
        "press",
        "focus",
        "check",
        "uncheck",
        "drag_and_drop",
        "upload_file",
        "scroll",
        "scroll_at",
        "mouse_click",
        "mouse_dblclick",
        "mouse_move",
        "mouse_down",
        "mouse_up",
        "mouse_drag_and_drop",
        "keyboard_press",
        "keyboard_down",
        "keyboard_up",
        "keyboard_type",
        "keyboard_insert_text",
        "goto",
        "go_back",
        "go_forward",
        "new_tab",
    ]
)


def test_every_action_is_tried_here():
    assert set(HANDS) - {"tab_close", "tab_focus"} == TRIED_ABOVE
