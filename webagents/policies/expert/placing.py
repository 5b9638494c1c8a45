"""Drawn shapes dragged in a direction, or into boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from webagents.html import Element, ref_of
from webagents.policies.expert.mouse import drag
from webagents.policies.expert.sight import Box, Experts, Sight, act, box_of, click, visual, wait
from webagents.policies.expert.svg import shift

_WAY = re.compile(r"Drag the (?:circle|item) (left|right|up|down) ")
_INTO = re.compile(r"Drag all (\w+)(?: shapes)? into the (black|left) box")
_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_KINDS: Mapping[str, str] = {"rectangles": "rect", "circles": "circle", "triangles": "polygon"}
_FAR = 8  # pixels from which a shape has plainly moved
_APART = 20  # pixels between places to put a shape down


def _shapes(sight: Sight) -> list[Element]:
    return [shape for tag in _KINDS.values() for shape in sight.all(tag)]


def shape_one_way(sight: Sight) -> str:
    """Drags the one shape in the direction asked for, then submits."""
    found = _WAY.match(sight.instruction)
    shapes = _shapes(sight)
    box = box_of(shapes[0]) if shapes else None
    if found is None or box is None:
        return wait()
    right, down = _WAYS[found.group(1)]
    moved = shift(shapes[0])
    if moved[0] * right + moved[1] * down >= _FAR:
        return click(sight.button("Submit"))
    x, y = box.middle
    far = sight.either("distance", 20, 25, 30)
    return drag((x, y), (x - moved[0] + far * right, y - moved[1] + far * down))


def shapes_into_boxes(sight: Sight) -> str:
    """Drags each shape into its box, or out of the only one where it does not belong; submits."""
    found = _INTO.match(sight.instruction)
    boxes = [e for e in sight.all("rect") if e.get("fill") == "none"]
    boxes.sort(key=lambda e: (box_of(e) or Box(0, 0, 0, 0)).x)
    shapes = [shape for shape in _shapes(sight) if shape not in boxes]
    if found is None or not boxes:
        return wait()
    for shape in sight.shuffled(shapes):
        fits = found.group(1) in (shape.get("fill"), _kind(shape))
        if fits or len(boxes) > 1:
            box = boxes[0] if fits else boxes[1]
            if not _inside(box_of(shape), box_of(box)):
                return act("drag_and_drop", from_ref=ref_of(shape), to_ref=ref_of(box))
        elif not _apart(box_of(shape), box_of(boxes[0])):
            return _taken_out(sight, shape, [e for e in (*shapes, boxes[0]) if e is not shape])
    return click(sight.button("Submit"))


def _kind(shape: Element) -> str:
    return next(name for name, tag in _KINDS.items() if tag == shape.tag)


def _taken_out(sight: Sight, shape: Element, others: Sequence[Element]) -> str:
    """A drag of the shape to a place where nothing is."""
    drawing = sight.find("svg")
    around, box = None if drawing is None else box_of(drawing), box_of(shape)
    if around is None or box is None:
        return wait()
    for y in range(round(around.y), round(around.y + around.height) - _APART, _APART):
        for x in range(round(around.x), round(around.x + around.width) - _APART, _APART):
            place = Box(x, y, _APART, _APART)
            if all(_apart(place, box_of(other)) for other in others):
                return drag(box.middle, place.middle)
    return wait()


def _inside(inner: Box | None, outer: Box | None) -> bool:
    if inner is None or outer is None:
        return False
    across = outer.x < inner.x and inner.x + inner.width < outer.x + outer.width
    return across and outer.y < inner.y and inner.y + inner.height < outer.y + outer.height


def _apart(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return True
    across = one.x + one.width <= other.x or other.x + other.width <= one.x
    return across or one.y + one.height <= other.y or other.y + other.height <= one.y


EXPERTS: Experts = {
    "miniwob.drag-circle": visual(shape_one_way),
    "miniwob.drag-shapes": visual(shapes_into_boxes),
    "miniwob.drag-shapes-2": visual(shapes_into_boxes),
    "miniwob.drag-single-shape": visual(shape_one_way),
}
