"""Things dragged to where they belong: items of lists, boxes, the edges of a field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from webagents import html
from webagents.html import Element, find, ref_of, text_of
from webagents.policies.expert.mouse import drag
from webagents.policies.expert.sight import Experts, Sight, act, box_of, click, visual, wait

_ITEM = re.compile(r"Drag (.+?) ((?:to|up|down|left|right) .*)\.$")
_BY_ONE = {"up by one": -3, "down by one": 3, "left by one": -1, "right by one": 1}
_ROWS = {"top": 0, "bottom": 2}
_COLUMNS = {"left": 0, "right": 2}
_RIGHT = 10  # pixels off an item's middle, and still on it
_NUMBER = re.compile(r"-?\d+")
_RESIZE = re.compile(r"the (width|height) is (larger|smaller)")
_CHANGE = 20  # pixels by which a field is made larger or smaller


def list_item(sight: Sight) -> str:
    """Drags a list's item to the position the instruction describes."""
    items = sight.all("li")
    asked = _asked(sight, items)
    if asked is None:
        return wait()
    at, where = asked
    places = {
        "to the top": 0,
        "to the bottom": len(items) - 1,
        "up by one position": at - 1,
        "down by one position": at + 1,
    }
    return _moved(items, at, places.get(where, sight.rank - 1))


def _asked(sight: Sight, items: Sequence[Element]) -> tuple[int, str] | None:
    """Which of the items is to be dragged, and the words for where to."""
    found = _ITEM.match(sight.instruction)
    names = [text_of(item) for item in items]
    if found is None or found.group(1) not in names:
        return None
    return names.index(found.group(1)), found.group(2)


def grid_item(sight: Sight) -> str:
    """Drags an item of three by three to the place the instruction describes."""
    items = sight.all("li")
    asked = _asked(sight, items)
    if asked is None:
        return wait()
    at, where = asked
    if where in _BY_ONE:
        return _moved(items, at, at + _BY_ONE[where])
    row, column = where.split()[2], where.split()[-1]
    to = 3 * _ROWS.get(row, 1) + _COLUMNS.get(column, 1)
    if at // 3 <= to // 3 or at % 3 >= to % 3 or to >= len(items):
        return _moved(items, at, to)
    # What comes from the lower left goes behind the item that it is dropped on, not before it.
    start, left = box_of(items[at]), box_of(items[to - 1])
    if start is None or left is None:
        return wait()
    return drag(start.middle, (left.middle[0] + _RIGHT, left.middle[1]))


def numbers_sorted(sight: Sight) -> str:
    """Puts the numbers in order in as few moves as can be, then submits."""
    items = sight.all("li")
    if not items or not all(_NUMBER.fullmatch(text_of(item)) for item in items):
        return wait()
    numbers = [int(text_of(item)) for item in items]
    kept = _in_order(numbers)
    moving = [items[n] for n in range(len(items)) if n not in kept]
    if not moving:
        return click(sight.button("Submit"))
    at = items.index(sight.shuffled(moving)[0])
    after = [n for n in kept if numbers[n] > numbers[at]]
    to = after[0] if after else len(items)
    return _moved(items, at, to - 1 if at < to else to)


def _in_order(numbers: Sequence[int]) -> Sequence[int]:
    """The places of the most numbers that are in order as they stand."""
    for size in range(len(numbers), 1, -1):
        for places in combinations(range(len(numbers)), size):
            there = [numbers[n] for n in places]
            if there == sorted(there):
                return places
    return (0,)


def _moved(items: Sequence[Element], at: int, to: int) -> str:
    if not 0 <= to < len(items) or to == at:
        return wait()
    return act("drag_and_drop", from_ref=ref_of(items[at]), to_ref=ref_of(items[to]))


def box_into_box(sight: Sight) -> str:
    """Drags the smaller box into the larger one, then submits."""
    both = sight.all("div", class_="ui-draggable")
    sized = [(box, each) for each in both if (box := box_of(each)) is not None]
    if len(sized) < 2:
        return wait()
    (small, smaller), (large, larger) = sorted(sized, key=lambda pair: pair[0].width)
    across = large.x < small.x < large.x + large.width - small.width
    down = large.y < small.y < large.y + large.height - small.height
    if across and down:
        return click(sight.button("Submit"))
    return act("drag_and_drop", from_ref=ref_of(smaller), to_ref=ref_of(larger))


def field_resized(sight: Sight) -> str:
    """Drags an edge or the corner of the field until it is as asked, then submits."""
    found = _RESIZE.search(sight.instruction)
    field = sight.find("textarea")
    seen = [step.observation for step in sight.episode.steps] or [sight.episode.observation]
    field_then = find(html.parse(seen[0].html), "textarea")
    if found is None or field is None or field_then is None:
        return wait()
    wide, larger = found.group(1) == "width", found.group(2) == "larger"
    side = sight.either("handle", "ui-resizable-e" if wide else "ui-resizable-s", "ui-resizable-se")
    handle = sight.find("div", class_=side)
    now, then = box_of(field), box_of(field_then)
    grip = None if handle is None else box_of(handle)
    if now is None or then is None or grip is None:
        return wait()
    more = now.width - then.width if wide else now.height - then.height
    if (more >= 1) if larger else (more <= -1):
        return click(sight.button("Submit"))
    # Of a handle, only the part over the field can be got hold of.
    x = (grip.x + min(grip.x + grip.width, now.x + now.width)) / 2
    y = (grip.y + min(grip.y + grip.height, now.y + now.height)) / 2
    by = (_CHANGE if larger else -_CHANGE) - more
    return drag((x, y), (x + by, y) if wide else (x, y + by))


EXPERTS: Experts = {
    "miniwob.drag-box": visual(box_into_box),
    "miniwob.drag-items": list_item,
    "miniwob.drag-items-grid": visual(grid_item),
    "miniwob.drag-sort-numbers": numbers_sorted,
    "miniwob.resize-textarea": visual(field_resized),
}
