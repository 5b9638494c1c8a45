"""What colours are called."""

from __future__ import annotations

import colorsys
from collections import defaultdict
from functools import lru_cache

from PIL import ImageColor

from webagents.slots.words import COLOR

HUES = (
    (15, "red"),
    (45, "orange"),
    (70, "yellow"),
    (165, "green"),
    (195, "cyan"),
    (255, "blue"),
    (290, "purple"),
    (345, "pink"),
    (360, "red"),
)
"""Where on the circle of hues, in degrees, a common name ends. Our choice."""

GREY, BLACK, WHITE = 0.08, 0.12, 0.93
"""The saturation below which a colour has no hue, and the values below and above which it then is
black or white; one without a hue to see, as dark as black, is black as well. Our choice."""


def _named() -> dict[str, list[str]]:
    names = defaultdict(list)
    for name, value in ImageColor.colormap.items():
        names[str(value).lower()].append(name)
    return names


_NAMED = _named()


@lru_cache(maxsize=1 << 12)
def color_words(text: str) -> str:
    """The words for a colour ``#rrggbb``: its names in CSS, if it has any, and its hue's.

    "" for what is no colour. Of "#00ff00" it is "lime green", of "#9c9cc9" "blue".
    """
    found = COLOR.fullmatch(text)
    if not found:
        return ""
    red, green, blue = (int(part, 16) / 255 for part in found.groups())
    hue = _hue(*colorsys.rgb_to_hsv(red, green, blue))
    return " ".join(dict.fromkeys([*_NAMED.get(text, ()), hue]))


def _hue(turn: float, saturation: float, value: float) -> str:
    if value < BLACK:
        return "black"
    if saturation < GREY:
        return "white" if value > WHITE else "gray"
    return next(name for end, name in HUES if 360 * turn <= end)
