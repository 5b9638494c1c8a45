"""Which of the elements that are alike one is: the first card of a list, its second button."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


def ordinals(root: Any, most: int) -> dict[Any, int]:
    """The places, from 1, of elements among those of the same tag and class, in the page's order.

    root: of the whole page, whatever is read of it.
    most: the last place that is told of each kind.

    An element that has none like it is the first of none, and left out.
    """
    alike: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for element in root.iter():
        if isinstance(element.tag, str):
            alike[element.tag, element.get("class", "")].append(element)
    return {
        element: place
        for group in alike.values()
        if len(group) > 1
        for place, element in enumerate(group[:most], 1)
    }
