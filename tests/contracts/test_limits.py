"""What pages try and what cannot be done, tried on every browser."""

import re
import time
from pathlib import Path

import pytest

from tests.contracts.sites import core
from webagents.browsers.hands import HANDS


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
            "const l = document.createElement('a'); l.href = 'data:text/plain,x'; l.download = 'x'; l.click(); note('on')",
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


# ---------------------------------------------------------------- all of them
def test_every_action_is_tried_in_this_folder():
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    untried = {name for name in HANDS if not re.search(rf"""["']{name}\(""", tests)}
    assert untried == {"tab_close", "tab_focus"}  # one with new_tab
