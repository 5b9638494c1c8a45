"""Things dragged to where they belong."""

from __future__ import annotations

import re

from webagents.html import ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, wait

_ITEM = re.compile(r"Drag (\S+) (.*)\.$")


def list_item(sight: Sight) -> str:
    """Drags a list's item to the position the instruction describes."""
    found = _ITEM.match(sight.instruction)
    items = sight.all("li")
    names = [text_of(item) for item in items]
    if found is None or found.group(1) not in names:
        return wait()
    at = names.index(found.group(1))
    where = found.group(2)
    places = {
        "to the top": 0,
        "to the bottom": len(items) - 1,
        "up by one position": at - 1,
        "down by one position": at + 1,
    }
    to = places.get(where, sight.rank - 1)
    if not 0 <= to < len(items):
        return wait()
    return act("drag_and_drop", from_ref=ref_of(items[at]), to_ref=ref_of(items[to]))


EXPERTS: Experts = {
    "miniwob.drag-items": list_item,
}
