"""A site of small pages and a player that acts on them: what the browser contract is tried on."""

import re
from html import escape
from typing import Any

import numpy as np
from lxml import html as lxml_html

from webagents.actions import parse
from webagents.browsers.base import Browser, Page, PageOptions, View
from webagents.browsers.loop import run
from webagents.browsers.site import Reply, Request, Site
from webagents.errors import PageHung

HOST = "contract.test"
SECONDS = 5.0

# Records events as short lines: `click a`, `click a b2 +Control` (right button), `keydown a "x"`.
RECORDER = """
window.log = [];
window.note = (line) => { log.push(String(line)); };
window.record = (types, root = document) => { for (const type of types.split(" "))
  root.addEventListener(type, (event) => {
    const target = event.composedPath()[0];
    let line = `${type} ${target.id || target.nodeName || "window"}`;
    if (event instanceof MouseEvent && event.button > 0) line += ` b${event.button}`;
    if (event instanceof MouseEvent && event.detail > 1) line += ` x${event.detail}`;
    if (event instanceof KeyboardEvent) line += ` ${JSON.stringify(event.key)}`;
    for (const name of ["Alt", "Control", "Meta", "Shift"])
      if (event.getModifierState?.(name) && event.key !== name) line += ` +${name}`;
    (window.top.note ?? note)(line + (event.isTrusted ? "" : " untrusted"));
  }, true); };
window.report = () => log;
"""
# A page full of timers, and one thing that moves.
CLOCKWORK = """<p id="t">0</p><div id="d"></div><script>
const started = Date.now();
note(`epoch ${started} ${new Date().toISOString()} ${performance.now()} ${new Date().getTimezoneOffset()}`);
setTimeout(() => { note(`timeout ${performance.now()}`); Promise.resolve().then(() => note('after timeout')); }, 100);
setTimeout(() => note('same time, later'), 100);
let n = 0; const ticking = setInterval(() => { note(`tick ${++n} ${Date.now() - started}`); if (n === 3) clearInterval(ticking) }, 40);
queueMicrotask(() => note('microtask'));
let frames = 0; requestAnimationFrame(function next(at) { frames++; t.textContent = `${Math.round(at)}`; if (frames < 200) requestAnimationFrame(next) });
note(`random ${Math.random()}`);
navigator.geolocation.getCurrentPosition(() => note('found'), (error) => note(`refused ${error.code} ${performance.now()}`));
</script>"""
MOVING = """
@keyframes slide { from { left: 0 } to { left: 200px } }
#d { position: absolute; top: 50px; width: 20px; height: 20px; background: red; animation: slide 1s linear }
"""

STYLE = "body { margin: 0; font: 13px sans-serif }"


def core(test: Any) -> Any:
    """A test that every backend plays in the fast suite."""
    test.core = True
    return test


def same(one: View, other: View) -> bool:
    """Whether two views are equal, pictures included."""
    return one[:-1] == other[:-1] and np.array_equal(one.screenshot, other.screenshot)


def document(body: str, record: str = "", style: str = "") -> str:
    """A page around `body` that records the named events."""
    script = f"{RECORDER} record({record!r});" if record else RECORDER
    return (
        f"<!doctype html><html><head><title>t</title><style>{STYLE}{style}</style>"
        f"<script>{script}</script></head><body>{body}</body></html>"
    )


class Pages:
    """The site's handler: pages by path, `/echo` shows how it was asked."""

    def __init__(self) -> None:
        self.by_path: dict[str, str] = {}
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(f"{request.method} {request.path}")
        if request.path == "/echo":
            said = f"{request.method} {request.query or request.body.decode()}"
            return _html(document(f'<p id="said">{escape(said)}</p>'))
        if request.path == "/file.bin":
            offered = {"Content-Disposition": "attachment; filename=file.bin"}
            return Reply(200, "application/octet-stream", b"x", offered)
        page = self.by_path.get(request.path)
        return Reply(404, "text/plain", b"none") if page is None else _html(page)


def _html(text: str) -> Reply:
    return Reply(200, "text/html; charset=utf-8", text.encode(), {"Cache-Control": "no-store"})


class Player:
    """Acts on one page and keeps what it recorded. ``#name`` stands for the ref of that id."""

    def __init__(self, browser: Browser, page: Page, url: str) -> None:
        self.browser, self.page, self.url = browser, page, url
        self._told = 0
        self.view: View

    def open(self) -> View:
        """A fresh document."""
        self._run(self.page.open(self.url), 4 * SECONDS)
        self._told = 0
        return self.look()

    def look(self, ms: float = 0.0) -> View:
        """A step without an action."""
        self.view = self._run(self.page.step(None, ms))
        return self.view

    def do(self, *texts: str, ms: float = 100.0) -> View:
        """Steps with these actions; the last one's view."""
        self._told = len(self.view.state or ())
        for text in texts:
            action = parse(
                re.sub(r"'#([a-z][\w-]*)'", lambda match: repr(self.ref(match[1])), text)
            )
            self.view = self._run(self.page.step(action, ms))
        return self.view

    @property
    def events(self) -> list[str]:
        """What the page recorded during the last `do`."""
        return list((self.view.state or [])[self._told :])

    def ref(self, name: str) -> str:
        """The ref of the element with that id."""
        return str(self.element(name).get("ref"))

    def element(self, name: str) -> Any:
        """The element with that id in the latest html."""
        # To a parser of HTML, what is inside a frame is text; here it is part of the page.
        shown = self.view.html.replace("<iframe", "<div").replace("</iframe", "</div")
        found = lxml_html.fromstring(shown).xpath("//*[@id=$name]", name=name)
        assert found, f"no element {name} in {self.view.html}"
        return found[0]

    def text(self, name: str) -> str:
        """The text of the element with that id."""
        return str(self.element(name).text_content())

    def value(self, name: str) -> str | None:
        """The value of the element with that id, as the agent sees it."""
        return self.element(name).get("value")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self._run(self.page.run(script))

    def _run(self, operation: Any, seconds: float = SECONDS) -> Any:
        try:
            return run(operation, self.page.source, seconds)
        except PageHung:  # a browser with a hung page is of no more use
            self.browser.close()
            raise


class Theatre:
    """Opens pages in browsers; a page is used again by tests with the same options."""

    def __init__(self) -> None:
        self.pages = Pages()
        self.site = Site(HOST, self.pages)
        self._open: list[tuple[Browser, PageOptions, Page]] = []

    def options(self, **chosen: Any) -> PageOptions:
        """How the test's page is shown."""
        shown = {"width": 300, "height": 200, "window": (400, 300), **chosen}
        probe = "() => window.report ? window.report() : null"
        proxy, origin = self.site.proxy, self.site.origin
        return PageOptions(**{"proxy": proxy, "origin": origin, "probe": probe, **shown})

    def page(self, browser: Browser, options: PageOptions, nth: int = 0) -> Page:
        """The nth page of a browser with these options."""
        like = [p for b, o, p in self._open if b is browser and o == options]
        while len(like) <= nth:
            page = run(browser.page(options), browser.source, 6 * SECONDS)
            self._open.append((browser, options, page))
            like.append(page)
        return like[nth]

    def forget(self, browser: Browser) -> None:
        """Closes a browser's pages."""
        for each in [each for each in self._open if each[0] is browser]:
            self._open.remove(each)
            if browser.alive:
                run(each[2].close(), browser.source, SECONDS)
