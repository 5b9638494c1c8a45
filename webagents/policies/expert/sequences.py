"""Short forms: a slider, boxes, fields, a drawn list, and the button at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from webagents.html import Element, find, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, click, fill, wait

_SLIDE = re.compile(r"Select (-?\d+) with the slider")
_LISTED = re.compile(r"Choose (.+) from the dropdown")
_RANKS = re.compile(r"the (\d+)\w\w radio button and .* the (\d+)\w\w textbox")
_LOW, _HIGH = -10, 10
_PAGE = 4  # a fifth of the range: jQuery UI's numPages
_KEYS: dict[str, Callable[[int], int]] = {
    "Home": lambda value: _LOW,
    "End": lambda value: _HIGH,
    "PageUp": lambda value: min(value + _PAGE, _HIGH),
    "PageDown": lambda value: max(value - _PAGE, _LOW),
    "ArrowRight": lambda value: min(value + 1, _HIGH),
    "ArrowLeft": lambda value: max(value - 1, _LOW),
}
"""What a slider's keys make of its value."""


def slider_and_box(sight: Sight) -> str:
    """Brings the slider to its value with keys, ticks the one box, and submits."""
    asked = _SLIDE.search(sight.instruction)
    handle, shown = sight.find("span", class_="ui-slider-handle"), sight.find(id="val")
    boxes = sight.all("input", type="checkbox")
    if asked is None or handle is None or shown is None or sight.rank > len(boxes):
        return wait()
    slides = (act("press", ref=ref_of(handle), key=key) for key in _way(shown, asked.group(1)))
    ticks = (click(box) for n, box in enumerate(boxes, 1) if _ticked(box) != (n == sight.rank))
    return _next(sight, slides, ticks) or click(sight.button("Submit"))


def _way(shown: Element, wanted: str) -> tuple[str, ...]:
    value = text_of(shown)
    return keys_between(int(value), int(wanted)) if re.fullmatch(r"-?\d+", value) else ()


@cache
def keys_between(value: int, wanted: int) -> tuple[str, ...]:
    """The fewest keys that bring the slider from one value to another."""
    ways: dict[int, tuple[str, ...]] = {value: ()}
    for reached in (found := [value]):
        if reached == wanted:
            break
        for key, effect in _KEYS.items():
            if (beyond := effect(reached)) not in ways:
                ways[beyond] = (*ways[reached], key)
                found.append(beyond)
    return ways.get(wanted, ())


def radio_and_text(sight: Sight) -> str:
    """Chooses a radio button, enters the number in one field and in no other, and submits."""
    ranks = _RANKS.search(sight.instruction)
    radios, fields = sight.all("input", type="radio"), sight.all("input", type="text")
    if ranks is None:
        return wait()
    radio, field = (int(rank) for rank in ranks.groups())
    if radio > len(radios) or field > len(fields):
        return wait()
    choices = (click(it) for n, it in enumerate(radios, 1) if n == radio and not _ticked(it))
    wanted = {n: sight.named if n == field else "" for n in range(1, len(fields) + 1)}
    entries = (
        fill(it, wanted[n]) if wanted[n] else act("clear", ref=ref_of(it))
        for n, it in enumerate(fields, 1)
        if it.get("value") != wanted[n]
    )
    return _next(sight, choices, entries) or click(sight.button("Submit"))


def _ticked(box: Element) -> bool:
    return "checked" in box.attrib


def _next(sight: Sight, *parts: Iterable[str]) -> str | None:
    """The first action left to do, of the parts in an order of the person's own; None: all done."""
    begun = sight.either("which part first", False, True)
    ordered = reversed(parts) if begun else parts
    return next((action for part in ordered for action in part), None)


def drawn_list(sight: Sight) -> str:
    """Opens the list, chooses the entry, and clicks the button asked."""
    asked = _LISTED.search(sight.instruction)
    menu, opener = sight.find("select"), sight.find("div", class_="selectric")
    if asked is None or menu is None or opener is None:
        return wait()
    part = find(opener, class_=sight.either("part of the list", "label", "button"))
    items = sight.find("div", class_="selectric-items")
    if menu.get("value") == asked.group(1):  # an open list would lie over the buttons
        return click(sight.button(sight.named) if items is None else part)
    return click(part if items is None else find(items, "li", text=asked.group(1)))


EXPERTS: Experts = {
    "miniwob.form-sequence": slider_and_box,
    "miniwob.form-sequence-2": radio_and_text,
    "miniwob.form-sequence-3": drawn_list,
}
