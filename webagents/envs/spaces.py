"""The spaces of observations and actions: dicts of text and pixels, and texts that are actions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces

from webagents.actions import sample

MAX_TEXT = 1_000_000
"""Characters; longer pages than this are no pages."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz <>/=\"'&0123456789éß漢"


class Unicode(spaces.Text):
    """Any text up to `max_length` characters; Gymnasium's `Text` allows only a given alphabet."""

    def __init__(
        self, max_length: int = MAX_TEXT, seed: int | np.random.Generator | None = None
    ) -> None:
        super().__init__(max_length, min_length=0, charset=_LETTERS, seed=seed)

    def contains(self, x: Any) -> bool:
        """Whether `x` is a text that is not too long."""
        return isinstance(x, str) and len(x) <= self.max_length

    def sample(self, *_: Any, **__: Any) -> str:
        """A short random text."""
        length = int(self.np_random.integers(0, 32))
        letters = self.np_random.integers(0, len(_LETTERS), length)
        return "".join(_LETTERS[i] for i in letters)

    def __repr__(self) -> str:
        return f"Unicode({self.max_length})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unicode) and other.max_length == self.max_length

    __hash__ = None  # type: ignore[assignment]


class ActionText(Unicode):
    """Any text; a sample is a well-formed action, on a ref that a small page would have."""

    def __init__(
        self,
        width: int = 160,
        height: int = 210,
        max_length: int = 20_000,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(max_length, seed)
        self.width = width
        self.height = height

    def sample(self, *_: Any, **__: Any) -> str:
        """A random action on one of the refs 1 to 30."""
        draw = random.Random(int(self.np_random.integers(2**63)))
        return sample(draw, range(1, 31), self.width, self.height).text

    def __repr__(self) -> str:
        return f"ActionText({self.width}, {self.height})"


def observation_space(width: int, height: int, *, screenshots: bool) -> spaces.Dict:
    """The observations of a page whose screenshots are uint8 (height, width, 3)."""
    shown: Mapping[str, spaces.Space[Any]] = {
        "instruction": Unicode(),
        "html": Unicode(),
        "url": Unicode(),
        "error": Unicode(),
    }
    if screenshots:
        box = spaces.Box(0, 255, (height, width, 3), np.uint8)
        return spaces.Dict({**shown, "screenshot": box})
    return spaces.Dict(dict(shown))
