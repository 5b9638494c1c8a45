"""Which elements of a page stay when it has more than can be read: the most relevant ones."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from webagents.slots.words import key, words_of

ACTIVE = frozenset({"a", "button", "input", "select", "option", "textarea", "label", "summary"})
"""Elements made to be acted on."""

STATES = ("focused", "checked", "selected", "role", "onclick", "tabindex", "contenteditable")
"""Attributes of elements that are acted on, or were."""


def kept(root: Any, asked: Collection[str], most: int) -> set[Any] | None:
    """The elements to read, at most about `most`, None for all of them.

    asked: the keys of the instruction's words.

    An element counts the more the more of the instruction's words it has, the rarer on the page the
    more, and if it is made to be acted on, or is in view. Those around a kept one count as well,
    half as much a level; what ties goes by the page's order.
    """
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    costs = [1 + _loose(element) for element in elements]
    if sum(costs) <= most:
        return None
    texts = [_texts(element) for element in elements]
    words = [{key(word.text) for word in words_of(text, 64)} & set(asked) for text in texts]
    common: dict[str, int] = {}
    for found in words:
        for word in found:
            common[word] = common.get(word, 0) + 1
    scores = {
        element: sum(4 / common[word] for word in found) + _active(element)
        for element, found in zip(elements, words, strict=True)
    }
    near = dict(scores)
    for element in reversed(elements):  # children before their parents
        parent = element.getparent()
        if parent is not None and parent in near:
            near[parent] = max(near[parent], near[element] / 2)
    for element in elements:
        parent = element.getparent()
        if parent is not None and parent in near:
            near[element] = max(near[element], near[parent] / 2)
    order = sorted(range(len(elements)), key=lambda place: -near[elements[place]])
    chosen: set[Any] = set()
    room = most
    for place in order:
        room -= costs[place]
        if room < 0:
            break
        chosen.add(elements[place])
    return chosen


def _texts(element: Any) -> str:
    values = (element.get(name, "") for name in ("value", "placeholder", "title", "aria-label"))
    own = (element.text, *(child.tail for child in element))
    return " ".join(part for part in (*values, *own) if part and part.strip())


def _loose(element: Any) -> int:
    """How many texts between its children an element has."""
    inner = [child for child in element if isinstance(child.tag, str)]
    parts = (element.text, *(child.tail for child in inner))
    return sum(1 for part in parts if part and part.strip()) if inner else 0


def _active(element: Any) -> float:
    score = 1.0 if element.tag in ACTIVE else 0.0
    score += 0.5 * any(name in element.attrib for name in STATES)
    return score * (0.25 if element.get("shown") == "no" else 1.0)
