"""Which clicks and searches lead from one page of a log to the next.

A log has pages, no actions; and not every page, for a browser shows some again without asking the
site. So the shortest way is sought that the shop's own buttons give, over pages of which the log
tells what is on them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from webagents.data.importing.records import Dropped
from webagents.data.importing.webshop.places import BACK, BUY, NEXT, PREVIOUS, Place

MOST_STEPS = 4
"""Of one way: more would be guessed than recorded."""

_MOST_PLACES = 2_000

Asins = Callable[[Place], tuple[str, ...] | None]
"""What a page of results lists; None where no log tells."""


class Move(NamedTuple):
    """An action, and where it leads."""

    action: str
    to: Place


def way(start: Place, goal: Place, asins: Asins) -> list[Move]:
    """The shortest way from a page to another; none where they are the same.

    Raises:
        Dropped: there is none of at most `MOST_STEPS`.
    """
    if _key(start) == _key(goal):
        return []
    tried = {_key(start)}
    ways: deque[tuple[Place, list[Move]]] = deque([(start, [])])
    while ways and len(tried) < _MOST_PLACES:
        place, moves = ways.popleft()
        for move in _moves(place, goal, asins):
            if _key(move.to) == _key(goal):
                return [*moves, move]
            if len(moves) < MOST_STEPS - 1 and _key(move.to) not in tried and _told(move.to, asins):
                tried.add(_key(move.to))
                ways.append((move.to, [*moves, move]))
    raise Dropped("a page that no action leads to", f"from {start.kind} to {goal.kind}")


def _moves(place: Place, goal: Place, asins: Asins) -> Iterator[Move]:
    """What can be done at a place, as far as it may lead to the goal."""
    if place.kind == "index":
        if goal.query.strip():
            yield Move(f"search[{goal.query}]", place.results(goal.query))
    elif place.kind == "results":
        if goal.asin in (each.upper() for each in asins(place) or ()):
            yield Move(f"click[{goal.asin.lower()}]", place.opened(goal.asin))
        yield Move(f"click[{NEXT}]", place.results(place.query, place.page + 1))
        if place.page > 1:
            yield Move(f"click[{PREVIOUS}]", place.results(place.query, place.page - 1))
    elif place.kind == "item":
        if place.asin == goal.asin:
            for name, value in goal.options:
                if dict(place.options).get(name) != value:
                    yield Move(f"click[{value.lower()}]", place.choosing(name, value))
            if goal.kind == "sub":
                yield Move(f"click[{goal.sub}]", place.detail(goal.sub))
            if goal.kind == "done":
                yield Move(f"click[{BUY}]", place.bought)
        yield Move(f"click[{PREVIOUS}]", place.found)
    elif place.kind == "sub":
        yield Move(f"click[{PREVIOUS}]", place.item)
    if place.kind not in ("index", "done"):
        yield Move(f"click[{BACK}]", place.start)


def _told(place: Place, asins: Asins) -> bool:
    return place.kind != "results" or asins(place) is not None


def _key(place: Place) -> object:
    """What makes two places the same; the page after buying tells no search."""
    if place.kind == "done":
        return ("done", place.asin, frozenset(place.options))
    return place._replace(options=()), frozenset(place.options)
