"""What is to be done next in a composed task, and about which part."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from webagents.policies.expert.composed.carving import Carved, carve
from webagents.policies.expert.composed.closing import circles
from webagents.policies.expert.composed.progress import Progress, proposal
from webagents.policies.expert.composed.reaching import Way, way_to

_ENDS_WAITING = frozenset({"click-button-sequence", "click-dialog", "click-dialog-2"})
"""The tasks whose experts end by waiting: what they pressed is gone, or is pressed only once."""


class Move(NamedTuple):
    """What is to be done now.

    turn: the number of the part whose turn it is, from 0.
    way: how the expert of a part, mostly that one, gets to what it means to do.
    """

    turn: int
    way: Way


@lru_cache(maxsize=512)
def next_move(progress: Progress, page: str) -> Move:
    """The move of the first part that is not done, or else of the last."""
    carved = carve(page, progress.clauses)
    turn = next(n for n in range(len(progress.parts)) if not _done(progress, carved, n))
    return Move(turn, way_of(progress, page, turn))


def way_of(progress: Progress, page: str, number: int) -> Way:
    """How a part's expert would go on now; a short wait where the page does not show the part."""
    carved = carve(page, progress.clauses)
    meant = proposal(progress.parts[number], carved.pages[number], progress.person)
    if not progress.refused:
        return Way(number, meant, meant)
    return way_to(progress, carved, page, number, meant)


def _done(progress: Progress, carved: Carved, number: int) -> bool:
    """Whether a part before the last is done; if the last were, there would be no next move."""
    part = progress.parts[number]
    if part is progress.parts[-1]:
        return False
    if not carved.pages[number]:
        return part.seen  # gone; or on a screen to come
    if part.closed:
        return True
    clause, piece = part.role.clause, carved.pages[number]
    meant = proposal(part, piece, progress.person)
    if waits(meant):
        return not clause.own_button or clause.task in _ENDS_WAITING
    return circles(part.steps, piece, meant)


def waits(action: str) -> bool:
    """Whether an action is only a wait."""
    return action.startswith("noop(")
