"""Menus: nested ones that open under the mouse, one below a button, and round ones."""

from __future__ import annotations

import re

from webagents.html import Element, find, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, visual, wait

_PATH = re.compile(r"Select (.+)$")
_LABELLED = re.compile(r'item labeled "([^"]*)"')
_OPENING_MS = 300  # a submenu opens once the mouse has rested on its item for so long


def nested(sight: Sight) -> str:
    """Rests the mouse on item after item of the path asked for, and clicks the last."""
    found = _PATH.match(sight.instruction)
    *parents, leaf = found.group(1).split(">") if found else [""]
    items = {text_of(item): item for item in sight.all(role="menuitem")}
    if leaf in items:
        return click(items[leaf])
    shown = [items[name] for name in parents if name in items]
    return _opened(sight, shown[-1]) if shown else wait()


def _opened(sight: Sight, item: Element) -> str:
    """Opens an item's submenu: rests the mouse on it for a while.

    Where that did nothing, the arrow key may, or else the mouse that moves away and comes back.
    """
    resting = act("hover", ref=ref_of(item))
    last = sight.done[-1] if sight.done else ""
    rested = last in (resting, click(item))
    if "ui-state-active" in item.get("class", "").split():
        if rested:
            return wait(_OPENING_MS)
        menu = sight.find("ul", role="menu")
        if menu is not None and not last.startswith("press"):
            return act("press", ref=ref_of(menu), key="ArrowRight")
        rested = True
    if rested and sight.query is not None:
        return act("hover", ref=ref_of(sight.query))
    return resting


def below_button(sight: Sight) -> str:
    """Opens the menu, and its submenu if need be, and clicks the item of the label or icon."""
    items = sight.all(role="menuitem")
    if not items:
        return click(sight.button("Menu"))
    labelled = _LABELLED.search(sight.instruction)
    icon = _icon(sight.query)
    for item in items:
        if text_of(item) == labelled.group(1) if labelled else _icon(item) == icon != "":
            return click(item)
    for item in items:
        if item.get("aria-haspopup") == "true":
            if sight.either("click or rest", True, False) and not sight.did(click(item)):
                return click(item)
            return _opened(sight, item)
    return wait()


def _icon(element: Element | None) -> str:
    """Which of the icons an element shows; "" for none."""
    icon = None if element is None else find(element, "span", class_="ui-icon")
    return "" if icon is None else str(icon.get("class"))


def pie(sight: Sight) -> str:
    """Unfolds the pie, and clicks the letter asked for as soon as it can be reached.

    A click on the slice that is selected from the beginning can come to nothing: the page moves
    its elements while the button is down. It works where the letter is clicked folded up.
    """
    letters = sight.all("text")
    sign = next((letter for letter in letters if text_of(letter) in ("+", "-")), None)
    letter = next((letter for letter in letters if text_of(letter) == sight.named), None)
    if sign is None or letter is None:
        return wait()
    folded = text_of(sign) == "+"
    if sight.did(click(letter)):
        return click(letter) if folded else click(sign)
    if folded:
        disc = sight.find("path", id="wheelnav-divWheel-spreader")
        return click(sign if disc is None else sight.either("sign or disc", sign, disc))
    return wait() if letter.get("shown") == "no" else click(letter)


EXPERTS: Experts = {
    "miniwob.click-menu": nested,
    "miniwob.click-menu-2": below_button,
    "miniwob.click-pie": visual(pie),
    "miniwob.click-pie-nodelay": visual(pie),
}
