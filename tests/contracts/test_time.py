"""Page time, and documents that begin afresh, tried on every browser."""

import time

import numpy as np

from tests.contracts.sites import CLOCKWORK, MOVING, core, same


# ---------------------------------------------------------------- time
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
        *["microtask", "refused 1 0", "tick 1 40", "tick 2 80"],
        *["timeout 100", "after timeout", "same time, later", "tick 3 120"],
    ]
    assert [view.time_ms for view in views] == [0, 0, 130, 130, 630, 646]
    assert [same(views[0], views[1]), same(views[2], views[3])] == [True, True]


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
