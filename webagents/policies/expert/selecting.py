"""Boxes, options and lists that are chosen from, and then submitted."""

from __future__ import annotations

import re
from collections.abc import Collection

from webagents.html import Element, find, find_all, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, wait
from webagents.policies.expert.synonyms import similar

_SELECT = re.compile(
    r"Select (?:words similar to )?(.*?)(?: from the (?:scroll )?list)? and click Submit\.?$"
)


def wanted(sight: Sight) -> str:
    """What the instruction says between "Select" and "and click Submit"."""
    found = _SELECT.match(sight.instruction)
    return found.group(1) if found else ""


def several_wanted(sight: Sight) -> list[str]:
    """What the instruction asks for, part by part."""
    return [part.strip() for part in wanted(sight).split(",")]


def boxes(sight: Sight) -> str:
    """Checks every box named, unchecks every other, then submits; one option works the same."""
    return _boxes_set(sight, {wanted(sight), *several_wanted(sight)})


def similar_boxes(sight: Sight) -> str:
    """Checks every box whose word means what one of the words asked for means, then submits."""
    asked = several_wanted(sight)
    words = map(text_of, sight.all("label"))
    return _boxes_set(sight, {word for word in words if any(similar(word, a) for a in asked)})


def _boxes_set(sight: Sight, chosen: Collection[str]) -> str:
    if not wanted(sight):
        return wait()
    for label in sight.shuffled(sight.all("label")):
        box = find(label, "input")
        if box is None:
            continue
        should = text_of(label) in chosen
        if should != ("checked" in box.attrib) and (should or box.get("type") == "checkbox"):
            return click(sight.either("label or box", label, box))
    return click(sight.button("Submit"))


def listed(sight: Sight) -> str:
    """Chooses the named entries of a list, by name or, if it is one, by a click; submits."""
    menu = sight.find("select")
    if menu is None or not wanted(sight):
        return wait()
    options = list(find_all(menu, "option"))
    names = {wanted(sight)} & {text_of(option) for option in options} or several_wanted(sight)
    chosen = [option for option in options if text_of(option) in names]
    if all(("selected" in option.attrib) == (option in chosen) for option in options):
        return click(sight.button("Submit"))
    return _chosen(sight, menu, chosen)


def _chosen(sight: Sight, menu: Element, options: list[Element]) -> str:
    if len(options) == 1 and sight.either("by name or click", False, True):
        return click(options[0])
    names = tuple(text_of(option) for option in sight.shuffled(options))
    return act("select_option", ref=ref_of(menu), options=names)


EXPERTS: Experts = {
    "miniwob.choose-list": listed,
    "miniwob.click-checkboxes": boxes,
    "miniwob.click-checkboxes-large": boxes,
    "miniwob.click-checkboxes-soft": similar_boxes,
    "miniwob.click-checkboxes-transfer": boxes,
    "miniwob.click-option": boxes,
    "miniwob.click-scroll-list": listed,
}
