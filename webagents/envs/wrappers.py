"""Wrappers that give environments the shapes other libraries want."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from webagents.errors import UserError, clipped

TEXT_BYTES: Mapping[str, int] = {"instruction": 1024, "html": 32_768, "url": 256, "error": 512}
"""How long each text of an observation may get, bytes of UTF-8; longer ones are cut."""

ACTION_BYTES = 512


class FixedArrays(gymnasium.Wrapper[dict[str, Any], Any, dict[str, Any], str]):
    """Observations and actions as arrays of a fixed shape, texts as UTF-8 bytes padded with zeros.

    For shared memory (`gymnasium.vector.AsyncVectorEnv`, whose shared buffers corrupt texts),
    stable-baselines3 and TorchRL. Observations are a dict of uint8 arrays: each text (n,) with `n`
    from `text_bytes`, `screenshot` (height, width, 3). With `menu`, actions are numbers of its
    texts; without, uint8 (action_bytes,) holding one text.
    """

    def __init__(
        self,
        env: gymnasium.Env[dict[str, Any], str],
        *,
        text_bytes: Mapping[str, int] | None = None,
        menu: tuple[str, ...] | None = None,
        action_bytes: int = ACTION_BYTES,
    ) -> None:
        """Wraps `env`.

        text_bytes: the lengths that differ from `TEXT_BYTES`, by name.
        menu: action texts to choose from by number.
        action_bytes: the longest action text, bytes of UTF-8.

        Raises:
            UserError: a text that observations do not have.
        """
        super().__init__(env)
        given = dict(text_bytes or {})
        for name in given:
            if name not in TEXT_BYTES:
                known = ", ".join(TEXT_BYTES)
                raise UserError(f"no text {clipped(name)} in observations; there is {known}")
        self._lengths = {**TEXT_BYTES, **given}
        self._menu = menu
        inner: Any = env.observation_space
        shown: dict[str, spaces.Space[Any]] = {
            name: spaces.Box(0, 255, (length,), np.uint8) for name, length in self._lengths.items()
        }
        if "screenshot" in inner.spaces:
            shown["screenshot"] = inner["screenshot"]
        self.observation_space = spaces.Dict(shown)
        if menu is None:
            self.action_space = spaces.Box(0, 255, (action_bytes,), np.uint8)
        else:
            self.action_space = spaces.Discrete(len(menu))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begins an episode (see `WebEnv.reset`)."""
        seen, info = self.env.reset(seed=seed, options=options)
        return self._arrays(seen), info

    def step(self, action: Any) -> tuple[dict[str, Any], Any, bool, bool, dict[str, Any]]:
        """Performs an action given as its number, or as bytes (see `WebEnv.step`)."""
        text = to_text(action) if self._menu is None else self._menu[int(action)]
        seen, reward, terminated, truncated, info = self.env.step(text)
        return self._arrays(seen), reward, terminated, truncated, info

    def _arrays(self, seen: dict[str, Any]) -> dict[str, Any]:
        arrays: dict[str, Any] = {
            name: to_bytes(seen[name], length) for name, length in self._lengths.items()
        }
        if "screenshot" in seen:
            arrays["screenshot"] = seen["screenshot"]
        return arrays


def to_bytes(text: str, length: int) -> NDArray[np.uint8]:
    """A text as uint8 (length,), UTF-8 padded with zeros; cut at a whole character."""
    raw = text.encode(errors="replace")[:length]
    raw = raw.decode(errors="ignore").encode()
    array = np.zeros(length, dtype=np.uint8)
    array[: len(raw)] = np.frombuffer(raw, dtype=np.uint8)
    return array


def to_text(array: Any) -> str:
    """The text of an array that `to_bytes` made."""
    raw = np.asarray(array, dtype=np.uint8).tobytes()
    return raw.split(b"\0", 1)[0].decode(errors="replace")
