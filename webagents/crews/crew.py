"""What players, and crews of them, are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from webagents.rollout import Job


class Played(Protocol):
    """What came of one episode.

    void: why the machinery broke, "" when it did not.
    """

    @property
    def job(self) -> Job:
        """What was played."""
        ...

    @property
    def void(self) -> str:
        """Why it came to nothing."""
        ...


P = TypeVar("P", bound=Played)
Given = TypeVar("Given", bound=Played, covariant=True)


class Plays(Protocol[Given]):
    """One player."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Given]:
        """Plays every job, in any order."""
        ...


class News(NamedTuple, Generic[P]):
    """What is heard from a player: an episode it played, or that it is lost and was replaced."""

    player: int
    played: P | None


class Crew(Protocol[P]):
    """Players, by number from 0.

    One that is lost is replaced; its jobs are the caller's to give again.
    """

    @property
    def size(self) -> int:
        """How many players there are."""
        ...

    def give(self, player: int, jobs: Sequence[Job]) -> None:
        """Gives a player jobs beside those it has."""
        ...

    def hear(self) -> list[News[P]]:
        """Waits for news.

        Raises:
            WebAgentsError: a player cannot play at all; it says why.
        """
        ...

    def close(self) -> None:
        """Ends the players and their browsers."""
        ...
