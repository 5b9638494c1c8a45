"""One session: a client's place on the server, with the environment that it plays."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.envs.registration import load_env_creator

from webagents.browsers.base import Browser
from webagents.envs.catalogue import select
from webagents.envs.listing import as_record
from webagents.envs.registration import entry_point
from webagents.envs.remote import wire
from webagents.errors import UnknownTask, UserError, clipped
from webagents.serving.environments.lanes import Lane
from webagents.serving.environments.settings import checked
from webagents.types import TaskSpec

_NO_EPISODE: Mapping[str, Any] = {"episode_id": None, "step_count": 0}


class Session:
    """A client's environment. Its methods belong to its lane's thread.

    Attributes:
        id: a key that nobody guesses.
        busy: held while a request is carried out.
        answered: the number of the last numbered request, and its answer.
    """

    def __init__(self, lane: Lane, tasks: Mapping[str, TaskSpec]) -> None:
        """A session that has no environment yet.

        tasks: what may be played; the first is played where a client names none.
        """
        self.id = secrets.token_urlsafe(18)
        self.lane = lane
        self.busy = asyncio.Lock()
        self.answered: tuple[int, str] | None = None
        self._tasks = tasks
        self._spec: TaskSpec | None = None
        self._settings: dict[str, Any] = {}
        self._env: Any = None
        self._browser: Browser | None = None
        self._episode: dict[str, Any] = dict(_NO_EPISODE)
        self._pictures: wire.Pictures = "png"

    def make(
        self, task: str | None, settings: Mapping[str, Any] | None, pictures: wire.Pictures = "png"
    ) -> dict[str, Any]:
        """Has a task played from the next reset on: what an answer of type ``made`` tells.

        task, settings: None for those before.
        pictures: see `wire.packed`.

        Raises:
            UnknownTask: no such task here.
            UserError: a setting that is none.
        """
        spec = self._named(task)
        wanted = checked(spec.id, self._settings if settings is None else settings)
        if self._env is None or (spec, wanted) != (self._spec, self._settings):
            self._take(spec, wanted)
        self._pictures = pictures
        return {
            "session": self.id,
            "task": told_of(spec),
            "observation": list(self._env.observation_space.spaces),
        }

    def reset(self, seed: int | None, options: Mapping[str, Any], episode: str | None) -> Any:
        """Begins an episode: what an answer of type ``observation`` tells.

        seed: None draws one.

        Raises:
            UserError: the seed is none, or there is no such option.
            MachineError: no browser, or the page did not come up.
        """
        if self._env is None:
            self.make(None, None)
        assert self._spec is not None
        if self._spec.browser and self._browser is not self.lane.running():
            self._take(self._spec, self._settings)
        chosen = secrets.randbelow(2**31) if seed is None else seed
        self._episode = dict(_NO_EPISODE)
        observation, info = self._env.reset(seed=chosen, options=dict(options))
        self._episode = {
            "episode_id": episode or secrets.token_urlsafe(9),
            "step_count": 0,
            "task": self._spec.id,
            "seed": chosen,
            "done": False,
        }
        return self._told(observation, None, False, False, info)

    def step(self, action: str) -> dict[str, Any]:
        """Performs an action's text: what an answer of type ``observation`` tells.

        Raises:
            UserError: no episode is in play.
            MachineError: the machinery broke; the episode is void.
        """
        if self._env is None or self._episode["episode_id"] is None:
            raise UserError("no episode is in play; call reset() first")
        observation, reward, terminated, truncated, info = self._env.step(action)
        self._episode["step_count"] += 1
        self._episode["done"] = terminated or truncated
        return self._told(observation, reward, terminated, truncated, info)

    def state(self) -> dict[str, Any]:
        """What an answer of type ``state`` tells: OpenEnv's, the task, the seed, whether done."""
        return {**self._episode, "session": self.id}

    def close(self) -> None:
        """Ends the environment; the next reset makes one."""
        gone, self._env = self._env, None
        if gone is not None:
            gone.close()

    def _named(self, task: str | None) -> TaskSpec:
        if task is None:
            return self._spec or next(iter(self._tasks.values()))
        if task in self._tasks:
            return self._tasks[task]
        found = select(task)
        if len(found) != 1:
            raise UnknownTask(f"{clipped(task)} names {len(found)} tasks; a session plays one")
        (spec,) = found
        if spec.id not in self._tasks:
            raise UnknownTask(f"no task {clipped(task)} here; GET /tasks lists what is served")
        return spec

    def _take(self, spec: TaskSpec, settings: dict[str, Any]) -> None:
        """Plays a task on the lane's browser as it is now; texts need none, and start none."""
        browser = self.lane.running() if spec.browser else None
        create = load_env_creator(entry_point(spec.id))
        task: Any = spec
        env = create(task=task, browser=browser, ahead=False, **settings)
        self.close()
        self._env, self._spec, self._settings, self._browser = env, spec, settings, browser
        self._episode = dict(_NO_EPISODE)

    def _told(
        self,
        observation: Mapping[str, Any],
        reward: float | None,
        terminated: bool,
        truncated: bool,
        info: Mapping[str, Any],
    ) -> dict[str, Any]:
        shown = {name: wire.packed(value, self._pictures) for name, value in observation.items()}
        rendered = self._env.render() if self._settings.get("render_mode") else None
        if isinstance(rendered, np.ndarray) and "screenshot" in shown:
            rendered = None  # the same picture
        assert self._spec is not None
        return {
            "observation": shown,
            "reward": reward,
            "done": terminated or truncated,
            "metadata": {
                "session": self.id,
                "task": self._spec.id,
                "seed": self._episode["seed"],
                "step": self._episode["step_count"],
                "max_steps": self._settings.get("max_steps") or self._spec.max_steps,
                "terminated": terminated,
                "truncated": truncated,
                "info": info,
                "render": wire.packed(rendered, self._pictures),
            },
        }


def told_of(spec: TaskSpec) -> dict[str, Any]:
    """A task as the server tells of it: `listing.as_record`, and the size of its screenshots."""
    sizes = {"width": spec.width, "height": spec.height, "browser": spec.browser}
    return {**as_record(spec), **sizes}
