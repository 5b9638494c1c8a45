"""A MiniWoB task whose page tells more at each step, and ids that other packages have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import gymnasium

from webagents.actions import Action
from webagents.browsers.base import Page, PageOptions, View
from webagents.envs import catalogue
from webagents.envs.catalogue import bare_name, select
from webagents.envs.miniwob import MiniWobTask
from webagents.envs.task import PlayOptions, Round, Verdict
from webagents.envs.web_env import WebEnv
from webagents.errors import UnknownTask, UserError, clipped

_ENDLESS = 10**9

TOLD = "told"
"""Where in an `info` the page's answer is."""


class TellingTask:
    """A MiniWoB task that asks its page one question more at each look."""

    browser = None

    def __init__(self, name: str, question: str, *, skip: tuple[str, ...] = ()) -> None:
        """The task of that name.

        name: without its source, such as ``click-test``.
        question: a JavaScript function without arguments; its answer is in `info` as `TOLD`.
        skip: ids of elements that are kept out of the html, beside those that always are.

        Raises:
            UnknownTask: there is no such task.
        """
        if f"miniwob.{name}" not in catalogue.load():
            select(f"miniwob.{name}")  # says what is meant
            raise UnknownTask(f"{clipped(name)} is not the name of one task")
        self.spec = catalogue.load()[f"miniwob.{name}"]
        self._task = MiniWobTask(self.spec)
        self._question = question
        self._skip = skip

    def page(self, options: PlayOptions) -> PageOptions:
        """The task's page, with the question."""
        plain = self._task.page(options)
        probe = f"() => ({{...({plain.probe})(), {TOLD}: ({self._question})()}})"
        return replace(plain, probe=probe, skip=(*plain.skip, *self._skip))

    def url(self, options: PlayOptions) -> str:
        """The page's address."""
        return self._task.url(options)

    async def start(
        self, page: Page, seed: int, options: PlayOptions, asked: Mapping[str, Any]
    ) -> Round:
        """Begins an episode (see `MiniWobTask.start`)."""
        await self._task.start(page, seed, options, asked)
        return self

    def read(self, text: str, view: View) -> Action:
        """The action of a text."""
        return self._task.read(text, view)

    def judge(self, view: View) -> Verdict:
        """The task's verdict, and what the page answered."""
        return self._task.judge(view)._replace(info={TOLD: view.state[TOLD]})

    def close(self) -> None:
        """Gives the site back."""
        self._task.close()


def played(task: TellingTask, **options: Any) -> WebEnv:
    """The environment that plays a task; the task is closed where there can be none.

    options: those of `WebEnv`. There is no step limit: Gymnasium's ``max_episode_steps`` sets one,
    as it does for the packages whose environments these are.

    Raises:
        UserError: a choice that is none.
    """
    try:
        return WebEnv(task, max_steps=_ENDLESS, **options)
    except UserError:
        task.close()
        raise


def register(
    tasks: str, entry_point: str, named: Callable[[str], tuple[str, Mapping[str, Any]]]
) -> list[str]:
    """Registers an id for each task; one that its own package has registered is taken over.

    tasks: which; see `catalogue.select`.
    entry_point: where the environment is made, ``module:name``.
    named: a task's name -> its id, and what the environment is made with.

    Returns:
        The ids.
    """
    ids = []
    for spec in select(tasks):
        id_, given = named(bare_name(spec))
        gymnasium.registry.pop(id_, None)
        gymnasium.register(id=id_, entry_point=entry_point, kwargs=dict(given))
        ids.append(id_)
    return ids


def refuse(given: Mapping[str, Any], allowed: Mapping[str, Iterable[Any]], why: str) -> None:
    """Lets the values through that change nothing here.

    allowed: by name, the values that are what ours does anyway.

    Raises:
        UserError: another value, or another name.
    """
    for name, value in given.items():
        if name not in allowed:
            raise UserError(f"no option {clipped(name)} here; {why}")
        if not any(value is fine or value == fine for fine in allowed[name]):
            known = " or ".join(repr(each) for each in allowed[name])
            raise UserError(f"{name}={clipped(value)} cannot be given; only {known}: {why}")
