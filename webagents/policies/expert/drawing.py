"""Circles and lines drawn with the button held."""

from __future__ import annotations

import math
import re

from webagents.policies.expert.mouse import Point, drag, held, move, press, release, stroke
from webagents.policies.expert.sight import Box, Experts, Sight, box_of, click, visual, wait

_LINE = re.compile(r"Draw a (horizontal|vertical) line")
_CORNERS = 8  # of the polygon that the page rounds to a circle
_ACROSS = 20  # pixels: what is smaller does not count as a circle
_OFF = 4  # pixels by which a drawing may miss the dot's middle: the dot's radius
_HALF = 18  # pixels from the dot to a line's ends
_SHORT = 20  # pixels: a line is longer


def _dot(sight: Sight) -> Point | None:
    dot = sight.find("circle")
    box = None if dot is None else box_of(dot)
    return None if box is None else box.middle


def _drawn(sight: Sight) -> Box:
    path = sight.find("path")
    return (None if path is None else box_of(path)) or Box(0, 0, 0, 0)


def circle_around_dot(sight: Sight) -> str:
    """Draws a circle around the dot, then submits."""
    dot = _dot(sight)
    if dot is None:
        return wait()
    plan, since = _circle(sight, dot), stroke(sight)
    if since and len(since) < len(plan) and since == plan[: len(since)]:
        return plan[len(since)]
    if held(sight):
        return release(dot)
    drawn = _drawn(sight)
    around = min(drawn.width, drawn.height) >= _ACROSS and math.dist(drawn.middle, dot) <= _OFF
    return click(sight.button("Submit")) if around else plan[0]


def _circle(sight: Sight, dot: Point) -> list[str]:
    """The actions that draw it, from where and which way round this episode's person begins."""
    radius = sight.either("radius", 20, 22, 24)
    start = sight.either("start", *range(_CORNERS))
    way = sight.either("way round", 1, -1)
    points = []
    for n in range(_CORNERS + 1):
        angle = (start + way * n) * 2 * math.pi / _CORNERS
        points.append((dot[0] + radius * math.cos(angle), dot[1] + radius * math.sin(angle)))
    return [press(points[0]), *map(move, points[1:]), release(points[-1])]


def line_through_dot(sight: Sight) -> str:
    """Draws a level or upright line through the dot, then submits."""
    found, dot = _LINE.match(sight.instruction), _dot(sight)
    if found is None or dot is None:
        return wait()
    (x, y), drawn = dot, _drawn(sight)
    level = found.group(1) == "horizontal"
    long, thick = (drawn.width, drawn.height) if level else (drawn.height, drawn.width)
    if long >= _SHORT and thick <= 1 and math.dist(drawn.middle, dot) <= _OFF:
        return click(sight.button("Submit"))
    half = sight.either("way", _HALF, -_HALF)
    # The page measures from a point up and left of the dot's middle: aim a pixel towards it.
    if level:
        return drag((x - half, y - 1), (x + half, y - 1))
    return drag((x - 1, y - half), (x - 1, y + half))


EXPERTS: Experts = {
    "miniwob.draw-circle": visual(circle_around_dot),
    "miniwob.draw-line": visual(line_through_dot),
}
