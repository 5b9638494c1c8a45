"""BrowserGym's environment, played on ours."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from webagents.browsers.base import Browser
from webagents.envs.compatible.browsergym.trees import (
    axtree_object,
    body_of,
    dom_object,
    element_properties,
    focused_bid,
)
from webagents.envs.compatible.telling import TOLD, TellingTask, played, refuse
from webagents.envs.play import checked_seed
from webagents.envs.spaces import ActionText, Unicode
from webagents.envs.web_env import WebEnv
from webagents.errors import UserError, clipped

_QUESTION = """() => ({
  title: document.title,
  REWARD_GLOBAL: WOB_REWARD_GLOBAL, RAW_REWARD_GLOBAL: WOB_RAW_REWARD_GLOBAL,
  REWARD_REASON: WOB_REWARD_REASON ?? null, DONE_GLOBAL: WOB_DONE_GLOBAL,
  EPISODE_ID: WOB_EPISODE_ID, TASK_READY: WOB_TASK_READY,
})"""
_SAME: Mapping[str, tuple[Any, ...]] = {
    "viewport": (None,),
    "locale": (None,),
    "timezone_id": (None,),
    "tags_to_mark": ("standard_html",),
    "wait_for_user_message": (False,),
    "terminate_on_infeasible": (True,),
    "resizeable_window": (False,),
    "record_video_dir": (None,),
    "pw_chromium_kwargs": ({}, None),
    "pw_context_kwargs": ({}, None),
    "use_raw_page_output": (False,),
}
"""BrowserGym's options that would make another environment, at what ours does."""
_WITHOUT_EFFECT = ("slow_mo", "timeout", "pre_observation_delay")
_WHY = "a task is one page of a fixed size on a clock of its own, without a person in the chat"


class Anything(spaces.Space[Any]):
    """Lists and dicts whose form the space does not say."""

    def __init__(self, kind: type) -> None:
        self.kind = kind
        super().__init__(None, None)

    def contains(self, x: Any) -> bool:
        """Whether it is of the kind."""
        return isinstance(x, self.kind)

    def sample(self, *_: Any, **__: Any) -> Any:
        """An empty one."""
        return self.kind()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Anything) and other.kind is self.kind

    __hash__ = None  # type: ignore[assignment]


