"""A website as a task: a request for each seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from webagents.browsers.base import Page, PageOptions
from webagents.envs import sites
from webagents.envs.task import PlayOptions, no_options
from webagents.envs.websites.asking import asked as request_of
from webagents.envs.websites.atlas import Atlas
from webagents.envs.websites.episodes import WebsiteRound
from webagents.envs.websites.forum import Forum
from webagents.envs.websites.homes import Homes
from webagents.envs.websites.keeping import PROBE
from webagents.envs.websites.serving import WebsiteHandler
from webagents.envs.websites.website import Website
from webagents.types import TaskSpec

WEBSITES: Mapping[str, Callable[[], Website]] = {
    "site.real-estate": Homes,
    "site.social-media": Forum,
    "site.map": Atlas,
}
"""The website of a task, by the task's id."""


@cache
def website(task: str) -> Website:
    """The website of a task's id, its world made once."""
    return WEBSITES[task]()


class WebsiteTask:
    """Something to be done on a website, another for each seed."""

    browser = None
    """Its pages need one."""

    def __init__(self, spec: TaskSpec) -> None:
        self.spec = spec
        self._host = f"{spec.id.partition('.')[2]}.test"
        self._site = sites.borrow(self._host, lambda: WebsiteHandler(website(spec.id)))
        self._closed = False

    def page(self, options: PlayOptions) -> PageOptions:
        """How the site is shown and driven."""
        return PageOptions(
            proxy=self._site.proxy,
            origin=self._site.origin,
            single=False,
            probe=PROBE,
            width=self.spec.width,
            height=self.spec.height,
            window=self.spec.window,
            view=options.view,
            screenshots=options.screenshots,
            clicks=options.clicks or "pointer",
            clock=options.clock,
        )

    def url(self, options: PlayOptions) -> str:
        """The address of the site's front page."""
        return f"{self._site.origin}/"

    async def start(
        self, page: Page, seed: int, options: PlayOptions, asked: Mapping[str, Any]
    ) -> WebsiteRound:
        """The visit that the seed stands for."""
        no_options(self.spec.id, asked)
        return WebsiteRound(request_of(website(self.spec.id), seed, options.split or "train"))

    def close(self) -> None:
        """Gives the site's server back."""
        if not self._closed:
            self._closed = True
            sites.give_back(self._host)
