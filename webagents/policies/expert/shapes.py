"""Drawn figures told apart by size, colour and kind, and points on a grid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from webagents.html import Element, text_of
from webagents.policies.expert.sight import Box, Experts, Sight, box_of, click, visual, wait

_CLICK = re.compile(r"Click on an? (.+)$")
_COUNT = re.compile(r"How many (.+)s are there\?$")
_POINT = re.compile(r"\((-?\d+), ?(-?\d+)\)")
_SIZES = ("small", "large")
_SMALL = 15  # pixels; small figures are 10 across, large ones 20
_KINDS: Mapping[str, str] = {"rect": "rectangle", "circle": "circle", "polygon": "triangle"}


class Figure(NamedTuple):
    """What a drawn figure looks like.

    size: "small" or "large".
    kind: "letter", "digit" or "shape".
    name: which letter, digit or shape.
    """

    element: Element
    size: str
    colour: str
    kind: str
    name: str

    def fits(self, description: str) -> bool:
        """Whether a description (``large red digit``, ``small item``, ``blue k``) is true of it."""
        *looks, noun = description.split()
        if noun not in ("item", self.kind, self.name):
            return False
        return all(look == (self.size if look in _SIZES else self.colour) for look in looks)


def figures(sight: Sight) -> list[Figure]:
    """The figures drawn."""
    found = []
    for element in (e for tag in ("text", *_KINDS) for e in sight.all(tag)):
        if element.tag == "text":
            name = text_of(element)
            kind = "digit" if name.isdigit() else "letter"
            across = float(element.get("font-size", "0").removesuffix("px"))
        else:
            name, kind = _KINDS[element.tag], "shape"
            across = (box_of(element) or Box(0, 0, 0, 0)).width
        size = "small" if across < _SMALL else "large"
        found.append(Figure(element, size, element.get("fill", ""), kind, name))
    return found


def figure_described(sight: Sight) -> str:
    """Clicks any figure that fits the description."""
    asked = _CLICK.match(sight.instruction)
    fitting = [f.element for f in figures(sight) if asked and f.fits(asked.group(1))]
    return click(sight.shuffled(fitting)[0]) if fitting else wait()


def figures_counted(sight: Sight) -> str:
    """Counts the figures that fit the description, and clicks the number's button."""
    asked = _COUNT.match(sight.instruction)
    if asked is None:
        return wait()
    return click(sight.button(str(sum(f.fits(asked.group(1)) for f in figures(sight)))))


def figure_named(sight: Sight) -> str:
    """Clicks the button that says what the one figure is."""
    for figure in figures(sight):
        labels = {"letter": "Letter", "digit": "Number"}
        return click(sight.button(labels.get(figure.kind, figure.name)))
    return wait()


def grid_point(sight: Sight) -> str:
    """Clicks the grid's point of the coordinates asked for, counted from where the axes cross."""
    asked = _POINT.search(sight.instruction)
    points = {box.middle: p for p in sight.all("circle") if (box := box_of(p)) is not None}
    axes = [box for line in sight.all("line") if (box := box_of(line)) is not None]
    upright = [box.x for box in axes if box.width < box.height]
    level = [box.y for box in axes if box.width > box.height]
    if asked is None or not points or not upright or not level:
        return wait()
    right, up = map(int, asked.groups())
    columns, rows = (sorted(set(along)) for along in zip(*points, strict=True))
    x = _counted(columns, upright[0], right)
    y = _counted(rows, level[0], -up)
    return click(points.get((x, y)))


def _counted(places: Sequence[float], origin: float, steps: int) -> float:
    """The place that many steps from the one nearest to the origin; NaN beyond the last."""
    start = min(range(len(places)), key=lambda n: abs(places[n] - origin))
    return places[start + steps] if 0 <= start + steps < len(places) else float("nan")


EXPERTS: Experts = {
    "miniwob.click-shape": visual(figure_described),
    "miniwob.count-shape": visual(figures_counted),
    "miniwob.grid-coordinate": visual(grid_point),
    "miniwob.identify-shape": figure_named,
}
