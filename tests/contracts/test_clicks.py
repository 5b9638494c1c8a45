"""Clicks, hovering, and elements that are covered, tried on every browser."""

from tests.contracts.sites import core

MOUSE = "pointerdown mousedown pointerup mouseup click dblclick contextmenu auxclick"


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
