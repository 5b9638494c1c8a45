"""``webagents/remote-v1``: a task that an environment server plays, as a Gymnasium environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import gymnasium
from gymnasium import spaces

from webagents.envs.play import checked_seed
from webagents.envs.remote import wire
from webagents.envs.remote.line import Line
from webagents.envs.rendering import Window
from webagents.envs.spaces import ActionText, Unicode, observation_space
from webagents.errors import UserError, clipped


class RemoteEnv(gymnasium.Env[dict[str, Any], str]):
    """One task on a server: the spaces, observations, rewards and infos of the environment itself.

    ``gymnasium.make("webagents/remote-v1", url="http://127.0.0.1:8000", task="click-test")``

    The session opens with the environment and ends with `close`, or at the end of a ``with``; the
    server ends that of a client which went away. Errors are those of `WebEnv`, and `ServerGone`,
    `ServerFull` and `SessionEnded`, all of them a `MachineError`: the episode is void, and the next
    `reset` opens another session where that helps.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 (Gymnasium's)
        "render_modes": ["rgb_array", "human", "ansi"],
        "render_fps": 5,
    }

    def __init__(
        self,
        url: str,
        task: str,
        *,
        render_mode: str | None = None,
        token: str | None = None,
        seconds: float = 60.0,
        **settings: Any,
    ) -> None:
        """An environment for one task of a server.

        url: the server's address, such as ``http://127.0.0.1:8000``.
        task: its id, such as ``miniwob.click-test``.
        render_mode: see `WebEnv`; ``"ansi"`` for WebShop as text.
        token: what the server wants to be shown; None: $WEBAGENTS_TOKEN, if there is one.
        seconds: how long an answer may take.
        settings: `max_steps` and what `PlayOptions` lists, but for `pages` and the real clock.

        Raises:
            UnknownTask: the server has no such task.
            UserError: a choice that is none, or not the server's token.
            ServerGone, ServerFull: no server there, or no room on it.
        """
        if not isinstance(task, str):
            raise UserError(f"task={clipped(task)} is no id such as 'miniwob.click-test'")
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            known = ", ".join(repr(each) for each in self.metadata["render_modes"])
            raise UserError(f"render_mode={clipped(render_mode)} is not None or one of {known}")
        self.render_mode = render_mode
        asked = "rgb_array" if render_mode == "human" else render_mode
        played = {**settings, "render_mode": asked}
        self._wanted = {"task": task, "settings": played, "pictures": "zlib"}
        self._window: Window | None = None
        self._picture: Any = None
        self._line = Line(url, token=token, seconds=seconds)
        try:
            made = self._line.make(self._wanted)
        except BaseException:
            self._line.close()
            raise
        self.task: Mapping[str, Any] = made["task"]
        width, height = made["task"]["width"], made["task"]["height"]
        shown = observation_space(width, height, screenshots="screenshot" in made["observation"])
        more = {name: Unicode() for name in made["observation"] if name not in shown.spaces}
        self.observation_space: spaces.Space[Any] = spaces.Dict({**shown.spaces, **more})
        self.action_space: spaces.Space[Any] = ActionText(width, height)

    @property
    def session(self) -> str:
        """The session's key on the server; "" when there is none."""
        return self._line.session

    def reset(
        self,
        *,
        seed: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode; the same seed begins the same one, byte for byte, as it does locally.

        options: what the task takes, see `WebEnv.reset`.

        Raises:
            UserError: the seed is none, or there is no such option.
            MachineError: the server, its browser or the page did not come up.
        """
        if options is not None and not isinstance(options, Mapping):
            raise UserError(f'options={clipped(options)} is no dict such as {{"goal": 3}}')
        if seed is not None:
            seed = checked_seed(seed)
        super().reset(seed=seed)
        page_seed = int(self.np_random.integers(2**31)) if seed is None else seed
        asked = {"seed": page_seed, "options": dict(options or {})}
        observation, info = self._taken(self._line.begin(self._wanted, asked))
        return observation, info

    def step(self, action: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Performs one action text; the agent's mistakes come back in the observation's `error`.

        Raises:
            UserError: no episode is in play.
            MachineError: the machinery broke; the episode is void.
        """
        if not isinstance(action, str):
            raise UserError(f"an action is a text such as \"click('5')\", not {clipped(action)}")
        if not self._line.session:
            raise UserError("no episode is in play; call reset() first")
        answer = self._line.ask("step", {"text": action})
        observation, info = self._taken(answer)
        told = answer["metadata"]
        return observation, answer["reward"], told["terminated"], told["truncated"], info

    def render(self) -> Any:
        """The page with ``"rgb_array"``, uint8 (height, width, 3), or as text with ``"ansi"``."""
        if self.render_mode == "rgb_array" and self._picture is not None:
            return self._picture.copy()
        return self._picture if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Ends the session; safe to call again."""
        if self._window is not None:
            self._window.close()
            self._window = None
        self._line.close()

    def __del__(self) -> None:
        """Ends what `close` was not called for; as Python ends, the server sees it by itself."""
        if getattr(self, "_line", None) is not None and not sys.is_finalizing():
            self._line.close()

    def _taken(self, answer: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The observation and the info of an answer."""
        shown = answer["observation"]
        observation = {name: wire.unpacked(value) for name, value in shown.items()}
        told = answer["metadata"]
        if self.render_mode is not None:
            # A picture that is the screenshot is not sent twice.
            picture = told["render"]
            self._picture = (
                observation.get("screenshot") if picture is None else wire.unpacked(picture)
            )
        if self.render_mode == "human" and self._picture is not None:
            if self._window is None:
                self._window = Window(str(self.task["id"]))
            self._window.show(self._picture)
        return observation, told["info"]
