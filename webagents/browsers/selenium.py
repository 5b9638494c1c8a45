"""Any Chromium over WebDriver: the same pages through Selenium and chromedriver.

Slower than the default, and for those who need WebDriver. Each page is a session of its own, which
is a browser of its own; all belong to one chromedriver. A shell watches a pipe that this process
holds: however this process ends, kill -9 included, the kernel closes the pipe, and the shell kills
its process group, which is chromedriver and all its browsers.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import time
from contextlib import suppress
from pathlib import Path

from webagents.browsers.base import PageOptions
from webagents.browsers.lookup import find_browser
from webagents.browsers.page import WebPage
from webagents.browsers.process import BrowserProcess
from webagents.browsers.selenium_tab import START_SECONDS, SeleniumTab
from webagents.errors import BrowserDied, BrowserMissing, BrowserStartError

_WATCHED = """
TMPDIR=${1#--user-data-dir=} "$0" --port=0 --log-level=SEVERE 3<&- >&4 &
exec 4>&-
read -r _ <&3
kill -KILL 0
"""
"""Starts chromedriver, $0, and ends the process group when descriptor 3 closes. The browsers'
folders lie in ours: one given by name would leave the headless shell without its first window."""


class SeleniumBrowser:
    """A Chromium of this machine, headless, driven by chromedriver."""

    def __init__(self, path: str | None = None) -> None:
        """Starts chromedriver; the browser at `path` (None: see `lookup.find_browser`) follows.

        Raises:
            BrowserMissing: there is no browser, or no chromedriver.
            BrowserStartError: chromedriver would not start; its own words are in the message.
        """
        self.path = find_browser(path).path
        driver = shutil.which("chromedriver")
        if driver is None:
            raise BrowserMissing(
                "no chromedriver was found on the PATH; install it beside the browser "
                "(Debian: `apt install chromium-driver`)"
            )
        self._pages: list[SeleniumTab] = []
        self._process = BrowserProcess(Path("/bin/sh"), ["-c", _WATCHED, driver])
        try:
            self._address = f"http://127.0.0.1:{self._port()}"
        except BaseException:
            self.close()
            raise
        self._version = self.path.name

    @property
    def version(self) -> str:
        """Its name and version, such as ``chrome-headless-shell/156.0.8078.79``."""
        return self._version

    @property
    def source(self) -> None:
        """Nothing to wait on: every operation is done when it returns."""
        return

    @property
    def alive(self) -> bool:
        """Whether it still runs, as far as is known."""
        return not self._process.closed and all(tab.alive for tab in self._pages)

    @property
    def pid(self) -> int:
        """The process group of chromedriver and its browsers."""
        return self._process.pid

    async def page(self, options: PageOptions) -> WebPage:
        """A new page, in a browser of its own.

        Raises:
            BrowserStartError: the browser would not start.
            BrowserDied: chromedriver went away.
        """
        if self._process.closed:
            raise BrowserDied("the browser was closed")
        tab = SeleniumTab(self._address, self.path, options)
        self._version = tab.version
        self._pages.append(tab)
        return WebPage(options, _Tabs(tab))

    def close(self) -> None:
        """Ends chromedriver and all its browsers."""
        with suppress(OSError):
            self._process.close()

    def _port(self) -> int:
        said, until = b"", time.monotonic() + START_SECONDS
        answers = self._process.answers
        while select.select([answers], [], [], max(0.0, until - time.monotonic()))[0]:
            chunk = os.read(answers, 4096)
            said += chunk
            if found := re.search(rb"started successfully on port (\d+)", said):
                return int(found[1])
            if not chunk:
                break
        words = said.decode(errors="replace").strip() + self._process.words()
        raise BrowserStartError(f"chromedriver did not start; it said:\n{words}")


class _Tabs:
    """The one tab of a session, which loads document after document."""

    def __init__(self, tab: SeleniumTab) -> None:
        self._tab = tab

    @property
    def source(self) -> None:
        return

    async def fresh(self, url: str) -> SeleniumTab:
        self._tab.load(url)
        return self._tab

    def prepare(self, url: str) -> None:
        """Nothing is loaded ahead."""

    async def close(self) -> None:
        self._tab.close()
