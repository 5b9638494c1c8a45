"""How a person's episode is played again: which actions, after which waits.

A person's page runs in real time, an environment's only with its actions. So there are several
plans, the plainest first: actions on elements and no waits but for what is not there yet; then
waits wherever the page had changed by itself; then points for elements; then every wait there was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from webagents.actions import Action
from webagents.collection.recordings import Move, Recording

LONGEST_WAIT_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One action of a plan.

    text: as the person's page named its refs.
    html: that page.
    wait_ms: how long to wait before; see `needed`.
    needed: whether to wait only if the action's elements are not there.
    move: which move it belongs to, counted from 0; the number of moves for the wait at the end.
    person_ms: when the person did it, on their page's clock.
    """

    text: str
    html: str = ""
    wait_ms: float = 0.0
    needed: bool = False
    move: int = 0
    person_ms: float = 0.0


Plan = tuple[Planned, ...]


def plans(recording: Recording, action_ms: float) -> Iterator[Plan]:
    """The plans for a recording, the plainest first, each once.

    action_ms: the page time that passes with each action.
    """
    essential = _essential(recording.moves)
    everything = list(enumerate(recording.moves))
    seen: set[Plan] = set()
    for moves, way, needed in (
        (essential, 0, True),
        (essential, 0, False),
        (everything, 0, False),
        (everything, 1, False),
    ):
        plan = _with_waits_for_changes(recording, moves, way, action_ms, needed=needed)
        if _told(plan) not in seen:
            seen.add(_told(plan))
            yield plan
    for way in (0, -1):
        plan = _in_time(recording, way, action_ms)
        if _told(plan) not in seen:
            seen.add(_told(plan))
            yield plan


def waits(milliseconds: float) -> list[str]:
    """The actions that let that much page time pass."""
    whole = math.ceil(milliseconds)
    parts = [LONGEST_WAIT_MS] * (whole // LONGEST_WAIT_MS) + [whole % LONGEST_WAIT_MS]
    return [Action(name="noop", arguments={"wait_ms": part}).text for part in parts if part]


def _told(plan: Plan) -> Plan:
    """What two plans that come to the same have in common."""
    if any(each.needed and each.wait_ms for each in plan):
        return plan
    return tuple(Planned(text=each.text, wait_ms=each.wait_ms, move=each.move) for each in plan)


def _essential(moves: Sequence[Move]) -> list[tuple[int, Move]]:
    """The moves that are not spare; a change before a spare one counts for the next that is not."""
    found: list[tuple[int, Move]] = []
    changed: float | None = None
    for number, move in enumerate(moves):
        if move.changed_ms is not None:
            changed = move.changed_ms
        if not move.spare:
            found.append((number, replace(move, changed_ms=changed)))
            changed = None
    return found


def _with_waits_for_changes(
    recording: Recording,
    moves: Sequence[tuple[int, Move]],
    way: int,
    action_ms: float,
    *,
    needed: bool,
) -> Plan:
    planned: list[Planned] = []
    before = -action_ms  # the page's first look came without an action
    for number, move in moves:
        wait = 0.0 if move.changed_ms is None else move.changed_ms - before - action_ms
        planned += _written(move, number, way, max(0.0, wait), needed=needed)
        before = move.at_ms
    wait = recording.ended_ms - before - action_ms
    return (*planned, *_end(recording, wait))


def _in_time(recording: Recording, way: int, action_ms: float) -> Plan:
    planned: list[Planned] = []
    now = 0.0
    for number, move in enumerate(recording.moves):
        wait = max(0.0, math.ceil(move.at_ms - now))
        written = _written(move, number, way, wait, needed=False)
        planned += written
        now += wait + action_ms * len(written)
    return (*planned, *_end(recording, recording.ended_ms - now))


def _written(move: Move, number: int, way: int, wait: float, *, needed: bool) -> list[Planned]:
    chosen = move.ways[-1 if way < 0 else min(way, len(move.ways) - 1)]
    return [
        Planned(
            text=text,
            html=move.html,
            wait_ms=wait if first else 0.0,
            needed=needed,
            move=number,
            person_ms=move.at_ms,
        )
        for first, text in zip([True, *[False] * len(chosen)], chosen, strict=False)
    ]


def _end(recording: Recording, wait: float) -> list[Planned]:
    """The wait for the page's own end, where it came after the last move."""
    number = len(recording.moves)
    return [
        Planned(text=text, move=number, person_ms=recording.ended_ms)
        for text in waits(max(0.0, wait))
    ]
