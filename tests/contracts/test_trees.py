"""Frames, shadow trees, refs and the two views of a page, tried on every browser."""

import numpy as np

from tests.contracts.sites import core

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
