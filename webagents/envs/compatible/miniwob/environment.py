"""Farama's environment, played on ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
from miniwob.dom import DOMElement
from miniwob.observation import (
    create_empty_observation,
    create_empty_screenshot,
    create_observation,
    get_observation_space,
)
from miniwob.reward import get_original_reward

from webagents.browsers.base import Browser
from webagents.envs.compatible.miniwob.action import ActionSpaceConfig, ActionTypes, Found, spoken
from webagents.envs.compatible.telling import TOLD, TellingTask, played, refuse
from webagents.envs.play import checked_seed
from webagents.envs.web_env import WebEnv
from webagents.errors import ActionError, UserError, clipped

# The page's own account of itself, as Farama's package asks for it. A page that went on loading is
# looked at again at the same page time: what was numbered then is numbered anew.
QUESTION = """() => {
  const now = performance.now();
  if (core.asked?.at === now) {
    for (const element of document.querySelectorAll("[data-wob_ref]"))
      if (Number(element.dataset.wob_ref) >= core.asked.from) delete element.dataset.wob_ref;
    core.nextRefCode = core.asked.from;
  }
  core.asked = { at: now, from: core.nextRefCode };
  return {
    dom: WOB_TASK_READY && !WOB_DONE_GLOBAL ? core.getDOMInfo() : null,
    plain: typeof core.getUtterance() === "string",
    metadata: {
      done: WOB_DONE_GLOBAL, env_reward: WOB_REWARD_GLOBAL, raw_reward: WOB_RAW_REWARD_GLOBAL,
      reason: WOB_REWARD_REASON ?? null,
    },
  };
}"""
_REFS = re.compile(r'<[^\s>]+ ref="(\d+)"[^>]* data-wob_ref="(\d+)"')
_WHY = "the pages come with the package, are waited for, and are fresh in each episode"


class MiniWoBEnvironment(gymnasium.Env[dict[str, Any], dict[str, Any]]):
    """A MiniWoB page with the observations, actions and rewards of Farama's package.

    Observations: `utterance`, `dom_elements`, `screenshot`, `fields`; `info`: `done`, `env_reward`,
    `raw_reward`, `reason`, `root_dom` (a `miniwob.dom.DOMElement`), after a step `elapsed`, and
    beside these `error`: why the action failed, "" when it did not. All as Farama's page scripts
    measure them; time is the page's, which passes with actions alone.
    """

    metadata = WebEnv.metadata

    def __init__(
        self,
        subdomain: str,
        render_mode: str | None = None,
        action_space_config: Any = "all_supported",
        field_extractor: Callable[[str], list[tuple[str, str]]] | None = None,
        reward_processor: Callable[[Mapping[str, Any]], float] | None = None,
        wait_ms: float = 0.0,
        data_mode: str = "train",
        *,
        browser: Browser | str | None = None,
        action_ms: float = 200.0,
        time_limit: str = "original",
        clock: str = "virtual",
        **given: Any,
    ) -> None:
        """An environment for one page.

        subdomain: the task's name, such as ``click-test``.
        render_mode, browser: as in `WebEnv`.
        action_space_config: a preset's name or an `ActionSpaceConfig`.
        field_extractor: utterance -> fields, where the page does not name them; None: the task's.
        reward_processor: metadata -> reward; None: the page's, scaled by the time left.
        wait_ms: page time to let pass after each action beyond its own `action_ms`, milliseconds.
        data_mode: ``"train"`` or ``"test"``.
        action_ms, time_limit, clock: as in `PlayOptions`; Farama's page has its time limit.
        given: `base_url`, `block_on_reset`, `refresh_freq`, at their defaults.

        Raises:
            UnknownTask: no such task.
            UserError: a choice that cannot be given here.
        """
        same = {"base_url": (None,), "block_on_reset": (True,)}
        refuse({k: v for k, v in given.items() if k != "refresh_freq"}, same, _WHY)
        self.subdomain = subdomain
        self.render_mode = render_mode
        self._extract = field_extractor
        self._score = reward_processor or get_original_reward
        config = _config(action_space_config)
        self._env = played(
            TellingTask(subdomain, QUESTION),
            render_mode=render_mode,
            browser=browser,
            action_ms=action_ms + wait_ms,
            data_mode=data_mode,
            time_limit=time_limit,
            clock=clock,
        )
        spec = self._env.task.spec
        self._size = (spec.width, spec.height)
        self.action_space_config: Any = replace(
            config, screen_width=spec.width, screen_height=spec.height
        )
        self.action_space = self.action_space_config.get_action_space()
        self.observation_space = get_observation_space(spec.width, spec.height)
        self._pictures = True
        self._fields: list[tuple[str, str]] = []
        self._elements: dict[int, Found] = {}

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode.

        options: `data_mode` and `record_screenshots`, which hold from here on.

        Raises:
            UserError: there is no such option.
            MachineError: no browser, or the page did not come up.
        """
        for name, value in (options or {}).items():
            if name not in ("data_mode", "record_screenshots"):
                known = "data_mode, record_screenshots"
                raise UserError(f"no option {clipped(name)}; the options are {known}")
            getattr(self, f"set_{name}")(value)
        if seed is not None:
            seed = checked_seed(seed)
        super().reset(seed=seed)
        seen, info = self._env.reset(seed=seed)
        self._fields = list(info["fields"].items())
        if self._extract is not None and info[TOLD]["plain"]:
            self._fields = list(self._extract(seen["instruction"]))
        observation, further = self._observed(seen, info)
        return observation, {**info[TOLD]["metadata"], **further}

    def step(
        self, action: Mapping[str, Any] | None
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Performs an action of the action space; None does nothing.

        Raises:
            UserError: no episode is in play.
            MachineError: the machinery broke; the episode is void.
        """
        error = ""
        try:
            texts = spoken(action, self.action_space_config, self._fields, self._elements)
        except ActionError as mistake:
            texts, error = ("noop()",), str(mistake)
        for text in texts:
            seen, _, done, _, info = self._env.step(text)
            error = error or seen["error"]
            if done or error:
                break
        metadata = info[TOLD]["metadata"]
        told = {**metadata, "elapsed": info["time_ms"] / 1000, "error": error}
        if done:
            observation = create_empty_observation(*self._size)
        else:
            observation, further = self._observed(seen, info)
            told = {**further, **told}
        return observation, float(self._score(metadata)), done, False, told

    def create_action(self, action_type: Any, **kwargs: Any) -> dict[str, Any]:
        """A random action of that type, with `kwargs` in place of what was drawn.

        action_type: an `ActionTypes`, its name, or its number in the action space.

        Raises:
            UserError: the action space has no such type or part.
        """
        kinds = list(self.action_space_config.action_types)
        if isinstance(action_type, str):
            if action_type not in kinds:
                known = ", ".join(ActionTypes(each).value for each in kinds)
                raise UserError(f"no action type {clipped(action_type)}; there are {known}")
            action_type = kinds.index(action_type)
        action: dict[str, Any] = {
            **self.action_space.sample(),
            "action_type": np.int64(action_type),
        }
        for name, value in kwargs.items():
            if name not in action:
                raise UserError(f"no {clipped(name)} in an action; there is {', '.join(action)}")
            action[name] = value
        return action

    def set_data_mode(self, mode: str) -> None:
        """Draws from ``"train"`` or ``"test"``, from the next episode on."""
        self._env.change(data_mode=mode)

    def set_record_screenshots(self, record_screenshots: bool) -> None:
        """Whether observations have the picture, from the next episode on; else it is black."""
        self._pictures = bool(record_screenshots)
        self._env.change(screenshots=self._pictures)

    def render(self) -> Any:
        """The page's picture with ``"rgb_array"``, else None."""
        return self._env.render()

    def close(self) -> None:
        """Ends the page, and the browser unless it was given; safe to call again."""
        self._env.close()

    def _observed(
        self, seen: Mapping[str, Any], info: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        root = DOMElement(info[TOLD]["dom"])
        tags = {element.ref: element.tag for element in root.subtree_elements}
        self._elements = {
            int(theirs): Found(ours, tags[int(theirs)])
            for ours, theirs in _REFS.findall(seen["html"])
            if int(theirs) in tags
        }
        picture = seen.get("screenshot")
        if picture is None:
            picture = create_empty_screenshot(*self._size)
        observation = create_observation(seen["instruction"], root, picture, self._fields)
        return observation, {"root_dom": root}


def _config(given: Any) -> Any:
    """The action space's configuration, of a preset's name too."""
    if isinstance(given, ActionSpaceConfig):
        return given
    try:
        return ActionSpaceConfig.get_preset(str(given))
    except ValueError as error:
        raise UserError(f"action_space_config={clipped(given)}: {error}") from None
