"""The pages of MiniWoB++'s recordings, and their html in the shape of our text view.

A recorded page is a tree of what is visible. A node's number (`ref`) stays with its element, but an
element of another kind can bear the same one, so that a node's key also holds its tag and id. Text
beside elements is a node `t` whose numbers mean nothing.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Key = tuple[str, object, str, int]
"""What an element is known by from page to page: tag, number, id, and which of several such."""

TEXT = "t"
_VOID = frozenset({"input", "br", "hr", "img", "col", "wbr"})
_CHECKED = frozenset({"INPUT_checkbox", "INPUT_radio"})
_FOCUSED = "ui-state-focus"
_UNDER_MOUSE = "ui-state-active"  # of a menu's items; of other elements it means that they are on
_ITEM = "ui-menu-item-wrapper"
_FRAME = "mturk_form"  # put around the task for the people who were recorded


@dataclass(slots=True, eq=False)
class Node:
    """An element of a recorded page, or a text (`TEXT`)."""

    tag: str
    key: Key
    raw: Mapping[str, Any]
    parent: Node | None
    children: list[Node] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The element's id, "" for none."""
        return _word(self.raw.get("id"))

    @property
    def classes(self) -> list[str]:
        """The element's classes, without those it has only while the mouse is over it."""
        words = _word(self.raw.get("classes")).split()
        return [word for word in words if not word.endswith("hover")]

    @property
    def value(self) -> str | None:
        """What a field holds; None for what is no field."""
        value = self.raw.get("value")
        return None if value is None or isinstance(value, bool | dict | list) else str(value)

    @property
    def own_text(self) -> str:
        """The text directly in the element, white space folded."""
        if self.tag == TEXT or not self.children:
            return " ".join(_word(self.raw.get("text")).split())
        texts = (_word(child.raw.get("text")) for child in self.children if child.tag == TEXT)
        return " ".join(" ".join(texts).split())

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height, CSS pixels."""
        left, top, width, height = (
            float(number) if isinstance(number, int | float) else 0.0
            for number in map(self.raw.get, ("left", "top", "width", "height"))
        )
        return left, top, width, height

    @property
    def ancestors(self) -> Iterator[Node]:
        """The element itself, its parent, and so on up."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    @property
    def elements(self) -> list[Node]:
        """The children that are elements."""
        return [child for child in self.children if child.tag != TEXT]

    @property
    def whole_text(self) -> str:
        """The text of the element and of what it holds, white space folded."""
        if not self.elements:
            return self.own_text
        return " ".join(filter(None, (child.whole_text for child in self.children)))


class Page:
    """A recorded page.

    nodes: all of it in document order, the root first.
    """

    def __init__(self, dom: Mapping[str, Any]) -> None:
        self.nodes: list[Node] = []
        seen: Counter[tuple[str, object, str]] = Counter()
        waiting: list[tuple[Mapping[str, Any], Node | None]] = [(dom, None)]
        while waiting:
            raw, parent = waiting.pop()
            tag = _word(raw.get("tag")) or "DIV"
            ref = raw.get("ref")
            known = (tag, ref if isinstance(ref, int | str) else None, _word(raw.get("id")))
            if tag != TEXT:
                seen[known] += 1
            node = Node(tag, (*known, seen[known]), raw, parent)
            self.nodes.append(node)
            if parent is not None:
                parent.children.append(node)
            children = raw.get("children")
            if isinstance(children, list):
                below = [(child, node) for child in children if isinstance(child, Mapping)]
                waiting += reversed(below)

    @property
    def root(self) -> Node:
        """The page's body."""
        return self.nodes[0]

    @cached_property
    def elements(self) -> Mapping[Key, Node]:
        """All elements by key, in document order."""
        return {node.key: node for node in self.nodes if node.tag != TEXT}

    @cached_property
    def target(self) -> Node | None:
        """The element at which the event went that the page was recorded at."""
        marked = (node for node in self.nodes if node.raw.get("recordingTarget"))
        return next((node for node in marked if node.tag != TEXT), None)

    @cached_property
    def focused(self) -> Node | None:
        """The element that has the focus; None where it is the page's body."""
        return next((node for node in self.nodes[1:] if node.raw.get("focused")), None)

    @cached_property
    def content(self) -> Mapping[Key, tuple[object, ...]]:
        """What is to be read on the page, to tell whether something happened to it.

        Neither places nor the focus nor the traces of the mouse are part of it.
        """
        return {
            key: (node.own_text, node.raw.get("value"), *sorted({*node.classes} - {_FOCUSED}))
            for key, node in self.elements.items()
        }

    def at(self, x: float, y: float) -> Node | None:
        """The element on top at a point: of those that hold it the smallest, the last of equals."""
        best: tuple[float, Node] | None = None
        for node in self.elements.values():
            left, top, width, height = node.box
            inside = left <= x < left + width and top <= y < top + height
            if inside and (best is None or width * height <= best[0]):
                best = width * height, node
        return best[1] if best else None


class Refs:
    """The refs of an episode's elements: counted from 1 on first sight, in document order."""

    def __init__(self) -> None:
        self._refs: dict[Key, int] = {}

    def __getitem__(self, key: Key) -> str:
        return str(self._refs[key])

    def __contains__(self, key: Key) -> bool:
        return key in self._refs

    def html(
        self, page: Page, hidden: Collection[Key] = (), untouched: Collection[Key] = ()
    ) -> str:
        """The page as our text view shows it.

        hidden: elements that are left out, with what they hold.
        untouched: elements over which the mouse is not yet to be seen.
        """
        return self._written(page.root, hidden, untouched)

    def _written(self, node: Node, hidden: Collection[Key], untouched: Collection[Key]) -> str:
        if node.tag == TEXT:
            return html.escape(" ".join(_word(node.raw.get("text")).split()), quote=False)
        if node.key in hidden:
            return ""
        if node.id == _FRAME:
            return self._inside(node, hidden, untouched)
        ref = self._refs.setdefault(node.key, len(self._refs) + 1)
        tag = node.tag.partition("_")[0]
        tag = tag.lower() if tag.isupper() else tag
        opening = f'<{tag} ref="{ref}"{_attributes(node, untouched=node.key in untouched)}>'
        inside = "" if tag in _VOID else self._inside(node, hidden, untouched)
        return opening if tag in _VOID else f"{opening}{inside}</{tag}>"

    def _inside(self, node: Node, hidden: Collection[Key], untouched: Collection[Key]) -> str:
        if node.children:
            return "".join(self._written(child, hidden, untouched) for child in node.children)
        if node.tag == "TEXTAREA":
            return ""
        return html.escape(node.own_text, quote=False)


def _attributes(node: Node, *, untouched: bool) -> str:
    kind = node.tag.partition("_")[2]
    passing = {_UNDER_MOUSE} if untouched and _ITEM in node.classes else set()
    classes = " ".join(word for word in node.classes if word not in passing)
    out = "".join(
        f" {name}={_quoted(value)}"
        for name, value in (("id", node.id), ("class", classes), ("type", kind))
        if value
    )
    if node.tag in _CHECKED:
        out += " checked" if node.raw.get("value") is True else ""
    elif node.value is not None:
        out += f" value={_quoted(node.value)}"
    if node.raw.get("selected") is True:
        out += " selected"
    focused = node.raw.get("focused") and node.tag != "BODY"
    return f"{out} focused" if focused else out


def _quoted(text: str) -> str:
    text = re.sub(r"\s+", " ", html.escape(text, quote=False))
    return '"' + text.replace('"', "&quot;") + '"'


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
