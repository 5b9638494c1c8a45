"""Hands out a plan's episodes to a crew, and again where a player or a browser broke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from webagents.crews.crew import Crew, P
from webagents.errors import MachineError
from webagents.rollout import Job

ATTEMPTS = 3
"""How often an episode is played before it is void for good."""

LOSSES = 5
"""How many players may be lost one after the other, with no episode in between."""


class Plan(Protocol):
    """Which episodes are to be played."""

    def next_job(self) -> Job | None:
        """One to play now, None where there is none for now."""
        ...

    def lost(self, jobs: Sequence[Job]) -> None:
        """Takes back what was not played after all; it is given out again."""
        ...


def dispatch(plan: Plan, crew: Crew[P], ahead: int) -> Iterator[P]:
    """Every episode the plan asks for, once, as it finishes; what stays void comes as void.

    What the caller has to tell the plan of an episode it tells before it asks for the next one.

    ahead: how many jobs a player has at most, those in play among them.

    Raises:
        MachineError: the players do not stay alive.
    """
    held: list[set[Job]] = [set() for _ in range(crew.size)]
    voids: Counter[Job] = Counter()
    losses = 0
    while True:
        for player, jobs in enumerate(held):
            _fill(plan, crew, player, jobs, ahead)
        if not any(held):
            return
        for player, played in crew.hear():
            if played is None:
                losses += 1
                if losses >= LOSSES:
                    raise MachineError(
                        f"{losses} players ended unexpectedly, one after the other; what they said "
                        "last is above"
                    )
                plan.lost(sorted(held[player]))
                held[player].clear()
                continue
            losses = 0
            held[player].discard(played.job)
            if played.void:
                voids[played.job] += 1
                if voids[played.job] < ATTEMPTS:
                    plan.lost([played.job])
                    continue
            yield played


def _fill(plan: Plan, crew: Crew[P], player: int, held: set[Job], ahead: int) -> None:
    """Gives a player jobs once half of what it may have is done."""
    if len(held) > ahead // 2:
        return
    jobs = []
    while len(held) < ahead and (job := plan.next_job()) is not None:
        held.add(job)
        jobs.append(job)
    if jobs:
        crew.give(player, jobs)
