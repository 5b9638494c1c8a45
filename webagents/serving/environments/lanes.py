"""Browsers that sessions share: each driven by a thread of its own, first come, first served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from webagents.browsers.base import Browser

Result = TypeVar("Result")


class Lane:
    """One browser process and the thread that drives it.

    `running` and `shut` belong to that thread, and so does whatever touches the browser's pages.
    """

    def __init__(self, number: int, start: Callable[[], Browser]) -> None:
        """`start` starts a browser: when it is first needed, and again where it went away."""
        self.sessions = 0
        self._start = start
        self._browser: Browser | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"browser-{number}")

    @property
    def alive(self) -> bool:
        """Whether its browser runs, as far as is known."""
        return self._browser is not None and self._browser.alive

    async def do(self, work: Callable[[], Result]) -> Result:
        """Does something on the lane's thread, after all that was asked for before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def running(self) -> Browser:
        """The browser, started if there is none.

        Raises:
            BrowserMissing, BrowserStartError: there is none, or it would not start.
        """
        if self._browser is None or not self._browser.alive:
            self.shut()
            self._browser = self._start()
        return self._browser

    def shut(self) -> None:
        """Ends the browser."""
        gone, self._browser = self._browser, None
        if gone is not None:
            gone.close()

    async def close(self) -> None:
        """Ends the browser and the thread, after all that was asked for before."""
        await self.do(self.shut)
        self._thread.shutdown(wait=False)


def emptiest(lanes: Sequence[Lane]) -> Lane:
    """The lane with the fewest sessions."""
    return min(lanes, key=lambda lane: lane.sessions)
