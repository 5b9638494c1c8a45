"""Colours chosen by their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from webagents.html import find
from webagents.policies.expert.colours import NAMED, Colour, background_of
from webagents.policies.expert.sight import Experts, Sight, click, fill, visual, wait

_NAME = re.compile(r"Select (\w+) with the color picker")
_ALL: Mapping[str, Colour] = {**NAMED, "gold": (255, 215, 0)}


def colour_named(sight: Sight) -> str:
    """Types the code of the colour named, then submits."""
    found = _NAME.match(sight.instruction)
    return _typed(sight, _ALL.get(found.group(1)) if found else None)


def colour_shown(sight: Sight) -> str:
    """Types the code of the colour that the instruction shows, then submits."""
    patch = None if sight.query is None else find(sight.query, class_="cc")
    return _typed(sight, None if patch is None else background_of(patch))


def _typed(sight: Sight, colour: Colour | None) -> str:
    field = sight.find("input")
    if colour is None or field is None:
        return wait()
    code = "".join(f"{part:02x}" for part in colour)
    if (field.get("value") or "").lower() != code:
        return fill(field, code)
    if "covered" in sight.error:  # the picker has opened over the button: a click beside closes it
        return click(sight.query)
    return click(sight.button("Submit"))


EXPERTS: Experts = {
    "miniwob.use-colorwheel": colour_named,
    "miniwob.use-colorwheel-2": visual(colour_shown),
}
