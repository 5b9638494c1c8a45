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
from webagents.webshop import BACK, BUY, NEXT, PREVIOUS
from webagents.webshop.visits import Visit

MOST_STEPS = 4
"""Of one way: more would be guessed than recorded."""

_MOST_VISITS = 2_000

Asins = Callable[[Visit], tuple[str, ...] | None]
"""What a page of results lists; None where no log tells."""


class Move(NamedTuple):
    """An action, and where it leads."""

    action: str
    to: Visit


def way(start: Visit, goal: Visit, asins: Asins) -> list[Move]:
    """The shortest way from a page to another; none where they are the same.

    Raises:
        Dropped: there is none of at most `MOST_STEPS`.
    """
    if _key(start) == _key(goal):
        return []
    tried = {_key(start)}
    ways: deque[tuple[Visit, list[Move]]] = deque([(start, [])])
    while ways and len(tried) < _MOST_VISITS:
        visit, moves = ways.popleft()
        for move in _moves(visit, goal, asins):
            if _key(move.to) == _key(goal):
                return [*moves, move]
            if len(moves) < MOST_STEPS - 1 and _key(move.to) not in tried and _told(move.to, asins):
                tried.add(_key(move.to))
                ways.append((move.to, [*moves, move]))
    raise Dropped("a page that no action leads to", f"from {start.kind} to {goal.kind}")


def _moves(visit: Visit, goal: Visit, asins: Asins) -> Iterator[Move]:
    """What can be done on a page, as far as it may lead to the goal."""
    if visit.kind == "index":
        if goal.query.strip():
            yield Move(f"search[{goal.query}]", visit.results(goal.query))
    elif visit.kind == "results":
        if goal.asin in (each.upper() for each in asins(visit) or ()):
            yield Move(f"click[{goal.asin.lower()}]", visit.opened(goal.asin))
        yield Move(f"click[{NEXT}]", visit.results(visit.query, visit.page + 1))
        if visit.page > 1:
            yield Move(f"click[{PREVIOUS}]", visit.results(visit.query, visit.page - 1))
    elif visit.kind == "item":
        if visit.asin == goal.asin:
            for name, value in goal.options:
                if dict(visit.options).get(name) != value:
                    yield Move(f"click[{value.lower()}]", visit.choosing(name, value))
            if goal.kind == "sub":
                yield Move(f"click[{goal.sub}]", visit.detail(goal.sub))
            if goal.kind == "done":
                yield Move(f"click[{BUY}]", visit.bought)
        yield Move(f"click[{PREVIOUS}]", visit.found)
    elif visit.kind == "sub":
        yield Move(f"click[{PREVIOUS}]", visit.item)
    if visit.kind not in ("index", "done"):
        yield Move(f"click[{BACK}]", visit.start)


def _told(visit: Visit, asins: Asins) -> bool:
    return visit.kind != "results" or asins(visit) is not None


def _key(visit: Visit) -> object:
    """What makes two visits the same; the page after buying tells no search."""
    if visit.kind == "done":
        return ("done", visit.asin, frozenset(visit.options))
    return visit._replace(options=()), frozenset(visit.options)
