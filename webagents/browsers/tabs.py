"""The tabs of one page."""

from __future__ import annotations

from webagents.browsers.base import PageOptions
from webagents.browsers.cdp import Connection
from webagents.browsers.tab import ChromiumTab


class ChromiumTabs:
    """One tab that loads document after document; with `ahead`, a second that loads the next."""

    def __init__(
        self, connection: Connection, options: PageOptions, *, frame_control: bool
    ) -> None:
        self._connection = connection
        self._options = options
        self._frame_control = frame_control
        self._current: ChromiumTab | None = None
        self._spare: ChromiumTab | None = None
        self._prepared = ""

    @property
    def source(self) -> Connection:
        """The browser's pipe."""
        return self._connection

    async def fresh(self, url: str) -> ChromiumTab:
        """A tab with a newly loaded document and nothing left of earlier ones."""
        if self._options.ahead:
            tab, self._spare = self._spare, self._current
        else:
            tab = self._current
        self._current = None
        prepared, self._prepared = self._prepared == url, ""
        if tab is None:
            tab, prepared = await self._created(), False
        try:
            if not prepared:
                tab.begin(url)
            await tab.arrive()
        except BaseException:
            await tab.close()
            raise
        self._current = tab
        return tab

    def prepare(self, url: str) -> None:
        """Begins to load `url` in the tab that is not in play, if there is one."""
        if self._spare is not None:
            self._prepared = url
            self._spare.begin(url)

    async def close(self) -> None:
        """Ends both tabs."""
        for tab in (self._current, self._spare):
            if tab is not None:
                await tab.close()
        self._current = self._spare = None

    async def _created(self) -> ChromiumTab:
        tab = ChromiumTab(self._connection, self._options, frame_control=self._frame_control)
        await tab.create()
        return tab
