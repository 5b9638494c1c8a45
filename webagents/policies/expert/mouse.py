"""The mouse button: whether it is held, which no page shows, and how it is moved."""

from __future__ import annotations

from webagents.policies.expert.sight import Sight, act

Point = tuple[float, float]
"""Across and down, pixels of the page."""

_PRESSES = "mouse_down("
_RELEASES = (
    *("mouse_up(", "mouse_click(", "mouse_dblclick(", "mouse_drag_and_drop(", "drag_and_drop("),
    *("click(", "dblclick(", "check(", "uncheck(", "type("),
)


def stroke(sight: Sight) -> list[str]:
    """The actions since the button was last pressed, that press first, waits left out."""
    worked = [s.action for s in sight.episode.steps if not s.error and s.action[:5] != "noop("]
    presses = [n for n, action in enumerate(worked) if action.startswith(_PRESSES)]
    return worked[presses[-1] :] if presses else []


def held(sight: Sight) -> bool:
    """Whether the button is still down."""
    since = stroke(sight)
    return bool(since) and not any(action.startswith(_RELEASES) for action in since)


def click_at(point: Point) -> str:
    """A click at a point."""
    return _at("mouse_click", point)


def move(point: Point) -> str:
    """The pointer moved to a point."""
    return _at("mouse_move", point)


def press(point: Point) -> str:
    """The button pressed at a point, and held."""
    return _at("mouse_down", point)


def release(point: Point | None = None) -> str:
    """The button let go at a point; None: where the pointer is."""
    return act("mouse_up") if point is None else _at("mouse_up", point)


def drag(start: Point, end: Point) -> str:
    """A drag from one point to another."""
    (x, y), (to_x, to_y) = start, end
    return act(
        "mouse_drag_and_drop", from_x=round(x), from_y=round(y), to_x=round(to_x), to_y=round(to_y)
    )


def _at(name: str, point: Point) -> str:
    return act(name, x=max(0, round(point[0])), y=max(0, round(point[1])))
