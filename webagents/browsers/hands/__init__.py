"""What each action does to a page: real input events wherever a person's would arrive.

Each function returns what went wrong, "" when nothing did.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from webagents.actions import Action
from webagents.browsers.base import PageOptions, Tab
from webagents.browsers.hands import elements, keyboard, mouse, travelling

Hand = Callable[[Mapping[str, Any], Tab, PageOptions], Awaitable[str]]


async def perform(action: Action, tab: Tab, options: PageOptions) -> str:
    """Performs an action on a tab; what went wrong, or "".

    Raises:
        ActionError: an argument no page could make sense of (an unknown key).
    """
    hand = HANDS.get(action.name)
    if hand is None:
        return f"{action.name} does not apply here"
    return await hand(action.arguments, tab, options)


HANDS: Mapping[str, Hand] = {
    "noop": travelling.noop,
    "click": elements.click,
    "dblclick": elements.dblclick,
    "hover": elements.hover,
    "fill": elements.fill,
    "type": elements.type_text,
    "clear": elements.clear,
    "select_option": elements.select_option,
    "press": keyboard.press_on,
    "focus": elements.focus,
    "check": elements.set_checked,
    "uncheck": elements.set_unchecked,
    "drag_and_drop": mouse.drag_and_drop,
    "upload_file": travelling.no_files,
    "scroll": mouse.scroll,
    "scroll_at": mouse.scroll_at,
    "mouse_click": mouse.click,
    "mouse_dblclick": mouse.dblclick,
    "mouse_move": mouse.move,
    "mouse_down": mouse.down,
    "mouse_up": mouse.up,
    "mouse_drag_and_drop": mouse.drag_between,
    "keyboard_press": keyboard.press,
    "keyboard_down": keyboard.down,
    "keyboard_up": keyboard.up,
    "keyboard_type": keyboard.type_text,
    "keyboard_insert_text": keyboard.insert_text,
    "goto": travelling.goto,
    "go_back": travelling.go_back,
    "go_forward": travelling.go_forward,
    "new_tab": travelling.no_tabs,
    "tab_close": travelling.no_tabs,
    "tab_focus": travelling.no_tabs,
}
"""What each action does, by its name. Those an environment answers itself are not here."""
