"""An episode's steps followed, to know what has been done of each part."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from webagents.actions import parse
from webagents.errors import ActionError
from webagents.policies.expert.composed.carving import Carved, carve
from webagents.policies.expert.composed.closing import closes
from webagents.policies.expert.composed.moves import next_move, waits, way_of
from webagents.policies.expert.composed.progress import Progress, Refusal

_NO_TOUCH = frozenset({"focus", "hover", "mouse_move", "scroll", "scroll_at"})
"""What changes nothing about a part."""

_COVER = re.compile(r'is covered by <[^>]* ref="(\d+)">')
_TAKEN_AWAY = "cannot take the focus"
"""The error of a focus that a page gives back once it has seen it."""


@lru_cache(maxsize=2048)
def followed(before: Progress, page: str, action: str, error: str, then: str) -> Progress:
    """The progress after one more step.

    page, then: the page before and after it.
    error: why the action failed, "" when it did not.
    """
    turn, way = next_move(before, page)
    own = action == way.text
    if error and not (own and _TAKEN_AWAY in error):
        cover = _COVER.search(error)
        if cover is None and (not own or way.text == way.meant):
            return before
        refusal = Refusal(way.meant if own else action, cover.group(1) if cover else "")
        return replace(before, refused=(*before.refused, refusal))
    carved = carve(page, before.clauses)
    now = before.shown(carved.pages)
    if own and way.pushes:
        return replace(now, pushes=now.pushes + 1)
    number, meant = (way.part, way.meant) if own else (_touched(action, carved, turn), action)
    if number is None:
        return now
    piece, part = carved.pages[number], now.parts[number]
    after = part.after(piece, meant)
    now = replace(now.changed(number, after), pushes=0)
    expected = own or way_of(before, page, number).meant == meant
    if not expected or number > turn or waits(meant):
        return now
    again = way_of(now, then, number)[:2] == (number, meant)
    if closes(part.role.clause.instruction, piece, meant, again=again):
        return now.changed(number, replace(after, closed=True))
    return now


def _touched(action: str, carved: Carved, turn: int) -> int | None:
    """The number of the part that an action was about; a wait is about the one whose turn it is."""
    try:
        done = parse(action)
    except ActionError:
        return None
    if done.name == "noop":
        return turn
    return None if done.name in _NO_TOUCH else carved.owners.get(str(done.arguments.get("ref")))
