"""Every real browser, and which contract tests each one plays in the fast suite."""

import os
import shutil

import pytest

from tests.contracts.sites import Player, Theatre, document
from webagents.browsers.chromium import ChromiumBrowser

FULL = "/usr/bin/chromium"


def _selenium():
    from webagents.browsers.selenium import SeleniumBrowser

    return SeleniumBrowser()


BACKENDS = {
    "shell": lambda: ChromiumBrowser(),
    "chromium": lambda: ChromiumBrowser(path=FULL),
    "selenium": _selenium,
}

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(backend, test) -> why that backend does otherwise."""


def pytest_generate_tests(metafunc):
    if "backend" not in metafunc.fixturenames:
        return
    params = []
    for name in BACKENDS:
        marks = []
        if name != "shell" and not getattr(metafunc.function, "core", False):
            marks.append(pytest.mark.slow)
        if reason := EXCEPTIONS.get((name, metafunc.function.__name__)):
            marks.append(pytest.mark.xfail(reason=reason, strict=True))
        params.append(pytest.param(name, marks=marks))
    metafunc.parametrize("backend", params, scope="session", indirect=True)


@pytest.fixture(scope="session")
def theatre():
    theatre = Theatre()
    yield theatre
    theatre.site.close()


@pytest.fixture(scope="session")
def backend(request):
    return request.param


@pytest.fixture(scope="session")
def browsers(theatre):
    running = {}
    yield running
    for browser in running.values():
        theatre.forget(browser)
        browser.close()


@pytest.fixture
def browser(backend, browsers, theatre):
    """The backend's browser, started when first asked for and again after it died."""
    if backend == "chromium" and not os.access(FULL, os.X_OK):
        pytest.skip("no full Chromium here")
    if backend == "selenium" and not shutil.which("chromedriver"):
        pytest.skip("no chromedriver here")
    if backend not in browsers or not browsers[backend].alive:
        for other in [name for name in browsers if name != backend]:  # one at a time
            theatre.forget(browsers[other])
            browsers.pop(other).close()
        browsers[backend] = BACKENDS[backend]()
    return browsers[backend]


@pytest.fixture
def play(browser, theatre):
    """Opens a page with this body: `play(body, record=events, style=css, **page options)`."""

    def opened(body, record="", style="", path="/page.html", pages=None, nth=0, **options):
        theatre.pages.by_path = {path: document(body, record, style)}
        theatre.pages.by_path |= {at: document(text) for at, text in (pages or {}).items()}
        page = theatre.page(browser, theatre.options(**options), nth)
        player = Player(browser, page, theatre.site.origin + path)
        player.open()
        return player

    return opened
