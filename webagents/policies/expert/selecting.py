"""Boxes, options and lists that are chosen from, and then submitted."""

from __future__ import annotations

import re

from webagents.html import find, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click

_SELECT = re.compile(r"Select (.*?)(?: from the list)? and click Submit\.?$")


def wanted(sight: Sight) -> str:
    """What the instruction says between "Select" and "and click Submit"."""
    found = _SELECT.match(sight.instruction)
    return found.group(1) if found else ""


def boxes(sight: Sight) -> str:
    """Checks every box named, unchecks every other, then submits; one option works the same."""
    named = wanted(sight)
    chosen = {named} | {part.strip() for part in named.split(",")}
    for label in sight.all("label"):
        box = find(label, "input")
        if box is None:
            continue
        should = text_of(label) in chosen
        if should != ("checked" in box.attrib) and (should or box.get("type") == "checkbox"):
            return click(box)
    return click(sight.button("Submit"))


def listed(sight: Sight) -> str:
    """Chooses the named entry of a list, then submits."""
    name = wanted(sight)
    menu = sight.find("select")
    if menu is not None and menu.get("value") != name:
        return act("select_option", ref=ref_of(menu), options=(name,))
    return click(sight.button("Submit"))


EXPERTS: Experts = {
    "miniwob.choose-list": listed,
    "miniwob.click-checkboxes": boxes,
    "miniwob.click-option": boxes,
}
