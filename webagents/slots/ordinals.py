"""Which of the elements that are alike one is: the first card of a list, its second button."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
"""What later ones are is not told."""


def ordinals(root: Any) -> dict[Any, str]:
    """The places of elements among those of the same tag and class, in the page's order, in words.

    root: of the whole page, whatever is read of it.

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
        for place, element in zip(ORDINALS, group, strict=False)
    }
