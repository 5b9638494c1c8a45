"""Things counted or read off a picture: blocks, numbers, a figure's sides, a pattern of squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webagents.html import find, text_of
from webagents.policies.expert.sight import (
    Box,
    Experts,
    Sight,
    box_of,
    click,
    fill,
    pictured,
    wait,
)
from webagents.types import Screenshot

_ANGLES = 120  # sectors in which an outline's distance from its middle is measured
_MOST_SIDES = 7
_GROUND, _WHITE = 60, 180  # greys of 255: the ground is darker, a white square lighter


def blocks_added(sight: Sight) -> str:
    """Counts the blocks of both heaps, enters the sum and submits."""
    field = sight.find("input")
    total = str(len(sight.all(class_="addition-block")))
    if field is None:
        return wait()
    return click(sight.button("Submit")) if field.get("value") == total else fill(field, total)


def odd_or_even(sight: Sight) -> str:
    """Marks each number as odd or even, then submits."""
    for row in sight.shuffled(sight.all("div", class_="row")):
        number = find(row, class_="display-number")
        if number is None:
            continue
        right = find(row, "button", class_="odd" if int(text_of(number)) % 2 else "even")
        if right is not None and "selected" not in right.get("class", "").split():
            return click(right)
    return click(sight.button("Submit"))


def sides_counted(sight: Sight) -> str:
    """Counts the sides of the figure on the canvas, and clicks the number's button."""
    canvas = sight.find("canvas")
    box = None if canvas is None else box_of(canvas)
    if box is None or sight.screenshot is None:
        return wait()
    return click(sight.button(str(sides(_part(sight.screenshot, box)))))


def sides(picture: Screenshot) -> int:
    """How many sides a regular figure has: how often its outline comes near its middle.

    picture: uint8 (height, width, 3), the figure dark on white, and nothing else.
    """
    darkness = 255.0 - picture.mean(axis=2)
    if not darkness.any():
        return 0
    down, across = np.indices(darkness.shape)
    x = across - np.average(across, weights=darkness)
    y = down - np.average(down, weights=darkness)
    sector = ((np.arctan2(y, x) / (2 * np.pi)) % 1.0 * _ANGLES).astype(int) % _ANGLES
    weight = np.bincount(sector.ravel(), darkness.ravel(), _ANGLES)
    reach = np.bincount(sector.ravel(), (darkness * np.hypot(x, y)).ravel(), _ANGLES)
    distance = np.divide(reach, weight, out=np.zeros(_ANGLES), where=weight > 0)
    waves = np.abs(np.fft.rfft(distance))
    return 3 + int(np.argmax(waves[3 : _MOST_SIDES + 1]))


def pattern_drawn(sight: Sight) -> str:
    """Checks the boxes where the example has light squares, unchecks the others, then submits."""
    example = sight.find("img")
    frame = None if example is None else box_of(example)
    rows = [
        [box for box in row.iter("input") if box.get("type") == "checkbox"]
        for row in sight.all("p")
    ]
    if frame is None or sight.screenshot is None or not any(rows):
        return wait()
    light = pattern(_part(sight.screenshot, frame), len(rows), len(rows[0]))
    places = [(r, c) for r, row in enumerate(rows) for c in range(len(row))]
    by_column = sight.either("rows or columns", False, True)
    for r, c in sorted(places, key=lambda place: place[::-1] if by_column else place):
        if light[r][c] != ("checked" in rows[r][c].attrib):
            return click(rows[r][c])
    return click(sight.button("Submit"))


def pattern(picture: Screenshot, rows: int, columns: int) -> list[list[bool]]:
    """Which squares are white, row by row, in a picture of grey and white ones on dark ground.

    picture: uint8 (height, width, 3).
    """
    grey = picture.mean(axis=2)
    across = np.flatnonzero(grey.max(axis=0) > _GROUND)
    down = np.flatnonzero(grey.max(axis=1) > _GROUND)
    if not len(across):
        return [[False] * columns for _ in range(rows)]

    def middle(along: NDArray[np.intp], part: int, parts: int) -> int:
        return int(along[0] + (part + 0.5) * (along[-1] - along[0] + 1) / parts)

    return [
        [
            bool(grey[middle(down, r, rows), middle(across, c, columns)] > _WHITE)
            for c in range(columns)
        ]
        for r in range(rows)
    ]


def _part(picture: Screenshot, box: Box) -> Screenshot:
    x, y = round(box.x), round(box.y)
    return picture[y : y + round(box.height), x : x + round(box.width)]


EXPERTS: Experts = {
    "miniwob.count-sides": pictured(sides_counted),
    "miniwob.number-checkboxes": pictured(pattern_drawn),
    "miniwob.odd-or-even": odd_or_even,
    "miniwob.visual-addition": blocks_added,
}