class BrowserEnv(gymnasium.Env[dict[str, Any], str]):
    """A MiniWoB page with BrowserGym's observation keys and rewards; bids are refs.

    `info` holds `task_info`, BrowserGym's, and beside it `success` and `time_ms` as in `WebEnv`.
    Times are the page's, which pass with actions alone: the same seed and actions give the same.
    """

    metadata = WebEnv.metadata

    def __init__(
        self,
        task_name: str,
        *,
        task_kwargs: Mapping[str, Any] | None = None,
        headless: bool = True,
        action_mapping: Callable[[str], str] | None = None,
        render_mode: str | None = None,
        browser: Browser | str | None = None,
        clicks: str = "pointer",
        action_ms: float = 200.0,
        clock: str = "virtual",
        **given: Any,
    ) -> None:
        """An environment for one task.

        task_name: such as ``miniwob.click-test``.
        task_kwargs: ``remove_human_display`` (True): whether the page is shown without the
            instruction.
        headless: False shows the page in a window.
        action_mapping: what is given to `step` -> an action text, such as
            `HighLevelActionSet.to_python_code`; an error it raises is the agent's. None: as it is.
        render_mode, browser: as in `WebEnv`.
        clicks, action_ms, clock: as in `PlayOptions`.
        given: BrowserGym's other options; those that would change something only at what they are
            here, `slow_mo`, `timeout` and `pre_observation_delay` without effect.

        Raises:
            UnknownTask: no such task.
            UserError: a choice that cannot be given here.
        """
        refuse({k: v for k, v in given.items() if k not in _WITHOUT_EFFECT}, _SAME, _WHY)
        asked = dict(task_kwargs or {})
        alone = asked.pop("remove_human_display", True)
        refuse(asked, {"base_url": (None,), "episode_max_time": (1_000_000,)}, _WHY)
        source, _, name = task_name.partition(".")
        if source != "miniwob" or not name:
            raise UserError(f"task_name={clipped(task_name)} is none such as 'miniwob.click-test'")
        if render_mode is None and not headless:
            render_mode = "human"
        self.render_mode = render_mode
        self._mapped = action_mapping
        self._env = played(
            TellingTask(name, _QUESTION, skip=("query",) if alone else ()),
            render_mode=render_mode,
            browser=browser,
            view="visual",
            seed_scheme="browsergym",
            clicks=clicks,
            action_ms=action_ms,
            clock=clock,
        )
        spec = self._env.task.spec
        texts = spaces.Sequence(Unicode())
        self.observation_space = spaces.Dict(
            {
                "chat_messages": Anything(tuple),
                "goal": Unicode(),
                "goal_object": Anything(tuple),
                "open_pages_urls": texts,
                "open_pages_titles": texts,
                "active_page_index": spaces.Box(0, 255, (1,), np.int64),
                "url": Unicode(),
                "screenshot": spaces.Box(0, 255, (spec.height, spec.width, 3), np.uint8),
                "dom_object": Anything(dict),
                "axtree_object": Anything(dict),
                "extra_element_properties": Anything(dict),
                "focused_element_bid": Unicode(),
                "last_action": Unicode(),
                "last_action_error": Unicode(),
                "elapsed_time": spaces.Box(0.0, 1e9, (1,), np.float64),
            }
        )
        self.action_space = ActionText(spec.width, spec.height)
        self._goal = ""
        self._chat: list[dict[str, Any]] = []

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode; the same seed begins BrowserGym's own of that seed.

        Raises:
            UserError: the seed is none, or options are given.
            MachineError: no browser, or the page did not come up.
        """
        if seed is not None:
            seed = checked_seed(seed)
        super().reset(seed=seed)
        seen, info = self._env.reset(seed=seed, options=options)
        self._goal = seen["instruction"]
        self._chat = []
        self._say("user", self._goal, info)
        return self._observed(seen, info, "", ""), self._told(info)

    def step(self, action: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Performs an action; the agent's mistakes come back in `last_action_error`.

        Raises:
            UserError: no episode is in play.
            MachineError: the machinery broke; the episode is void.
        """
        text, mistake = action, ""
        if self._mapped is not None:
            try:
                text = self._mapped(action)
            except (ValueError, NameError, TypeError) as error:
                text, mistake = "noop()", f"{type(error).__name__}: {error}"
        seen, _, terminated, _, info = self._env.step(text)
        if "message" in info:
            given_up = terminated and not info[TOLD]["DONE_GLOBAL"]
            self._say("infeasible" if given_up else "assistant", info["message"], info)
        observation = self._observed(seen, info, action, mistake or seen["error"])
        reward = float(terminated and info["raw_reward"] > 0)
        return observation, reward, terminated, False, self._told(info)

    def render(self) -> Any:
        """The page's picture with ``"rgb_array"``, else None."""
        return self._env.render()

    def close(self) -> None:
        """Ends the page, and the browser unless it was given; safe to call again."""
        self._env.close()

    def _say(self, role: str, words: str, info: Mapping[str, Any]) -> None:
        at = info["time_ms"] / 1000
        self._chat.append({"role": role, "timestamp": at, "message": words})

    def _told(self, info: Mapping[str, Any]) -> dict[str, Any]:
        task = {name: value for name, value in info[TOLD].items() if name != "title"}
        return {"task_info": task, "success": info["success"], "time_ms": info["time_ms"]}

    def _observed(
        self, seen: Mapping[str, Any], info: Mapping[str, Any], action: str, error: str
    ) -> dict[str, Any]:
        root, title, url = body_of(seen["html"]), str(info[TOLD]["title"]), seen["url"]
        return {
            "chat_messages": tuple(copy.deepcopy(self._chat)),
            "goal": self._goal,
            "goal_object": ({"type": "text", "text": self._goal},),
            "open_pages_urls": (url,),
            "open_pages_titles": (title,),
            "active_page_index": np.array([0]),
            "url": url,
            "screenshot": seen["screenshot"],
            "dom_object": dom_object(root, url, title),
            "axtree_object": axtree_object(root, title),
            "extra_element_properties": element_properties(root),
            "focused_element_bid": focused_bid(root),
            "last_action": action,
            "last_action_error": error,
            "elapsed_time": np.array([info["time_ms"] / 1000]),
        }
