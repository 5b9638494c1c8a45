"""Playing: one page on which episodes of tasks are played, one after the other.

`WebEnv`, `WebVectorEnv` and `rollout` are all made of plays; there is no other loop that touches a
page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from webagents.actions import Action
from webagents.browsers.base import Browser, Page, PageOptions, View
from webagents.envs.task import PlayOptions, Round, Task
from webagents.errors import ActionError, MachineError, PageHung, PageLoadError, UserError, clipped
from webagents.types import NOTHING, Observation, Screenshot

_READY_MS = 50.0  # page time between looks while a task is getting ready
_READY_LOOKS = 400

MAX_SEED = 2**32 - 1


def patience(pages: int = 1) -> float:
    """How long pages driven together may take to answer before they count as hung, seconds."""
    return 4.5 + 0.25 * (pages - 1)


class Transition(NamedTuple):
    """One step of an episode, as Gymnasium has it.

    info: ``success`` (bool), ``raw_reward`` (float), ``time_ms`` (page clock since the episode
        began), ``fields`` (dict); of a composed task ``subtasks`` (dict of bool: which parts are
        done); what the task adds (`Verdict.info`), such as WebShop's ``goal`` and ``score``;
        ``message`` after `send_msg_to_user` or `report_infeasible`.
    picture: the page as it is shown, uint8 (height, width, 3), also where observations have none;
        None where nobody asked for it.
    """

    observation: Observation
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]
    picture: Screenshot | None


class Play:
    """One page and the task being played on it."""

    def __init__(
        self, options: PlayOptions, *, ahead: bool = False, pictures: bool = False
    ) -> None:
        """A play without a page yet.

        options: how its episodes are played; they may be changed between episodes.
        ahead: see `PageOptions`.
        pictures: whether transitions carry a picture although observations do not.
        """
        self.options = options
        self._ahead = ahead
        self._pictures = pictures
        self.task: Task | None = None
        self.max_steps = 0
        self._browser: Browser | None = None
        self._page: Page | None = None
        self._began_ms = 0.0
        self._steps = 0
        self._over = True
        self._round: Round | None = None
        self._view: View | None = None  # what the agent saw last

    async def reset(
        self,
        browser: Browser,
        task: Task,
        seed: int,
        max_steps: int | None = None,
        asked: Mapping[str, Any] = NOTHING,
    ) -> Transition:
        """Begins an episode of `task` from `seed`.

        asked: see `Task.start`.

        Raises:
            UserError: the seed is none, or there is no such option.
            MachineError: the page did not come up.
        """
        checked_seed(seed)
        self._over = True
        await self._ensure_page(browser, task)
        assert self._page is not None
        page = self._page
        self.task = task
        self.max_steps = max_steps or task.spec.max_steps
        url = task.url(self.options)
        try:
            await page.open(url)
            round_ = self._round = await task.start(page, seed, self.options, asked)
            view = await page.step(None, 0.0, anew=True)
            for _ in range(_READY_LOOKS):
                if round_.judge(view).ready:
                    break
                view = await page.step(None, _READY_MS, anew=True)
            else:
                raise PageLoadError(f"the task {task.spec.id} did not get ready")
        except MachineError as failure:
            await self._give_up(failure)
            raise
        self._began_ms = view.time_ms
        self._steps = 0
        self._over = False
        return self._transition(view, "")

    def prepare(self, task: Task) -> None:
        """Begins to load the page of the next episode's task in the background."""
        if self._page is not None and self._page.options == self._page_options(task):
            self._page.prepare(task.url(self.options))

    async def step(self, text: str) -> Transition:
        """Reads one action's text, performs it, and looks.

        The agent's mistakes cost the step and come back in the observation's `error`.

        Raises:
            UserError: the episode is over, or none has begun.
            MachineError: the machinery broke; the episode is void.
        """
        if self._over or self._page is None or self._round is None or self._view is None:
            raise UserError("no episode is in play; call reset() first")
        action: Action | None = None
        mistake = ""
        try:
            action = self._round.read(text, self._view)
        except ActionError as error:
            mistake = str(error)
        message = ""
        ms = self.options.action_ms
        if action is not None and action.name in ("send_msg_to_user", "report_infeasible"):
            message = str(next(iter(action.arguments.values())))
        if action is not None and action.name == "noop":
            ms = float(str(action.arguments["wait_ms"])) or ms
        given_up = action is not None and action.name == "report_infeasible"
        try:
            view = await self._page.step(None if message else action, ms)
        except MachineError as failure:
            await self._give_up(failure)
            raise
        self._steps += 1
        return self._transition(view, mistake, message, given_up=given_up)

    def _transition(
        self, view: View, mistake: str, message: str = "", *, given_up: bool = False
    ) -> Transition:
        assert self.task is not None
        assert self._round is not None
        self._view = view
        verdict = self._round.judge(view)
        terminated = verdict.done or given_up
        truncated = not terminated and self._steps >= self.max_steps
        self._over = terminated or truncated
        scored = verdict.raw if self.options.reward == "raw" else verdict.original
        info: dict[str, Any] = {
            "success": verdict.done and verdict.raw >= self.task.spec.success_at,
            "raw_reward": verdict.raw if verdict.done else 0.0,
            "time_ms": round(float(view.time_ms - self._began_ms), 3),
            "fields": verdict.fields,
            **verdict.info,
        }
        if verdict.subtasks:
            info["subtasks"] = dict(verdict.subtasks)
        if message:
            info["message"] = message
        observation = Observation(
            instruction=verdict.instruction,
            html=view.html,
            url=view.url,
            error="; ".join(part for part in (mistake, view.error) if part),
            screenshot=view.screenshot if self.options.screenshots else None,
        )
        reward = scored if verdict.done else 0.0
        return Transition(observation, reward, terminated, truncated, info, view.screenshot)

    async def _give_up(self, failure: MachineError) -> None:
        # A browser with a hung page is of no more use: it draws one frame at a time, for all.
        if isinstance(failure, PageHung) and self._browser is not None:
            self._browser.close()
        await self.drop()

    async def drop(self) -> None:
        """Gives the page up; the next reset makes a new one."""
        self._over = True
        page, self._page = self._page, None
        if page is not None:
            await page.close()

    def _page_options(self, task: Task) -> PageOptions:
        pictures = self._pictures or self.options.screenshots
        return replace(task.page(self.options), ahead=self._ahead, screenshots=pictures)

    async def _ensure_page(self, browser: Browser, task: Task) -> None:
        wanted = self._page_options(task)
        if self._page is not None and (
            browser is not self._browser or self._page.options != wanted
        ):
            await self.drop()
        if self._page is None:
            self._browser = browser
            self._page = await browser.page(wanted)


def checked_seed(seed: object) -> int:
    """The seed as an int.

    Raises:
        UserError: it is none.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise UserError(f"seed={clipped(seed)} is no seed; one is a whole number from 0")
    if not 0 <= int(seed) <= MAX_SEED:
        raise UserError(f"seed={clipped(seed)} is not between 0 and {MAX_SEED}")
    return int(seed)
