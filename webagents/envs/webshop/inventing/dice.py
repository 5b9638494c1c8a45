"""Chance that repeats: the few draws that the made-up catalogue is made with."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """A stream of draws, the same for the same seed on every machine and Python version.

    Everything is made from `Random.random`, the one method whose numbers Python promises to keep.
    """

    __slots__ = ("random",)

    def __init__(self, seed: int | str) -> None:
        self.random = Random(str(seed)).random

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self.random() * len(items))]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different items (all of them where there are fewer), in drawn order."""
        left = list(items)
        for i in range(min(count, len(left))):
            j = i + int(self.random() * (len(left) - i))
            left[i], left[j] = left[j], left[i]
        return left[:count]

    def chance(self, share: float) -> bool:
        """True in this share of draws."""
        return self.random() < share

    def count(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + int(self.random() * (high - low + 1))
