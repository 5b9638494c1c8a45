"""What importers give: one record for each episode found, and for each that was dropped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from webagents.data.demonstration import Demonstration

Keep = Literal["successes", "all"]


class Dropped(Exception):
    """An episode that is not taken.

    reason: one of few words, which are counted.
    detail: what was found, for `dropped.jsonl`.
    reward: the episode's, where that is why.
    """

    def __init__(self, reason: str, detail: str = "", reward: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.reward = reward

    @classmethod
    def failed(cls, reward: float) -> Dropped:
        """Why an episode without success is not taken."""
        return cls("failed", f"reward {reward:g}", reward)


class Record(NamedTuple):
    """One episode, taken or not.

    file: where it is, relative to what is imported; `#n` counts the records of a file from 1.
    demonstration: None where it was dropped.
    """

    file: str
    demonstration: Demonstration | None
    dropped: Dropped | None = None


class Imported(NamedTuple):
    """What came of an import.

    files: how many were read.
    kept, steps: the episodes in the dataset, and their steps.
    dropped: how many were not taken, by reason, the most frequent first.
    """

    out: Path
    files: int
    kept: int
    steps: int
    dropped: Counter[str]


class Progress(NamedTuple):
    """How far an import is: files read of those there are, episodes kept and dropped."""

    files: int
    total: int
    kept: int
    dropped: int


class Importer(NamedTuple):
    """A format that can be read.

    files: the files of that format, in a stable order.
    records: the episodes of one of the files; never raises for what a file holds.
    about: the title, the origin and the licence of a dataset made of it.
    unnamed: whether the files' names may say who took part, and so go nowhere.
    """

    files: Callable[[Path], list[Path]]
    records: Callable[[Path, Path, Keep], Iterator[Record]]
    about: tuple[str, str, str]
    unnamed: bool = False
