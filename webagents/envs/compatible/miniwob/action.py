"""Farama's actions, said in action texts; the action space itself is their package's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from miniwob.action import ActionSpaceConfig, ActionTypes

from webagents.errors import ActionError, UserError, clipped

__all__ = ["ActionSpaceConfig", "ActionTypes"]

_MODIFIERS = {"C-": "Control", "A-": "Alt", "M-": "Meta", "S-": "Shift"}
_PAD = {"Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "Decimal": ".", "Equal": "="}
_POINTS = {
    ActionTypes.MOVE_COORDS: "mouse_move",
    ActionTypes.CLICK_COORDS: "mouse_click",
    ActionTypes.DBLCLICK_COORDS: "mouse_dblclick",
    ActionTypes.MOUSEDOWN_COORDS: "mouse_down",
    ActionTypes.MOUSEUP_COORDS: "mouse_up",
}
_TYPED = re.compile(r"input_(text|password|email|search|number|tel|url)|textarea")


class Found(NamedTuple):
    """An element as an action text names it: our ref, and the tag as Farama writes it."""

    ref: str
    tag: str


def spoken(
    action: Mapping[str, Any] | None,
    config: Any,
    fields: Sequence[tuple[str, str]],
    elements: Mapping[int, Found],
) -> tuple[str, ...]:
    """The action texts that do what a Farama action says, in their order.

    action: of the config's action space; None does nothing.
    config: an `ActionSpaceConfig`.
    fields: what the field actions type from.
    elements: the page's elements, by Farama's ref.

    Raises:
        ActionError: it cannot be done; the message says why.
        UserError: it is no action, or lacks a part.
    """
    if action is None:
        return ("noop()",)
    if not isinstance(action, Mapping):
        raise UserError(f"an action is a dict such as create_action gives, not {clipped(action)}")
    try:
        return _said(action, config, fields, elements)
    except KeyError as lacking:
        raise UserError(f"the action {clipped(dict(action))} lacks {lacking}") from None


def _said(
    action: Mapping[str, Any],
    config: Any,
    fields: Sequence[tuple[str, str]],
    elements: Mapping[int, Found],
) -> tuple[str, ...]:
    kinds = config.action_types
    number = int(action["action_type"])
    if not 0 <= number < len(kinds):
        raise ActionError(f"action_type {number}: there are {len(kinds)}, counted from 0")
    kind = ActionTypes(kinds[number])
    if kind == ActionTypes.NONE:
        return ("noop()",)
    if kind in _POINTS:
        x, y = config.compute_raw_coords(action)
        return (f"{_POINTS[kind]}({x}, {y})",)
    if kind in (ActionTypes.SCROLL_UP_COORDS, ActionTypes.SCROLL_DOWN_COORDS):
        x, y = config.compute_raw_coords(action)
        sign = -1 if kind == ActionTypes.SCROLL_UP_COORDS else 1
        return (f"scroll_at({int(x)}, {int(y)}, 0, {sign * config.scroll_amount})",)
    if kind == ActionTypes.PRESS_KEY:
        at, keys = int(action["key"]), config.allowed_keys
        if not 0 <= at < len(keys):
            raise ActionError(f"key {at}: there are {len(keys)}, counted from 0")
        return (f"keyboard_press({_key(keys[at])!r})",)
    return _on_element(kind, action, fields, elements)


def _on_element(
    kind: Any,
    action: Mapping[str, Any],
    fields: Sequence[tuple[str, str]],
    elements: Mapping[int, Found],
) -> tuple[str, ...]:
    """Clicks, typing, and one after the other."""
    text = ""
    if kind in (ActionTypes.TYPE_TEXT, ActionTypes.FOCUS_ELEMENT_AND_TYPE_TEXT):
        text = str(action["text"])
    elif kind != ActionTypes.CLICK_ELEMENT:
        number = int(action["field"])
        text = str(fields[number][1]) if 0 <= number < len(fields) else ""
    if kind in (ActionTypes.TYPE_TEXT, ActionTypes.TYPE_FIELD):
        return (f"keyboard_type({text!r})",)
    ref = int(action["ref"])
    if ref not in elements:
        raise ActionError(f"no element has ref {ref}; dom_elements has {clipped(list(elements))}")
    element = elements[ref]
    if kind == ActionTypes.CLICK_ELEMENT:
        return (f"click({element.ref!r})",)
    if _TYPED.fullmatch(element.tag):
        return (f"type({element.ref!r}, {text!r})",)
    return (f"click({element.ref!r})", f"keyboard_type({text!r})")


def _key(name: str) -> str:
    """Farama's name of a key (``C-a``, ``<Enter>``) as ours; one of the pad as a plain one."""
    held = []
    while name[:2] in _MODIFIERS:
        held.append(_MODIFIERS[name[:2]])
        name = name[2:]
    if len(name) > 2 and name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
        pad = name.removeprefix("Numpad") if name.startswith("Numpad") else ""
        name = _PAD.get(pad, pad) or name
    return "+".join((*held, name))
