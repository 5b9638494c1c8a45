"""Boxes told apart by their colours."""

from __future__ import annotations

import re
from collections.abc import Mapping

from webagents.html import Element
from webagents.policies.expert.sight import Experts, Sight, click, visual, wait

Colour = tuple[int, int, int]
"""Red, green, blue, each from 0 to 255."""

NAMED: Mapping[str, Colour] = {
    "aqua": (0, 255, 255),
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "cyan": (0, 255, 255),
    "fuchsia": (255, 0, 255),
    "gray": (128, 128, 128),
    "green": (0, 128, 0),
    "grey": (128, 128, 128),
    "lime": (0, 255, 0),
    "magenta": (255, 0, 255),
    "maroon": (128, 0, 0),
    "navy": (0, 0, 128),
    "olive": (128, 128, 0),
    "orange": (255, 165, 0),
    "pink": (255, 192, 203),
    "purple": (128, 0, 128),
    "red": (255, 0, 0),
    "silver": (192, 192, 192),
    "teal": (0, 128, 128),
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
}
"""Colours by their everyday names. Source: CSS Color Module Level 4, section 6.1."""

_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$")
_BOX = re.compile(r"Click on the (\w+) colored box")
_SHADES = re.compile(r"shades of (red|green|blue)")
_CHANNELS = ("red", "green", "blue")


def background_of(element: Element) -> Colour | None:
    """The background an element has of its own; None where it has none."""
    found = _HEX.match(element.get("background") or "")
    if found is None:
        return None
    red, green, blue = (int(part, 16) for part in found.groups())
    return red, green, blue


def box_of_colour(sight: Sight) -> str:
    """Clicks the box whose colour comes nearest to the one named."""
    found = _BOX.match(sight.instruction)
    asked = NAMED.get(found.group(1)) if found else None
    coloured = [(box, background_of(box)) for box in sight.all("div", class_="color")]
    if asked is None or not coloured:
        return wait()

    def apart(colour: Colour | None) -> float:
        if colour is None:
            return float("inf")
        return sum((a - b) ** 2 for a, b in zip(colour, asked, strict=True))

    return click(min(coloured, key=lambda pair: apart(pair[1]))[0])


def shades(sight: Sight) -> str:
    """Marks every patch that is a shade of the colour named, unmarks every other, then submits."""
    found = _SHADES.search(sight.instruction)
    if found is None:
        return wait()
    channel = _CHANNELS.index(found.group(1))
    for patch in sight.shuffled(sight.all("span")):
        colour = background_of(patch)
        if colour is None:
            continue
        marked = patch.get("class") == "selected"
        if (max(colour) == colour[channel]) != marked:
            return click(patch)
    return click(sight.button("Submit"))


EXPERTS: Experts = {
    "miniwob.click-color": visual(box_of_colour),
    "miniwob.click-shades": visual(shades),
}
