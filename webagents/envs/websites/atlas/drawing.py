"""The map as a picture: an SVG of water, roads, towns, and what a page is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from webagents.envs.websites.atlas.places import SITE, Place, Point, towns
from webagents.envs.websites.atlas.routes import Route
from webagents.envs.websites.website import words

WIDTH, HEIGHT = 120.0, 84.0
"""The region, kilometres."""

_WIDE = 2.78
"""A picture's width, in heights."""

_STROKES = {
    "motorway": ("#e2955a", 0.9),
    "toll": ("#c76fa3", 0.9),
    "road": ("#f2d680", 0.7),
    "lane": ("#ffffff", 0.5),
    "path": ("#9db88a", 0.3),
}


def region(pins: Iterable[Place] = (), route: Route | None = None) -> str:
    """The whole region, with numbered pins or a way drawn on it."""
    lines = "".join(
        _line([towns()[name] for name in road["between"]], *_STROKES[road["kind"]])
        for road in words(SITE)["roads"]
    )
    way = "".join(
        _line([towns()[leg.start], towns()[leg.end]], "#275fa8", 1.3)
        for leg in (route.legs if route else ())
    )
    names = "".join(_town(name, at) for name, at in towns().items())
    marks = "".join(_pin(place.point, str(n)) for n, place in enumerate(pins, 1))
    return _svg(Point(WIDTH / 2, HEIGHT / 2), HEIGHT, lines + way + names + marks)


def town(name: str, pins: Sequence[Place]) -> str:
    """One town with numbered pins: a window of four kilometres."""
    centre = towns()[name]
    roads = "".join(
        _line([towns()[each] for each in road["between"]], _STROKES[road["kind"]][0], 0.06)
        for road in words(SITE)["roads"]
        if name in road["between"]
    )
    x, y = centre
    streets = "".join(
        _line([Point(x - 2, y + off), Point(x + 2, y + off)], "#fff", 0.04)
        + _line([Point(x + off, y - 2), Point(x + off, y + 2)], "#fff", 0.04)
        for off in (-1.2, -0.8, -0.4, 0.0, 0.4, 0.8, 1.2)
    )
    marks = "".join(_pin(place.point, str(n), 0.045) for n, place in enumerate(pins, 1))
    return _svg(centre, 3.0, streets + roads + marks)


def _svg(middle: Point, height: float, inside: str) -> str:
    """A picture as wide as pages show it, `height` kilometres high."""
    width = _WIDE * height
    x, y = middle.x - width / 2, middle.y - height / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="340" '
        f'viewBox="{x:g} {y:g} {width:g} {height:g}" font-family="DejaVu Sans, sans-serif">'
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="#e4ecdc"/>'
        '<path d="M-99 -20 L4 -20 Q8 20 3 40 T6 104 L-99 104 Z" fill="#a9cce3"/>'
        '<path d="M60 -4 Q54 18 66 28 T92 52 T84 92" fill="none" stroke="#a9cce3" '
        'stroke-width="1.2"/>'
        f"{inside}</svg>"
    )


def _line(points: Sequence[Point], colour: str, width: float) -> str:
    path = " ".join(f"{each.x:g},{each.y:g}" for each in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" '
        f'stroke-width="{width:g}" stroke-linecap="round"/>'
    )


def _town(name: str, at: Point) -> str:
    return (
        f'<circle cx="{at.x:g}" cy="{at.y:g}" r="1.1" fill="#55606c"/>'
        f'<text x="{at.x:g}" y="{at.y - 1.8:g}" font-size="2.8" text-anchor="middle" '
        f'fill="#1d2530">{escape(name)}</text>'
    )


def _pin(at: Point, words_: str, size: float = 1.2) -> str:
    return (
        f'<circle cx="{at.x:g}" cy="{at.y:g}" r="{1.6 * size:g}" fill="#b3261e"/>'
        f'<text x="{at.x:g}" y="{at.y + 0.7 * size:g}" font-size="{2 * size:g}" '
        f'text-anchor="middle" fill="#fff">{words_}</text>'
    )
