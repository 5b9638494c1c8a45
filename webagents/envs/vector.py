"""Many pages as one Gymnasium vector environment: few browsers, one thread, all pages at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array
from numpy.typing import NDArray

from webagents.browsers.base import Browser
from webagents.browsers.loop import Outcome, Work, run_all
from webagents.envs.launch import launch
from webagents.envs.play import Play, Transition, checked_seed, patience
from webagents.envs.spaces import ActionText, observation_space
from webagents.envs.task import play_options
from webagents.envs.tasks import make_task
from webagents.errors import MachineError, UserError, clipped
from webagents.types import NOTHING, Observation, Screenshot, TaskSpec


class WebVectorEnv(VectorEnv[Any, Any, Any]):
    """`num_envs` pages of one task, over as many browsers as there are processors.

    Made by ``gymnasium.make_vec(id, num_envs=n)``. Observations are dicts of batches: texts as
    tuples of `n` str, `screenshot` as uint8 (n, height, width, 3). Actions are sequences of `n`
    texts. A page behaves exactly as a `WebEnv` with its seed; all three autoreset modes are
    Gymnasium's.

    A broken machine voids the episode of its page alone: its reward is NaN, it is truncated, and
    ``info["void"]`` says why. It is never a reward of 0.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 (Gymnasium's)
        "render_modes": ["rgb_array"],
        "render_fps": 5,
    }

    def __init__(
        self,
        task: str | TaskSpec,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        max_steps: int | None = None,
        browsers: int | None = None,
        browser: str | None = None,
        backend: str = "chromium",
        **play: Any,
    ) -> None:
        """A vector environment for one task.

        task: its id, such as ``miniwob.click-test``, or a catalogue entry.
        num_envs: how many pages.
        autoreset_mode: when an ended episode is followed by the next, as Gymnasium has it.
        render_mode: None, or ``"rgb_array"`` (`render` gives every page's picture).
        max_steps: the step limit; None: the catalogue's.
        browsers: how many browser processes; None: one a processor, at most one a page.
        browser, backend: see `launch.launch`.
        play: see `PlayOptions`.

        Raises:
            UnknownTask: no such task.
            UserError: a choice that is none.
        """
        if num_envs < 1:
            raise UserError(f"num_envs={num_envs!r}; at least one page is needed")
        if render_mode not in (None, "rgb_array"):
            raise UserError(f"render_mode={clipped(render_mode)} is not None or 'rgb_array'")
        self.options = play_options(play)
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self.task = make_task(task)
        self._max_steps = max_steps
        self._backend, self._path = backend, browser
        number = browsers or max(1, min(num_envs, os.cpu_count() or 1))
        self._browsers: list[Browser | None] = [None] * number
        self._plays = [
            Play(self.options, pictures=render_mode is not None) for _ in range(num_envs)
        ]
        self._pictures: list[Screenshot | None] = [None] * num_envs
        self._random = [seeding.np_random(None)[0] for _ in range(num_envs)]
        self._ended = np.zeros(num_envs, dtype=np.bool_)
        area = self.task.spec
        self.single_observation_space = observation_space(
            area.width, area.height, screenshots=self.options.screenshots and area.browser
        )
        self.single_action_space = ActionText(area.width, area.height)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seen: list[dict[str, Any]] = [self._blank() for _ in range(num_envs)]
        self._info: list[dict[str, Any]] = [{} for _ in range(num_envs)]

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Begins episodes: all of them, or those of ``options["reset_mask"]`` (bool (n,)).

        options: also what the task takes, such as WebShop's ``goal``: one for all, or a list of one
            for each page.
        seed: one for the first page, the next ones following from it; or one for each.

        Raises:
            UserError: a seed that is none, or not one for each page.
            MachineError: no browser, or no page came up.
        """
        seeds = self._seeds(seed)
        asked = dict(options or {})
        mask = asked.pop("reset_mask", None)
        chosen = np.ones(self.num_envs, dtype=np.bool_) if mask is None else np.asarray(mask)
        if chosen.shape != (self.num_envs,) or chosen.dtype != np.bool_ or not chosen.any():
            raise UserError(
                f"reset_mask must be bool ({self.num_envs},) with at least one True, "
                f"not {clipped(mask)}"
            )
        for index, given in enumerate(seeds):
            if given is not None and chosen[index]:
                self._random[index] = seeding.np_random(given)[0]
        infos: dict[str, Any] = {}
        indices = [int(index) for index in np.flatnonzero(chosen)]
        for index, outcome in zip(indices, self._begin(indices, seeds, asked), strict=True):
            if outcome.failure is not None:
                raise outcome.failure
            self._ended[index] = False
            infos = self._take(index, outcome.value, infos)
        return self._batch(), infos

    def step(
        self, actions: Sequence[str]
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """One action text for each page; episodes that ended are followed as the mode says.

        Raises:
            UserError: not one text for each page, or an episode that is over (mode Disabled).
        """
        if isinstance(actions, str) or len(actions) != self.num_envs:
            raise UserError(f"step takes {self.num_envs} action texts, one a page")
        rewards = np.zeros(self.num_envs, dtype=np.float64)
        terminated = np.zeros(self.num_envs, dtype=np.bool_)
        truncated = np.zeros(self.num_envs, dtype=np.bool_)
        infos: dict[str, Any] = {}
        renewed = [int(i) for i in np.flatnonzero(self._ended)]
        if renewed and self.autoreset_mode is not AutoresetMode.NEXT_STEP:
            raise UserError(f"the episodes of pages {renewed} are over; call reset()")
        for index, outcome in enumerate(self._move(actions, set(renewed))):
            if outcome.failure is not None:
                infos = self._void(index, outcome.failure, infos)
                rewards[index], truncated[index] = np.nan, True
                continue
            made: Transition = outcome.value
            rewards[index] = made.reward
            terminated[index], truncated[index] = made.terminated, made.truncated
            infos = self._take(index, made, infos)
        self._ended = terminated | truncated
        if self.autoreset_mode is AutoresetMode.SAME_STEP and self._ended.any():
            infos = self._renew(infos)
        return self._batch(), rewards, terminated, truncated, infos

    def render(self) -> tuple[Any, ...] | None:
        """Every page's picture with ``"rgb_array"``, uint8 (height, width, 3); else None."""
        if self.render_mode is None:
            return None
        return tuple(self._pictures)

    def close_extras(self, **_: Any) -> None:
        """Ends the browsers."""
        browsers, self._browsers = self._browsers, [None] * len(self._browsers)
        for browser in browsers:
            if browser is not None:
                browser.close()
        self.task.close()

    # ------------------------------------------------------------------ pages
    def _browser(self, index: int) -> Browser:
        if self.task.browser is not None:
            return self.task.browser
        place = index % len(self._browsers)
        browser = self._browsers[place]
        if browser is None or not browser.alive:
            if browser is not None:
                browser.close()
            browser = self._browsers[place] = launch(self._backend, self._path)
        return browser

    def _reset_work(self, index: int, seed: int | None, asked: Mapping[str, Any] = NOTHING) -> Work:
        given = int(self._random[index].integers(2**31)) if seed is None else seed
        own = {name: _own(value, index, self.num_envs) for name, value in asked.items()}
        browser = self._browser(index)
        operation = self._plays[index].reset(browser, self.task, given, self._max_steps, own)
        return Work(operation, browser.source)

    def _begin(
        self,
        indices: Sequence[int],
        seeds: Sequence[int | None],
        asked: Mapping[str, Any] = NOTHING,
    ) -> list[Outcome]:
        works = [self._reset_work(index, seeds[index], asked) for index in indices]
        return run_all(works, patience(len(works)))

    def _move(self, actions: Sequence[str], renewed: set[int]) -> list[Outcome]:
        works = []
        for index, action in enumerate(actions):
            if index in renewed:
                works.append(self._reset_work(index, None))
            else:
                source = self._browser(index).source
                works.append(Work(self._plays[index].step(str(action)), source))
        return run_all(works, patience(len(works)))

    def _renew(self, infos: dict[str, Any]) -> dict[str, Any]:
        ended = [int(index) for index in np.flatnonzero(self._ended)]
        last = {index: self._seen[index] for index in ended}
        for index, outcome in zip(ended, self._begin(ended, [None] * self.num_envs), strict=True):
            kept = {"final_obs": last[index], "final_info": self._info[index]}
            infos = self._add_info(infos, kept, index)
            if outcome.failure is not None:
                raise outcome.failure
            infos = self._take(index, outcome.value, infos)
        self._ended = np.zeros(self.num_envs, dtype=np.bool_)
        return infos

    # ------------------------------------------------------------------ batches
    def _take(self, index: int, made: Transition, infos: dict[str, Any]) -> dict[str, Any]:
        self._seen[index] = made.observation.as_dict()
        self._info[index] = made.info
        self._pictures[index] = made.picture
        return self._add_info(infos, made.info, index)

    def _void(self, index: int, failure: Exception, infos: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(failure, MachineError):
            raise failure
        self._seen[index] = self._blank()
        self._info[index] = {"void": f"{type(failure).__name__}: {failure}", "success": False}
        return self._add_info(infos, self._info[index], index)

    def _blank(self) -> dict[str, Any]:
        area = self.task.spec
        picture = np.zeros((area.height, area.width, 3), dtype=np.uint8)
        shown = picture if self.options.screenshots and area.browser else None
        return Observation(instruction="", html="", screenshot=shown).as_dict()

    def _batch(self) -> Any:
        space = self.single_observation_space
        empty: Any = create_empty_array(space, self.num_envs)
        return concatenate(space, self._seen, empty)

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int | np.integer):
            return [checked_seed(seed) + index for index in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise UserError(f"seed has {len(seed)} entries for {self.num_envs} pages")
        return [None if each is None else checked_seed(each) for each in seed]


def _own(value: Any, index: int, pages: int) -> Any:
    """A page's own of a reset option that is one for all, or a list of one for each page.

    Raises:
        UserError: the list is of another length.
    """
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str):
        return value
    if len(value) != pages:
        raise UserError(f"a reset option has {len(value)} entries for {pages} pages")
    return value[index]
