"""What each action does to a page: real input events wherever a person's would arrive.

Each function returns what went wrong, "" when nothing did.
"""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from webagents.actions import Action
from webagents.browsers import keys
from webagents.browsers.base import Input, Insert, PageOptions, Pointer, Tab, Wheel
from webagents.errors import ActionError, clipped

Hand = Callable[[Mapping[str, Any], Tab, PageOptions], Awaitable[str]]

_DRAG_POINTS = 6  # moves between press and release: enough for any drag threshold
_FRAMES_TO_SCROLL = 2  # until what the compositor scrolled has reached the page's own thread
_BUTTONS = {"left": 1, "right": 2, "middle": 4}
_PASTE = frozenset({"Control", "Meta"})


async def perform(action: Action, tab: Tab, options: PageOptions) -> str:
    """Performs an action on a tab; what went wrong, or "".

    Raises:
        ActionError: an argument no page could make sense of (an unknown key).
    """
    hand = HANDS.get(action.name)
    if hand is None:
        return f"{action.name} does not apply here"
    return await hand(action.arguments, tab, options)


def _bits(names: Any) -> int:
    return sum(keys.MODIFIERS[keys.ALIASES.get(name, name)] for name in names)


async def _press(tab: Tab, x: float, y: float, button: str, times: int, modifiers: int = 0) -> None:
    """Moves to a point and clicks there, `times` in quick succession."""
    move: list[Input] = [Pointer("move", x, y, modifiers=modifiers)]
    for nth in range(1, times + 1):
        down = Pointer("down", x, y, button, nth, modifiers)
        await tab.send([*move, down, Pointer("up", x, y, button, nth, modifiers)])
        move = []
        if nth < times:
            await tab.ask("still")  # what the first click set off comes before the second


async def _click(
    arguments: Mapping[str, Any],
    tab: Tab,
    options: PageOptions,
    times: int,
    *,
    typing: bool = False,
) -> str:
    ref = int(arguments["ref"])
    place = await tab.ask("locate", ref, {"typing": typing})
    if "error" in place:
        return str(place["error"])
    if "option" in place:
        return str((await tab.ask("chooseOptions", ref, [])).get("error", ""))
    if "covered" in place:
        if options.clicks == "pointer":
            return str(place["covered"])
        return str((await tab.ask("clickElement", ref, times)).get("error", ""))
    modifiers = _bits(arguments.get("modifiers", ()))
    button = arguments.get("button", "left")
    await _press(tab, place["x"], place["y"], str(button), times, modifiers)
    return ""


