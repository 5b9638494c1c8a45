"""The pointer: buttons, drags and the wheel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from webagents.browsers.base import Input, PageOptions, Pointer, Tab, Wheel
from webagents.errors import ActionError

_DRAG_POINTS = 6  # moves between press and release: enough for any drag threshold
_FRAMES_TO_SCROLL = 2  # until what the compositor scrolled has reached the page's own thread


async def press_at(
    tab: Tab, x: float, y: float, button: str, times: int, modifiers: int = 0
) -> None:
    """Moves to a point and clicks there, `times` in quick succession."""
    move: list[Input] = [Pointer("move", x, y, modifiers=modifiers)]
    for nth in range(1, times + 1):
        down = Pointer("down", x, y, button, nth, modifiers)
        await tab.send([*move, down, Pointer("up", x, y, button, nth, modifiers)])
        move = []
        if nth < times:
            await tab.ask("still")  # what the first click set off comes before the second


async def click(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Clicks at a point."""
    x, y = _point(arguments, options)
    await press_at(tab, x, y, arguments["button"], 1)
    return ""


async def dblclick(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Double-clicks at a point."""
    x, y = _point(arguments, options)
    await press_at(tab, x, y, arguments["button"], 2)
    return ""


async def move(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Moves the pointer to a point; a button that is down stays down."""
    await tab.send([Pointer("move", *_point(arguments, options))], together=False)
    return ""


async def down(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Presses a button and holds it, at a point or where the pointer is."""
    x, y = _point(arguments, options) if "x" in arguments else tab.pointer
    button = arguments.get("button", "left")
    await tab.send([Pointer("move", x, y), Pointer("down", x, y, button, 1)])
    return ""


async def up(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Lets a button go, at a point or where the pointer is."""
    x, y = _point(arguments, options) if "x" in arguments else tab.pointer
    button = arguments.get("button", "left")
    await tab.send([Pointer("move", x, y)], together=False)
    await tab.send([Pointer("up", x, y, button, 1)])
    return ""


async def scroll(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Turns the wheel over the middle of the page's visible part."""
    x, y = options.width / 2, options.height / 2
    return await _wheel(x, y, arguments, tab)


async def scroll_at(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Turns the wheel over a point."""
    return await _wheel(*_point(arguments, options), arguments, tab)


async def _wheel(x: float, y: float, arguments: Mapping[str, Any], tab: Tab) -> str:
    turn = Wheel(x, y, float(arguments["delta_x"]), float(arguments["delta_y"]))
    await tab.send([Pointer("move", x, y)], together=False)
    await tab.send([turn], together=False)
    for _ in range(_FRAMES_TO_SCROLL):
        await tab.ask("frame")
    return ""


async def drag_and_drop(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Drags the middle of one element onto another, two pixels past its middle.

    A hand does not stop at the pixel either, and sortable lists change places only past it.
    """
    ends = []
    for name in ("from_ref", "to_ref"):
        place = await tab.ask("middle", int(arguments[name]))
        if "error" in place:
            return str(place["error"])
        ends.append((place["x"], place["y"]))
    start, end = ends
    await tab.drag(_path(start, _past(start, end)))
    return ""


def _past(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    (x, y), (to_x, to_y) = start, end
    part = 2.0 / (math.dist(start, end) or 1.0)
    return to_x + (to_x - x) * part, to_y + (to_y - y) * part


async def drag_between(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Drags from one point to another."""
    start = _point(arguments, options, "from_x", "from_y")
    end = _point(arguments, options, "to_x", "to_y")
    await tab.drag(_path(start, end))
    return ""


def _path(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Whole pixels, as a mouse has it and WebDriver wants it."""
    (x, y), (to_x, to_y) = start, end
    parts = [n / _DRAG_POINTS for n in range(_DRAG_POINTS + 1)]
    return [(round(x + (to_x - x) * part), round(y + (to_y - y) * part)) for part in parts]


def _point(
    arguments: Mapping[str, Any], options: PageOptions, across: str = "x", down: str = "y"
) -> tuple[float, float]:
    x, y = float(arguments[across]), float(arguments[down])
    width, height = options.window
    if not (0 <= x < width and 0 <= y < height):
        raise ActionError(
            f"({x:g}, {y:g}) lies outside the page, which is {width} by {height} pixels"
        )
    return x, y
