"""Keys and text where the focus is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webagents.browsers import keys
from webagents.browsers.base import Insert, PageOptions, Tab

_PASTE = frozenset({"Control", "Meta"})


async def press_on(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Focuses the element and presses a key combination."""
    combined = keys.combination(arguments["key"])
    error = str((await tab.ask("focus", int(arguments["ref"]))).get("error", ""))
    return error or await _combination(combined, tab)


async def press(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
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


async def down(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Presses a key and holds it."""
    name = keys.known_key(keys.ALIASES.get(arguments["key"], arguments["key"]))
    await tab.send([keys.down(name)])
    return ""


async def up(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Lets a held key go."""
    name = keys.known_key(keys.ALIASES.get(arguments["key"], arguments["key"]))
    await tab.send([keys.up(name)])
    return ""


async def type_text(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Types a text where the focus is."""
    await tab.send(keys.typed(arguments["text"]))
    return ""


async def insert_text(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Inserts a text where the focus is, without keys."""
    await tab.send([Insert(arguments["text"])])
    return ""
