"""What is done to an element: clicks, text, choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webagents.browsers import keys
from webagents.browsers.base import Input, PageOptions, Pointer, Tab
from webagents.browsers.hands.mouse import press_at
from webagents.errors import ActionError


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
    held = arguments.get("modifiers", ())
    modifiers = sum(keys.MODIFIERS[keys.ALIASES.get(name, name)] for name in held)
    button = arguments.get("button", "left")
    await press_at(tab, place["x"], place["y"], str(button), times, modifiers)
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
