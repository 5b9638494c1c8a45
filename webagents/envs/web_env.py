"""One page as a Gymnasium environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import gymnasium
from gymnasium import spaces

from webagents.browsers.base import Browser
from webagents.browsers.loop import run
from webagents.envs.launch import launch
from webagents.envs.play import Play, Transition, checked_seed, patience
from webagents.envs.rendering import Window
from webagents.envs.spaces import ActionText, observation_space
from webagents.envs.task import Task, play_options
from webagents.envs.tasks import make_task
from webagents.errors import MachineError, UserError, clipped
from webagents.types import NOTHING, Screenshot, TaskSpec


class WebEnv(gymnasium.Env[dict[str, Any], str]):
    """Real pages in a real browser, one action text a step.

    Observations are dicts: `instruction`, `html`, `url`, `error` (str) and, with screenshots,
    `screenshot` (uint8 (height, width, 3)). Actions are texts such as ``click('5')``
    (`webagents.actions`). `info` holds `success`, `raw_reward`, `time_ms` and `fields`.

    The browser starts with the first `reset` and ends with `close`. A broken machine raises a
    `MachineError`: the episode is void, the next `reset` works.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 (Gymnasium's)
        "render_modes": ["rgb_array", "human"],
        "render_fps": 5,
    }

    def __init__(
        self,
        task: str | TaskSpec | Task,
        *,
        render_mode: str | None = None,
        max_steps: int | None = None,
        browser: Browser | str | None = None,
        backend: str = "chromium",
        ahead: bool = True,
        **play: Any,
    ) -> None:
        """An environment for one task.

        task: its id, such as ``miniwob.click-test``, a catalogue entry, or a `Task` of one's own,
            which `close` closes.
        render_mode: None, ``"rgb_array"`` (`render` gives the page's picture) or ``"human"`` (a
            window shows it).
        max_steps: the step limit; None: the catalogue's.
        browser: a running browser to share, which `close` leaves alone; the path of one to start;
            None: see `webagents.browsers.lookup`.
        backend: how a browser is driven, ``"chromium"`` or ``"selenium"``.
        ahead: whether the next episode's page loads while one is played: quicker resets for twice
            the memory.
        play: see `PlayOptions`.

        Raises:
            UnknownTask: no such task.
            UserError: a choice that is none.
        """
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise UserError(
                f"render_mode={clipped(render_mode)} is not None, 'rgb_array' or 'human'"
            )
        if max_steps is not None and max_steps < 1:
            raise UserError(f"max_steps={max_steps!r}; an episode has at least one step")
        self.render_mode = render_mode
        self.options = play_options(play)
        self._shared = browser if browser is not None and not isinstance(browser, str) else None
        self._path = browser if isinstance(browser, str) else None
        self._backend = backend
        self._max_steps = max_steps
        self._window: Window | None = None
        self._picture: Screenshot | None = None
        self.task = make_task(task)
        if render_mode is not None and not self.task.spec.browser:
            self.task.close()
            raise UserError(f"{self.task.spec.id} is played without a browser: nothing to render")
        self._shared = self.task.browser or self._shared
        self._browser: Browser | None = self._shared
        self._play = Play(self.options, ahead=ahead, pictures=render_mode is not None)
        area = self.task.spec
        self.observation_space: spaces.Space[Any] = self._space()
        self.action_space: spaces.Space[Any] = ActionText(area.width, area.height)

    def reset(
        self,
        *,
        seed: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode; the same seed begins the same one, byte for byte.

        options: what the task takes: WebShop ``{"goal": 3}``, others nothing.

        Raises:
            UserError: the seed is none, or there is no such option.
            MachineError: no browser, or the page did not come up.
        """
        if options is not None and not isinstance(options, Mapping):
            raise UserError(f'options={clipped(options)} is no dict such as {{"goal": 3}}')
        if seed is not None:
            seed = checked_seed(seed)
        super().reset(seed=seed)
        page_seed = int(self.np_random.integers(2**31)) if seed is None else seed
        operation = self._play.reset(
            self._running(), self.task, page_seed, self._max_steps, options or NOTHING
        )
        began = self._run(operation, patience())
        self._play.prepare(self.task)
        self._show(began)
        return began.observation.as_dict(), began.info

    def step(self, action: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Performs one action text; the agent's mistakes come back in the observation's `error`.

        Raises:
            UserError: no episode is in play.
            MachineError: the machinery broke; the episode is void.
        """
        if not isinstance(action, str):
            raise UserError(f"an action is a text such as \"click('5')\", not {clipped(action)}")
        made = self._run(self._play.step(action), self._patience(action))
        self._show(made)
        return made.observation.as_dict(), made.reward, made.terminated, made.truncated, made.info

    def change(self, **play: Any) -> None:
        """Plays otherwise from the next `reset` on; see `PlayOptions`.

        Raises:
            UserError: a choice that is none.
        """
        self.options = play_options({**asdict(self.options), **play})
        self._play.options = self.options
        before, shown = self.observation_space, self._space().spaces
        assert isinstance(before, spaces.Dict)
        further = {
            name: space
            for name, space in before.spaces.items()
            if name not in shown and name != "screenshot"
        }
        self.observation_space = spaces.Dict({**shown, **further})

    def render(self) -> Any:
        """The page's picture with ``"rgb_array"``, uint8 (height, width, 3); else None."""
        if self.render_mode == "rgb_array" and self._picture is not None:
            return self._picture.copy()
        return None

    def close(self) -> None:
        """Ends the page, and the browser unless it was given; safe to call again."""
        if self._window is not None:
            self._window.close()
            self._window = None
        browser, self._browser = self._browser, None
        if browser is not None and browser is self._shared:
            if browser.alive:
                run(self._play.drop(), browser.source, patience())
        elif browser is not None:
            browser.close()
        self.task.close()

    def __del__(self) -> None:
        """Ends what `close` was not called for; as Python ends, browsers do so by themselves."""
        if getattr(self, "_browser", None) is not None and not sys.is_finalizing():
            self.close()

    def _space(self) -> spaces.Dict:
        area = self.task.spec
        pictures = self.options.screenshots and area.browser
        return observation_space(area.width, area.height, screenshots=pictures)

    def _running(self) -> Browser:
        if self._browser is None or not self._browser.alive:
            if self._shared is not None:
                if not self._shared.alive:
                    raise MachineError("the browser this environment was given has ended")
                self._browser = self._shared
                return self._shared
            if self._browser is not None:
                self._browser.close()
            self._browser = launch(self._backend, self._path)
        return self._browser

    def _patience(self, action: str) -> float:
        real = self.options.clock == "real"
        return patience() + (60.0 if real and "noop" in action else 0.0)

    def _run(self, operation: Any, seconds: float) -> Transition:
        assert self._browser is not None
        made: Transition = run(operation, self._browser.source, seconds)
        return made

    def _show(self, made: Transition) -> None:
        self._picture = made.picture
        if self.render_mode == "human" and self._picture is not None:
            if self._window is None:
                self._window = Window(self.task.spec.id)
            self._window.show(self._picture)
