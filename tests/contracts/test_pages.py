"""Many pages at once and sites of many pages, tried on every browser."""

from tests.contracts.sites import CLOCKWORK, MOVING, core, same
from webagents.browsers.loop import Work, run_all


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


@core
def test_a_worker_s_script_is_not_waited_for(play):
    page = play('<button id="b">B</button>', pages={"/work.js": "postMessage('done')"})
    page.run(
        "document.getElementById('b').onclick = () => ['/work.js', 'data:text/javascript,1',"
        " URL.createObjectURL(new Blob(['setInterval(() => 0, 9)']))].map((u) => new Worker(u)); 0"
    )
    assert page.do("click('#b')").error == ""


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
