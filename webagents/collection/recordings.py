"""What a person did on a page, as the recorder's page tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webagents.actions import parse
from webagents.errors import UserError, clipped

MOST_MOVES = 1_000
MOST_TEXTS = 400
MOST_CHARACTERS = 40_000_000

Way = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing a person did. Times are of their page's clock, milliseconds since it began.

    ways: how it can be written as action texts, from the most meaningful (``click('5')``) to the
        most literal (``mouse_click(40, 70)``); one at least, each of one text at least.
    html: the page just before, whose refs the texts name.
    at_ms: when it was done.
    changed_ms: when the page had last changed by itself between the move before and the beginning
        of this one; None: it had not.
    spare: whether the episode may go without: the click into a field that is then filled.
    """

    ways: tuple[Way, ...]
    html: str = ""
    at_ms: float = 0.0
    changed_ms: float | None = None
    spare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One episode as a person played it.

    task, seed: what was played.
    raw: the raw reward that the person's page gave.
    moves: what was done, in order.
    ended_ms: when the page was done, on its own clock.
    note: what the person has to say about it.
    """

    task: str
    seed: int
    raw: float
    moves: tuple[Move, ...]
    ended_ms: float = 0.0
    note: str = ""


def read(told: Mapping[str, Any]) -> Recording:
    """The recording that a browser sent as JSON; nothing in it is trusted.

    Raises:
        UserError: it is none.
    """
    try:
        moves = told["moves"]
        if len(moves) > MOST_MOVES:
            raise UserError(f"{len(moves)} moves; an episode has at most {MOST_MOVES}")
        if sum(len(move["html"]) for move in moves) > MOST_CHARACTERS:
            raise UserError("the recording is too large")
        return Recording(
            task=str(told["task"]),
            seed=int(told["seed"]),
            raw=_number(told["raw"]),
            moves=tuple(map(_move, moves)),
            ended_ms=_time(told["ended_ms"]),
            note=str(told.get("note", ""))[:5_000].strip(),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"no recording: {type(error).__name__} {clipped(str(error))}") from error


def _move(told: Mapping[str, Any]) -> Move:
    ways = tuple(tuple(parse(text).text for text in way) for way in told["ways"])
    if not ways or not all(ways) or sum(map(len, ways)) > MOST_TEXTS:
        raise UserError("a move is written in one way at least, with one action at least")
    changed = told["changed_ms"]
    return Move(
        ways=ways,
        html=str(told["html"]),
        at_ms=_time(told["at_ms"]),
        changed_ms=None if changed is None else _time(changed),
        spare=bool(told["spare"]),
    )


def _number(value: Any) -> float:
    number = float(value)
    if not abs(number) < 1e12:  # also where it is not a number
        raise UserError(f"{clipped(value)} is not a number")
    return number


def _time(value: Any) -> float:
    return max(0.0, _number(value))
