"""Circles that move: one to stay inside, several to click."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from webagents import html
from webagents.actions import parse
from webagents.errors import ActionError
from webagents.html import Element, find
from webagents.policies.expert.mouse import Point, click_at, move
from webagents.policies.expert.sight import Experts, Sight, box_of, visual, wait
from webagents.policies.expert.svg import number

_STEP_MS = 200  # page time that passes with an action
_LEG_MS = 2000  # the circle moves from place to place; each takes this long
_LEGS = 5
_LAST_MS = 1900
_SPARE = 1.0  # pixels kept from the circle's edge
_BORN_MS = 400  # a circle that has come into sight stays for longer
_SEEN = 3  # pixels of a circle that show it


class Place(NamedTuple):
    """Where the circle was, in the drawing's pixels, and when, in page time."""

    ms: float
    x: float
    y: float


def circle_chased(sight: Sight) -> str:
    """Keeps the mouse where the circle is now and will still be after the action's time."""
    circle, drawing = sight.find("circle"), sight.find("svg")
    area = None if drawing is None else box_of(drawing)
    if circle is None or area is None:
        return wait(_STEP_MS)
    places = _places(sight)
    now, then = places[-1], ahead(places)
    radius = number(circle, "r") - _SPARE
    x, y = (now.x + then[0]) / 2, (now.y + then[1]) / 2
    far = math.dist((x, y), (now.x, now.y))
    part = min(1.0, radius / far) if far else 0.0
    x, y = now.x + (x - now.x) * part, now.y + (y - now.y) * part
    return move((area.x + x, area.y + y))


def _places(sight: Sight) -> list[Place]:
    """Where the circle has been seen, and when."""
    steps, ms = sight.episode.steps, 0.0
    found = []
    for step in steps:
        found += _seen(ms, find(html.parse(step.observation.html), "circle"))
        ms += _lasted(step.action)
    return found + _seen(ms, sight.find("circle"))


def _seen(ms: float, circle: Element | None) -> list[Place]:
    return [] if circle is None else [Place(ms, number(circle, "cx"), number(circle, "cy"))]


def _lasted(text: str) -> float:
    try:
        action = parse(text)
    except ActionError:
        return _STEP_MS
    return float(str(action.arguments.get("wait_ms", 0))) or _STEP_MS


def ahead(places: Sequence[Place]) -> Point:
    """Where it will be after another action, from its last two places on the way it is on."""
    now = places[-1]
    leg = min(int(now.ms // _LEG_MS), _LEGS - 1)
    before = [place for place in places[:-1] if place.ms >= leg * _LEG_MS]
    if not before:
        return now.x, now.y
    then = before[-1]
    came = _eased(now.ms, leg) - _eased(then.ms, leg)
    goes = _eased(now.ms + _STEP_MS, leg) - _eased(now.ms, leg)
    ratio = goes / came if came else 0.0
    return now.x + (now.x - then.x) * ratio, now.y + (now.y - then.y) * ratio


def _eased(ms: float, leg: int) -> float:
    """The share of a leg's way behind it: slow, quick, slow (cubic in and out, as D3 has it)."""
    part = min(1.0, (ms - leg * _LEG_MS) / (_LAST_MS if leg == _LEGS - 1 else _LEG_MS))
    return 4 * part**3 if part < 0.5 else 1 - 4 * (1 - part) ** 3


def circles_clicked(sight: Sight) -> str:
    """Clicks circles as they come into sight."""
    drawing = sight.find("svg")
    area = None if drawing is None else box_of(drawing)
    if area is None:
        return wait(_STEP_MS)
    right, bottom = area.x + area.width, area.y + area.height
    for circle in sight.all("circle"):
        box = box_of(circle)
        if box and area.x + _SEEN <= box.x + box.width and box.x <= right - _SEEN:
            x, y = box.middle
            return click_at((min(max(x, area.x + 1), right - 2), min(y, bottom - 2)))
    return wait(_BORN_MS)


EXPERTS: Experts = {
    "miniwob.chase-circle": visual(circle_chased),
    "miniwob.moving-items": visual(circles_clicked),
}
