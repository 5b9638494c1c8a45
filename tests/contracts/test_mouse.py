"""The mouse at points, dragging, the wheel, tried on every browser."""

from tests.contracts.sites import core

MOUSE = "pointerdown mousedown pointerup mouseup click dblclick contextmenu auxclick"


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
    assert page.run("[a.style.left, a.style.top]") == ["207px", "106px"]  # 2 px past the middle
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


@core
def test_a_scrollbar_s_thumb_can_be_dragged(play):
    page = play(
        '<div id="s" style="width:150px;height:100px;overflow-y:scroll"><div style="height:140px">'
        "</div></div>"
    )
    for _ in range(5):
        page.do("mouse_drag_and_drop(142, 20, 21, 90)")
        assert page.run("s.scrollTop") == 40
        page.do("mouse_drag_and_drop(142, 60, 142, 5)", "noop()")
        assert page.run("s.scrollTop") == 0


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
