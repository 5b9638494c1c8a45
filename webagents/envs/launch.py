"""Browsers for environments: by name, by path, or one that is already running."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webagents.browsers.base import Browser
from webagents.errors import BrowserStartError, UserError, clipped


def _chromium(path: str | None) -> Browser:
    from webagents.browsers.chromium import ChromiumBrowser

    return ChromiumBrowser(path)


def _selenium(path: str | None) -> Browser:
    from webagents.browsers.selenium import SeleniumBrowser

    return SeleniumBrowser(path)


BACKENDS: Mapping[str, Callable[[str | None], Browser]] = {
    "chromium": _chromium,
    "selenium": _selenium,
}
"""How browsers are driven, by name."""


def launch(backend: str = "chromium", path: str | None = None) -> Browser:
    """Starts a browser, with a second try: a busy machine may end or starve one that begins.

    backend: one of `BACKENDS`.
    path: its executable; None: see `webagents.browsers.lookup`.

    Raises:
        UserError: no such backend.
        BrowserMissing, BrowserStartError: no browser, or it would not start.
    """
    start = BACKENDS.get(backend)
    if start is None:
        raise UserError(f"no browser backend {clipped(backend)}; they are {', '.join(BACKENDS)}")
    try:
        return start(path)
    except BrowserStartError:
        return start(path)
