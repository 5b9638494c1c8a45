"""Where a rollout plays its episodes: on pages of browsers here, or on whatever else is a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from webagents.browsers.base import Browser
from webagents.browsers.loop import Work
from webagents.envs.launch import launch
from webagents.envs.play import Play, patience
from webagents.envs.task import PlayOptions, Task
from webagents.envs.tasks import make_task
from webagents.errors import BrowserMissing, BrowserStartError, ServerFull, ServerGone
from webagents.types import TaskSpec

NOWHERE = (BrowserMissing, BrowserStartError, ServerFull, ServerGone)
"""What leaves an episode nothing to be begun on, and the next one neither."""


class Place(Protocol):
    """One episode at a time; the value of its work is a `Transition`."""

    def reset(self, spec: TaskSpec, seed: int, options: PlayOptions, steps: int | None) -> Work:
        """To begin an episode; `steps` is its limit, None for the task's own.

        Raises, itself or its work: one of `NOWHERE`.
        """
        ...

    def step(self, text: str) -> Work:
        """To perform an action's text."""
        ...


class Places(Protocol):
    """Some places that are used together."""

    @property
    def all(self) -> Sequence[Place]:
        """The places."""
        ...

    def spec(self, task: str) -> TaskSpec:
        """The task of an id.

        Raises:
            UnknownTask: there is none.
        """
        ...

    def patience(self, works: int) -> float:
        """How long so many works may take that are done together, seconds."""
        ...

    def close(self) -> None:
        """Ends everything that was started; safe to call again."""
        ...


class Pages:
    """Pages of a few browsers, which start when the first episode begins."""

    def __init__(self, pages: int, browsers: int, backend: str, path: str | None) -> None:
        """`pages` over `browsers` processes; for the rest see `launch`."""
        self._how = (backend, path)
        self._browsers: list[Browser | None] = [None] * browsers
        self._tasks: dict[str, Task] = {}
        self.all = [_Page(self, number % browsers) for number in range(pages)]

    def spec(self, task: str) -> TaskSpec:
        """See `Places`."""
        return self.task(task).spec

    def patience(self, works: int) -> float:
        """See `Places`."""
        return patience(works)

    def task(self, id_: str) -> Task:
        """One task object per id."""
        if id_ not in self._tasks:
            self._tasks[id_] = make_task(id_)
        return self._tasks[id_]

    def browser(self, number: int) -> Browser:
        """The browser of that number; one that died is replaced.

        Raises:
            BrowserMissing, BrowserStartError: there is none, or it would not start.
        """
        browser = self._browsers[number]
        if browser is None or not browser.alive:
            if browser is not None:
                browser.close()
            browser = self._browsers[number] = launch(*self._how)
        return browser

    def close(self) -> None:
        """See `Places`."""
        for browser in self._browsers:
            if browser is not None:
                browser.close()
        for task in self._tasks.values():
            task.close()


class _Page:
    """A page in the browser of a number, or where the task has its pages otherwise."""

    def __init__(self, pages: Pages, number: int) -> None:
        self._pages, self._number = pages, number
        self._play = Play(PlayOptions())
        self._browser: Browser | None = None

    def reset(self, spec: TaskSpec, seed: int, options: PlayOptions, steps: int | None) -> Work:
        """See `Place`."""
        task = self._pages.task(spec.id)
        browser = self._browser = task.browser or self._pages.browser(self._number)
        self._play.options = options
        return Work(self._play.reset(browser, task, seed, steps), browser.source)

    def step(self, text: str) -> Work:
        """See `Place`."""
        source = None if self._browser is None else self._browser.source
        return Work(self._play.step(text), source)