async def click(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Presses and lets go at a visible point of the element."""
    return await _click(arguments, tab, options, 1)


async def dblclick(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Two clicks in quick succession."""
    return await _click(arguments, tab, options, 2)


async def hover(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Moves the pointer over the element."""
    place = await tab.ask("locate", int(arguments["ref"]), {"enabled": False})
    if "x" not in place:
        return str(place.get("error") or place.get("covered") or "an option cannot be hovered over")
    await tab.send([Pointer("move", place["x"], place["y"])], together=False)
    return ""


async def _type(arguments: Mapping[str, Any], tab: Tab, *, clear: bool = False) -> str:
    text = arguments["text"]
    ready = await tab.ask("prepareTyping", int(arguments["ref"]), text, clear)
    if "error" in ready or "done" in ready:
        return str(ready.get("error", ""))
    events: list[Input] = []
    if ready.get("selected"):
        events += keys.pressed(keys.Combination((), "Delete"))
    await tab.send(events + keys.typed(text))
    return ""


async def fill(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Clears the element and types the text, key by key."""
    return await _type(arguments, tab, clear=True)


async def type_text(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Clicks into the element, as the papers' harness does, and types at the end of its text."""
    if await tab.ask("takesKeys", int(arguments["ref"])):
        error = await _click({"ref": arguments["ref"]}, tab, options, 1, typing=True)
        if error:
            return error
    return await _type(arguments, tab)


async def clear(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Empties the element."""
    return await _type({**arguments, "text": ""}, tab, clear=True)


async def select_option(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Chooses options of a select by their labels or values."""
    chosen = list(arguments["options"])
    if not chosen:
        raise ActionError("select_option: name at least one option")
    return str((await tab.ask("chooseOptions", int(arguments["ref"]), chosen)).get("error", ""))


async def focus(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Gives the element the keyboard focus."""
    return str((await tab.ask("focus", int(arguments["ref"]))).get("error", ""))


async def press(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Focuses the element and presses a key combination."""
    combined = keys.combination(arguments["key"])
    error = str((await tab.ask("focus", int(arguments["ref"]))).get("error", ""))
    return error or await _combination(combined, tab)


async def keyboard_press(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Presses a key combination where the focus is."""
    return await _combination(keys.combination(arguments["key"]), tab)


async def _combination(combined: keys.Combination, tab: Tab) -> str:
    # Each page has a clipboard of its own (agent.js); the browser's is shared by all its pages.
    pastes = combined.key.lower() == "v" and combined.holds(*(_PASTE & set(combined.modifiers)))
    if pastes and combined.modifiers:
        await tab.ask("holdPaste")
        await tab.send(keys.pressed(combined))
        await tab.ask("paste")
        return ""
    await tab.send(keys.pressed(combined))
    return ""


async def keyboard_down(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Presses a key and holds it."""
    name = keys.known_key(keys.ALIASES.get(arguments["key"], arguments["key"]))
    await tab.send([keys.down(name)])
    return ""


async def keyboard_up(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Lets a held key go."""
    name = keys.known_key(keys.ALIASES.get(arguments["key"], arguments["key"]))
    await tab.send([keys.up(name)])
    return ""


async def keyboard_type(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Types a text where the focus is."""
    await tab.send(keys.typed(arguments["text"]))
    return ""


async def keyboard_insert_text(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Inserts a text where the focus is, without keys."""
    await tab.send([Insert(arguments["text"])])
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


async def mouse_drag_and_drop(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
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


async def mouse_click(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Clicks at a point."""
    x, y = _point(arguments, options)
    await _press(tab, x, y, arguments["button"], 1)
    return ""


async def mouse_dblclick(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Double-clicks at a point."""
    x, y = _point(arguments, options)
    await _press(tab, x, y, arguments["button"], 2)
    return ""


async def mouse_move(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Moves the pointer to a point; a button that is down stays down."""
    await tab.send([Pointer("move", *_point(arguments, options))], together=False)
    return ""


async def mouse_down(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Presses a button and holds it, at a point or where the pointer is."""
    x, y = _point(arguments, options) if "x" in arguments else tab.pointer
    button = arguments.get("button", "left")
    await tab.send([Pointer("move", x, y), Pointer("down", x, y, button, 1)])
    return ""


async def mouse_up(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
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


async def noop(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Nothing; time passes."""
    return ""


async def goto(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Opens another address of the page's own site."""
    url = str(arguments["url"])
    if options.single:
        return f"goto: this task is one page; {clipped(url)} cannot be opened"
    if not re.match(r"[a-z][a-z0-9+.-]*:", url, re.IGNORECASE):
        url = options.origin + "/" + url.lstrip("/")
    if not f"{url}/".startswith(options.origin + "/"):
        return f"goto: {clipped(url)} is beyond this site; addresses here begin {options.origin}/"
    await tab.ask("goto", url)
    return ""


async def _travel(steps: int, tab: Tab, options: PageOptions) -> str:
    if options.single:
        return "this task is one page; there is none to go to"
    await tab.ask("travel", steps)
    return ""


async def go_back(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Goes back one page."""
    return await _travel(-1, tab, options)


async def go_forward(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Goes forward one page."""
    return await _travel(1, tab, options)


async def no_tabs(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Tabs of the browser itself: no site here has any."""
    return "this site has no tabs"


async def no_files(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Files stay out of reach of pages."""
    return "upload_file does not apply here: pages reach no files"


async def set_checked(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Clicks the box if it is not checked."""
    return await _set_checked(arguments, tab, options, wanted=True)


async def set_unchecked(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Clicks the box if it is checked."""
    return await _set_checked(arguments, tab, options, wanted=False)


async def _set_checked(
    arguments: Mapping[str, Any], tab: Tab, options: PageOptions, *, wanted: bool
) -> str:
    state = await tab.ask("checked", int(arguments["ref"]))
    if "error" in state:
        return str(state["error"])
    if state["checked"] == wanted:
        return ""
    return await _click(arguments, tab, options, 1)


HANDS: Mapping[str, Hand] = {
    "noop": noop,
    "click": click,
    "dblclick": dblclick,
    "hover": hover,
    "fill": fill,
    "type": type_text,
    "clear": clear,
    "select_option": select_option,
    "press": press,
    "focus": focus,
    "check": set_checked,
    "uncheck": set_unchecked,
    "drag_and_drop": drag_and_drop,
    "upload_file": no_files,
    "scroll": scroll,
    "scroll_at": scroll_at,
    "mouse_click": mouse_click,
    "mouse_dblclick": mouse_dblclick,
    "mouse_move": mouse_move,
    "mouse_down": mouse_down,
    "mouse_up": mouse_up,
    "mouse_drag_and_drop": mouse_drag_and_drop,
    "keyboard_press": keyboard_press,
    "keyboard_down": keyboard_down,
    "keyboard_up": keyboard_up,
    "keyboard_type": keyboard_type,
    "keyboard_insert_text": keyboard_insert_text,
    "goto": goto,
    "go_back": go_back,
    "go_forward": go_forward,
    "new_tab": no_tabs,
    "tab_close": no_tabs,
    "tab_focus": no_tabs,
}
"""What each action does, by its name. Those an environment answers itself are not here."""
