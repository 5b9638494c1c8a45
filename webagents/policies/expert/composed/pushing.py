"""Where things lie on a page, and where a dialog can be moved so that it lies over none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from webagents.html import Element, find, find_all
from webagents.policies.expert.sight import Box, act, box_of

_STEP = 6  # CSS pixels between the places that are looked at
_APART = 24  # and between those that are tried one after another
_GAP = 2  # left between a dialog and what it had better not lie over
_NO_USE = 1000.0  # what a place costs at which the element stays hidden


class _Place(NamedTuple):
    """Where a dialog could be, and what that costs."""

    cost: float
    x: float
    y: float


def overlap(one: Element, other: Element) -> bool:
    """Whether two elements' boxes share any point; False where either has none."""
    a, b = box_of(one), box_of(other)
    return a is not None and b is not None and _meet(a, b)


def push(
    root: Element,
    dialog: Element,
    target: Element,
    needed: Sequence[tuple[Element, float]],
    tries: int,
) -> str | None:
    """Drags a dialog by its title away from an element, inside the task's area.

    needed: what else it had better not lie over, and how much that matters.
    tries: how many places have been tried; each time the next best one is.

    None where no place helps, or the page does not say where things are.
    """
    room = _room(root)
    box, goal = box_of(dialog), box_of(target)
    grip = _grip(root, dialog)
    if room is None or box is None or goal is None or grip is None:
        return None
    boxes = [(other, weight) for element, weight in needed if (other := box_of(element))]
    spots = _spots(room, box)
    places = sorted(_Place(_cost(box, x, y, goal, boxes), x, y) for x, y in spots)
    for _ in range(tries):
        tried = places[0]
        further = [p for p in places if abs(p.x - tried.x) + abs(p.y - tried.y) >= _APART]
        places = further or places
    to = places[0]
    if to.cost >= _NO_USE:
        return None
    return act(
        "mouse_drag_and_drop",
        from_x=grip[0],
        from_y=grip[1],
        to_x=grip[0] + to.x - box.x,
        to_y=grip[1] + to.y - box.y,
    )


def free_point(root: Element, target: Element) -> tuple[float, float] | None:
    """A point of an element that lies in no other element; None where there is none."""
    box, room = box_of(target), _room(root)
    if box is None or room is None:
        return None
    kin = {*target.iter(), *target.iterancestors()}
    others = [other for e in root.iter() if e not in kin and (other := box_of(e)) is not None]
    points = (
        (box.x + across, box.y + down)
        for down in range(1, int(box.height), 2)
        for across in range(1, int(box.width), 2)
    )
    inside = (point for point in points if _holds(room, *point))
    return next((p for p in inside if not any(_holds(other, *p) for other in others)), None)


def _room(root: Element) -> Box | None:
    """The task's area, which is what the screenshot shows."""
    wrap = find(root, id="wrap")
    return None if wrap is None else box_of(wrap)


def _grip(root: Element, dialog: Element) -> tuple[float, float] | None:
    """A point of a dialog's title, none of another dialog's if there is such."""
    title = find(dialog, class_="ui-dialog-titlebar")
    bar = None if title is None else box_of(title)
    if bar is None:
        return None
    others = [box for e in find_all(root, role="dialog") if e is not dialog and (box := box_of(e))]
    points = [(round(bar.x + bar.width * n / 10), round(bar.middle[1])) for n in (4, 3, 5, 2, 6, 1)]
    free = (p for p in points if not any(_holds(other, *p) for other in others))
    return next(free, points[0])


def _spots(room: Box, box: Box) -> Iterator[tuple[float, float]]:
    """The places for a dialog in the task's area: where it is across, or at either side."""
    right = max(room.x, room.x + room.width - box.width)
    top, bottom = int(room.y), int(room.y + max(0.0, room.height - box.height))
    for y in range(top, bottom + 1, _STEP):
        for x in {box.x, room.x, right}:
            yield x, float(y)


def _cost(box: Box, x: float, y: float, goal: Box, needed: Sequence[tuple[Box, float]]) -> float:
    at = Box(x - _GAP, y - _GAP, box.width + 2 * _GAP, box.height + 2 * _GAP)
    there = Box(x, y, box.width, box.height)
    hidden = sum(_holds(there, *point) for point in _points(goal)) / len(_points(goal))
    covered = sum(weight for other, weight in needed if _meet(at, other))
    way = abs(x - box.x) + abs(y - box.y)
    return _NO_USE * (hidden == 1) + 10 * hidden + covered + way / 1000


def _points(box: Box) -> list[tuple[float, float]]:
    parts = (0.05, 0.25, 0.5, 0.75, 0.95)
    return [(box.x + box.width * a, box.y + box.height * d) for a in parts for d in parts]


def _meet(a: Box, b: Box) -> bool:
    across = a.x < b.x + b.width and b.x < a.x + a.width
    return across and a.y < b.y + b.height and b.y < a.y + a.height


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
