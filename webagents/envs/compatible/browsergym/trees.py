"""A page as BrowserGym's observations have it: a DOM snapshot, an accessibility tree, boxes.

All are made of the page that an agent sees (view ``"visual"``), not asked of the browser: bids are
refs, and what is not shown is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webagents.envs.compatible.browsergym.roles import (
    name_of,
    properties_of,
    redundant,
    role_of,
    value_of,
)
from webagents.html import Element, parse, ref_of

_LOOKS = frozenset(("ref", "box", "color", "background", "picture", "opacity", "bold", "shown"))
_STATES = frozenset(("focused",))
_MARKED = frozenset(
    ("input", "textarea", "select", "button", "a", "iframe", "video", "li", "td", "option")
)
_CLICKED = frozenset(("a", "area", "button", "input", "label", "option", "select", "summary"))
_CLICKED_ROLES = frozenset(("button", "checkbox", "link", "menuitem", "option", "radio", "tab"))


def tag_of(element: Element) -> str:
    """The element's tag as the page has it."""
    return str(element.tag).removeprefix("framed-")


def body_of(page: str) -> Element:
    """The page's body; `parse` gives what alone is in it."""
    root = parse(page)
    body = root.getroottree().find("body")
    return root if body is None else body


def dom_object(root: Element, url: str, title: str) -> dict[str, Any]:
    """The page in the shape of the DevTools protocol's ``DOMSnapshot.captureSnapshot``.

    Given are, of one document, the nodes' `parentIndex`, `nodeType`, `nodeName`, `nodeValue` and
    `attributes` (with `bid`); frames are elements with their page inside. There is no layout.
    """
    strings: dict[str, int] = {}

    def number(text: str) -> int:
        return strings.setdefault(text, len(strings))

    nodes: dict[str, Any] = {
        key: [] for key in ("parentIndex", "nodeType", "nodeName", "nodeValue", "attributes")
    }

    def add(parent: int, kind: int, name: str, value: str = "", *attributes: str) -> int:
        told = (parent, kind, number(name), number(value), [number(each) for each in attributes])
        for key, what in zip(nodes, told, strict=True):
            nodes[key].append(what)
        return len(nodes["nodeType"]) - 1

    def walk(element: Element, parent: int) -> None:
        given = [
            part
            for key, value in element.attrib.items()
            if key not in _LOOKS and key not in _STATES
            for part in (key, value)
        ]
        here = add(parent, 1, tag_of(element).upper(), "", *given, "bid", ref_of(element))
        for text, child in _contents(element):
            if child is None:
                add(here, 3, "#text", text)
            else:
                walk(child, here)

    walk(root, add(add(-1, 9, "#document"), 1, "HTML"))
    nodes["contentDocumentIndex"] = {"index": [], "value": []}
    document = {"documentURL": number(url), "title": number(title), "nodes": nodes}
    return {"documents": [document], "strings": list(strings)}


def axtree_object(root: Element, title: str) -> dict[str, Any]:
    """The page in the shape of ``Accessibility.getFullAXTree``, each node with `browsergym_id`.

    Roles and names follow the W3C's HTML Accessibility API Mappings as far as the html tells, and
    carry Chromium's words for them; they are not what a browser computed.
    """
    nodes: list[dict[str, Any]] = []

    def add(parent: dict[str, Any] | None, role: str, name: str, bid: str = "") -> dict[str, Any]:
        node: dict[str, Any] = {
            "nodeId": str(len(nodes) + 1),
            "ignored": False,
            "role": {"type": "role", "value": role},
            "name": {"type": "computedString", "value": name},
            "properties": [],
            "childIds": [],
        }
        if bid:
            node["browsergym_id"] = bid
        if parent is not None:
            node["parentId"] = parent["nodeId"]
            parent["childIds"].append(node["nodeId"])
        nodes.append(node)
        return node

    def walk(element: Element, parent: dict[str, Any], *, silent: bool = False) -> None:
        if redundant(element, root):
            silent, node = True, parent
        else:
            node = told(element, parent)
        silent = silent or element.tag == "option"
        for text, child in _contents(element):
            if child is not None:
                walk(child, node, silent=silent)
            elif text.strip() and not silent:
                add(node, "StaticText", " ".join(text.split()))

    def told(element: Element, parent: dict[str, Any]) -> dict[str, Any]:
        node = add(parent, role_of(element), name_of(element, root), ref_of(element))
        node["properties"] = [
            {"name": name, "value": {"type": "string", "value": value}}
            for name, value in properties_of(element).items()
        ]
        value = value_of(element)
        if value:
            node["value"] = {"type": "string", "value": value}
        return node

    page = add(None, "RootWebArea", title)
    focused = {"type": "booleanOrUndefined", "value": not root.xpath(".//@focused")}
    page["properties"] = [{"name": "focused", "value": focused}]
    walk(root, page)
    return {"nodes": nodes}


def element_properties(root: Element) -> dict[str, dict[str, Any]]:
    """By bid: `visibility` (1.0 where the pointer reaches it, else 0.0), `bbox`, and two guesses.

    bbox: [x, y, width, height], CSS pixels, which are the screenshot's.
    `clickable` goes by tag and role: what scripts listen to is not seen. `set_of_marks` are those
    of BrowserGym's standard tags that are visible.
    """
    told = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or not ref_of(element):
            continue
        seen = 0.0 if element.get("shown") == "no" else 1.0
        box = [float(part) for part in (element.get("box") or "").split()] or None
        tag = tag_of(element)
        told[ref_of(element)] = {
            "visibility": seen,
            "bbox": box,
            "clickable": tag in _CLICKED or element.get("role") in _CLICKED_ROLES,
            "set_of_marks": bool(seen) and tag in _MARKED,
        }
    return told


def focused_bid(root: Element) -> str:
    """The bid of the element with the keyboard's focus, "" where none has it."""
    found = root.xpath("descendant-or-self::*[@focused]")
    return ref_of(found[-1]) if found else ""


def _contents(element: Element) -> Iterator[tuple[str, Element | None]]:
    """Its texts and elements, in order."""
    if element.text:
        yield element.text, None
    for child in element:
        if isinstance(child.tag, str):
            yield "", child
        if child.tail:
            yield child.tail, None
