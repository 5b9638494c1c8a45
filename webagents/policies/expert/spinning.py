"""Numbers counted up and down with a spinner's arrows."""

from __future__ import annotations

import re

from webagents.html import ref_of
from webagents.policies.expert.sight import Experts, Sight, act, click, wait

_NUMBER = re.compile(r"Select (-?\d+) with the spinner")


def spun(sight: Sight) -> str:
    """Clicks the spinner's arrows, or presses arrow keys in it, up to the number, and submits."""
    found = _NUMBER.search(sight.instruction)
    field = sight.find("input", id="spinner")
    if found is None or field is None:
        return wait()
    asked, shown = int(found.group(1)), int(field.get("value") or 0)
    if asked == shown:
        return click(sight.button("Submit"))
    way = "up" if asked > shown else "down"
    if sight.either("with", "mouse", "keys") == "keys":
        return act("press", ref=ref_of(field), key=f"Arrow{way.capitalize()}")
    return click(sight.find("a", class_=f"ui-spinner-{way}"))


EXPERTS: Experts = {
    "miniwob.use-spinner": spun,
}
