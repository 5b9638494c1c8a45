"""A page as an agent uses it, over any backend's tab: acting, letting time pass, looking."""

from __future__ import annotations

from typing import Any

import orjson

from webagents.actions import Action
from webagents.browsers.base import PageOptions, Tab, Tabs, View
from webagents.browsers.hands import perform
from webagents.browsers.loop import Pump
from webagents.browsers.scripts import step_arguments
from webagents.errors import ActionError, PageLoadError
from webagents.types import Screenshot

_ROUNDS = 5  # how often a step looks again because the page went on loading


class WebPage:
    """A `Page` made of tabs: one to play in, and where the backend can, one that loads ahead."""

    def __init__(self, options: PageOptions, tabs: Tabs) -> None:
        self.options = options
        self._tabs = tabs
        self._tab: Tab | None = None

    @property
    def source(self) -> Pump | None:
        """What its operations wait on."""
        return self._tabs.source

    @property
    def tab(self) -> Tab:
        """The tab in play.

        Raises:
            PageLoadError: none has been opened.
        """
        if self._tab is None:
            raise PageLoadError("no page is open; call open(url) first")
        return self._tab

    async def open(self, url: str) -> None:
        """Loads a fresh document (see `Page.open`)."""
        self._tab = None
        self._tab = await self._tabs.fresh(url)

    async def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page's own world."""
        return await self.tab.run(script)

    async def step(self, action: Action | None, ms: float, *, anew: bool = False) -> View:
        """Performs an action, lets `ms` of page time pass, and looks (see `Page.step`)."""
        tab = self.tab
        error = ""
        if action is not None:
            try:
                error = await perform(action, tab, self.options)
            except ActionError as mistake:
                error = str(mistake)
        seen = await self._look(ms, 0 if anew else None)
        for _ in range(_ROUNDS):
            if not await tab.quiet():
                break
            seen = await self._look(0, seen["before"])
        if seen["failure"]:
            raise PageLoadError(f"the page is not the task it was: {seen['failure']}")
        screenshot: Screenshot | None = None
        if self.options.screenshots:
            screenshot = await tab.capture()
        told = tab.notes.taken()
        return View(
            html=seen["html"],
            url=seen["url"],
            error="; ".join(part for part in (error, told) if part),
            state=seen["state"],
            time_ms=seen["time_ms"],
            screenshot=screenshot,
        )

    async def _look(self, ms: float, forget: int | None) -> dict[str, Any]:
        answer = await self.tab.ask("step", step_arguments(self.options, ms, forget))
        seen: dict[str, Any] = orjson.loads(answer)
        return seen

    def prepare(self, url: str) -> None:
        """Begins to load the next document in the background."""
        self._tabs.prepare(url)

    async def close(self) -> None:
        """Ends the page."""
        self._tab = None
        await self._tabs.close()
