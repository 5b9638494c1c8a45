"""A program over the steps of an episode: run anew at each, with what was seen as its answers.

A policy keeps nothing between two steps: the episode is its memory, and the program is in the notes
of the step it began at. To come to its next action it is run from its beginning; what it did before
is answered from the episode, and at the first action that is new it stops. A program does the same
whenever it is given the same pages (see `sandbox`), so it comes to the same point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webagents.planners.driver import Driver
from webagents.planners.sandbox import Halt, Outcome, run
from webagents.types import Observation, Step

SECONDS = 5.0
MEMORY_MB = 64.0
MOST_ACTIONS = 50


class Next(Halt):
    """The action that a program does next."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class Strayed(Halt):
    """A program did something else than the episode says that it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a program has come in an episode.

    action: the text of its next action; None where it has ended.
    outcome: how it ended; halted while there is an action.
    """

    action: str | None
    outcome: Outcome


class Replay:
    """Answers a program's actions from an episode's steps, up to the first that is not in them."""

    def __init__(self, steps: Sequence[Step], now: Observation) -> None:
        """steps: those since the program began. now: what is seen after them."""
        self._steps = steps
        self._now = now
        self._done = 0

    @property
    def first(self) -> Observation:
        """What the program began with."""
        return self._steps[0].observation if self._steps else self._now

    def __call__(self, action: str) -> Observation:
        """What was seen after it.

        Raises:
            Next: it was not done yet.
            Strayed: something else was done.
        """
        if self._done == len(self._steps):
            raise Next(action)
        if self._steps[self._done].action != action:
            raise Strayed(f"{action} where {self._steps[self._done].action} was done")
        self._done += 1
        if self._done < len(self._steps):
            return self._steps[self._done].observation
        return self._now


def advance(
    program: str,
    steps: Sequence[Step],
    now: Observation,
    *,
    seconds: float = SECONDS,
    memory_mb: float = MEMORY_MB,
    max_actions: int = MOST_ACTIONS,
) -> Progress:
    """What a program does next, or how it ended.

    steps: the episode's steps since it began, each an action of its own.
    now: what is seen after them.
    """
    replay = Replay(steps, now)
    outcome = run(
        program,
        Driver(replay, replay.first),
        seconds=seconds,
        memory_mb=memory_mb,
        max_actions=max_actions,
    )
    action = outcome.halt.action if isinstance(outcome.halt, Next) else None
    return Progress(action=action, outcome=outcome)
