"""Points found by geometry: middles, bisectors, right angles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webagents.html import Element
from webagents.policies.expert.mouse import click_at
from webagents.policies.expert.sight import Experts, Sight, box_of, click, visual, wait
from webagents.policies.expert.svg import number

Points = NDArray[np.float64]
"""float64 (..., 2): across and down in the drawing's own pixels."""

Scores = NDArray[np.float64]
"""float64 (...): how good each point is, 1 at best, as the page scores it."""

Judge = Callable[[Points, list[Points]], Scores]
"""Scores points, given the middles of the circles drawn at first."""

_MARK = "blue-circle"
_DOWN = 50  # pixels: a mark is drawn as far up from the click, in the drawing's own pixels
_GOOD = 0.998  # what needs no better point
_NEAR = 10  # pixels from the vertex within which no point marks a direction


def _at(circle: Element) -> Points:
    return np.array([number(circle, "cx"), number(circle, "cy")])


def _marked(sight: Sight, judge: Judge, given: list[Points]) -> str:
    """Clicks a pixel that is as good as pixels can be, unless the mark is there; then submits."""
    drawing, button = sight.find("svg"), sight.button("Submit")
    area = None if drawing is None else box_of(drawing)
    below = None if button is None else box_of(button)
    if area is None or below is None:
        return wait()
    x, y = np.arange(area.x + 1, area.x + area.width), np.arange(area.y + 1, below.y)
    pixels = np.stack(np.meshgrid(x, y - _DOWN, indexing="ij"), axis=-1).reshape(-1, 2)
    scores = judge(pixels, given)
    enough = min(float(scores.max()), _GOOD)
    mark = sight.find("circle", id=_MARK)
    if mark is not None and judge(_at(mark), given) >= enough:
        return click(button)
    across, down = sight.either("pixel", *pixels[scores >= enough].tolist())
    return click_at((across, down + _DOWN))


def _angle(one: Points, vertex: Points, other: Points) -> Scores:
    """The angle between two points as seen from the vertex, degrees."""
    a, b = one - vertex, other - vertex
    dot = (a * b).sum(axis=-1)
    cross = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    angle: Scores = np.degrees(np.arctan2(np.abs(cross), dot))
    return angle


def _bisecting(points: Points, given: list[Points]) -> Scores:
    vertex, one, other = given
    whole = _angle(one, vertex, other)
    larger = np.maximum(_angle(one, vertex, points), _angle(other, vertex, points))
    scores = 2 * (whole - larger) / np.maximum(whole, 1e-9)
    # On the vertex there is no angle, and the page's reward is no number.
    return _scored(np.where(np.linalg.norm(points - vertex, axis=-1) < _NEAR, -1, scores))


def _right(points: Points, given: list[Points]) -> Scores:
    end, vertex = given
    # The mark is drawn smaller than the points, and the page measures from its corner.
    return _scored(1 - np.abs(90 - _angle(end, vertex, points + 0.5)) / 90)


def _midway(points: Points, given: list[Points]) -> Scores:
    one, other = given
    return _scored(1 - np.linalg.norm(points - (one + other) / 2, axis=-1) / 30)


def _scored(scores: Any) -> Scores:
    return np.asarray(scores, dtype=np.float64)


def angle_bisected(sight: Sight) -> str:
    """Marks a point on the line that halves the angle."""
    vertex = sight.all("circle", class_="init-blue")
    ends = sight.all("circle", class_="init-black")
    if len(vertex) != 1 or len(ends) != 2:
        return wait()
    return _marked(sight, _bisecting, [_at(circle) for circle in (*vertex, *ends)])


def right_angle(sight: Sight) -> str:
    """Marks a point that makes a right angle with the line drawn."""
    end, vertex = sight.find("circle", id="init-black"), sight.find("circle", id="init-blue")
    if end is None or vertex is None:
        return wait()
    return _marked(sight, _right, [_at(end), _at(vertex)])


def midpoint(sight: Sight) -> str:
    """Marks the point halfway between two points."""
    ends = sight.all("circle", class_="black-circle")
    if len(ends) != 2:
        return wait()
    return _marked(sight, _midway, [_at(end) for end in ends])


def circle_centre(sight: Sight) -> str:
    """Marks the centre of the circle."""
    circle = sight.find("circle", class_="black-circle")
    if circle is None:
        return wait()
    radius = number(circle, "r")

    def central(points: Points, given: list[Points]) -> Scores:
        # The page is half a pixel off: it takes the mark's radius for 3 where it is 3.5.
        return _scored(1 - np.linalg.norm(points - given[0] - 0.5, axis=-1) / radius)

    return _marked(sight, central, [_at(circle)])


EXPERTS: Experts = {
    "miniwob.bisect-angle": visual(angle_bisected),
    "miniwob.circle-center": visual(circle_centre),
    "miniwob.find-midpoint": visual(midpoint),
    "miniwob.right-angle": visual(right_angle),
}
