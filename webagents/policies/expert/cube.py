"""A cube that is turned by dragging, and keeps turning when it is let go."""

from __future__ import annotations

import math
from typing import NamedTuple

from webagents import html
from webagents.html import Element, find_all, text_of
from webagents.policies.expert.mouse import Point, held, move, press, release, stroke
from webagents.policies.expert.sight import Experts, Sight, box_of, click, visual, wait

_TICKS = 10  # of the cube's own clock, in an action's time
_LONGEST = 150  # pixels: no drag leaves the page
_UPRIGHT = {6: 88.0, 1: 264.0}  # the tilt at which top and bottom are in the middle of their range
_OVER, _BACK = (133.0, 217.0), (311.0, 403.0)  # tilts at which a side faces us: upside down or not
_OVER_AT = {3: 86.0, 2: 177.0, 5: 269.0, 4: 358.0}  # the turn at which each does, upside down
_BACK_AT = {5: 86.0, 4: 177.0, 3: 269.0, 2: 358.0}


class Pose(NamedTuple):
    """How the cube stands: its turn about the upright axis and its tilt, degrees."""

    turn: float
    tilt: float


def cube_turned(sight: Sight) -> str:
    """Turns the cube until the side asked for is the active one, then submits."""
    active = sight.find("div", class_="active")
    cube = sight.find("div", class_="cube")
    box, pose = None if cube is None else box_of(cube), pose_of(sight.page)
    if active is None or box is None or pose is None or not sight.named.isdigit():
        return wait()
    side = int(sight.named)
    if side not in _OVER_AT and side not in _UPRIGHT:
        return wait()
    across, down = drag_for(pose, side)
    x, y = box.middle
    start = (x - across / 2, y - down / 2)
    since = stroke(sight)
    if held(sight):
        # Nothing but the press has been done: this is the moment to move.
        began = _pressed_at(since[0])
        if len(since) == 1 and began is not None:
            return move((began[0] + across, began[1] + down))
        return release(_pressed_at(since[-1]) or start)
    if text_of(active) == str(side):
        return click(sight.button("Submit"))
    if _turning(sight, pose):
        return wait(200)
    if sight.done and sight.done[-1] == move(start):
        return press(start)
    return move(start)


def _pressed_at(action: str) -> Point | None:
    """The point of an action such as ``mouse_down(3, 4)``; None where it has none."""
    numbers = action.partition("(")[2].rstrip(")").split(", ")[:2]
    try:
        return float(numbers[0]), float(numbers[1])
    except (IndexError, ValueError):
        return None


def _turning(sight: Sight, pose: Pose) -> bool:
    """Whether the cube has turned since the page was last seen."""
    if not sight.episode.steps:
        return False
    before = pose_of(html.parse(sight.episode.steps[-1].observation.html))
    return before is not None and before != pose


def pose_of(page: Element) -> Pose | None:
    """How the cube stands, from where its sides lie; None where it has not six sides."""
    boxes = [box_of(side) for side in find_all(page, "div", class_="side")]
    if len(boxes) != 6 or None in boxes:
        return None
    middles = [box.middle for box in boxes if box is not None]

    def between(one: int, other: int) -> Point:
        (x, y), (to_x, to_y) = middles[one - 1], middles[other - 1]
        return x - to_x, y - to_y

    front, side, foot = between(2, 4), between(3, 5), between(6, 1)
    turn = math.atan2(front[0], side[0])
    up = math.sin(turn) * side[1] - math.cos(turn) * front[1]
    tilt = math.atan2(up, foot[1])
    return Pose(math.degrees(turn) % 360, math.degrees(tilt) % 360)


def drag_for(pose: Pose, side: int) -> Point:
    """How far right and down to drag so that the side comes to face us, or nearer to it."""
    if side in _UPRIGHT:
        return 0.0, -_drag(_shortest(pose.tilt, _UPRIGHT[side]))
    over = _OVER[0] <= pose.tilt <= _OVER[1]
    back = _BACK[0] <= pose.tilt or pose.tilt <= _BACK[1] - 360
    if over:
        return -_drag(_shortest(pose.turn, _OVER_AT[side])), 0.0
    if back:
        return _drag(_shortest(pose.turn, _BACK_AT[side])), 0.0
    tilts = [_shortest(pose.tilt, sum(band) / 2) for band in (_OVER, _BACK)]
    return 0.0, -_drag(min(tilts, key=abs))


def _shortest(angle: float, to: float) -> float:
    """The way from one angle to another, from -180 to 180 degrees."""
    return (to - angle + 180) % 360 - 180


def _drag(angle: float) -> float:
    """The drag in pixels after which the cube comes to rest nearest to so much further."""
    pixels = min(range(1, _LONGEST), key=lambda length: abs(_turned(length) - abs(angle)))
    return math.copysign(pixels, angle)


def _turned(pixels: float) -> float:
    """Degrees turned by a drag that is held for one action's time, then let go."""
    force, turned = 0.2 * pixels, 0.0
    for _ in range(_TICKS):
        if force <= 1:
            return turned
        turned += force
        force *= 0.83
    while force > 1:
        force *= 0.93
        turned += force
    return turned


EXPERTS: Experts = {
    "miniwob.drag-cube": visual(cube_turned),
}
