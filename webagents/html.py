"""The page's text as elements: what policies and prompts read an observation with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import html as lxml_html

Element = Any
"""An lxml element; its tag, attributes and children are lxml's own."""


def parse(page: str) -> Element:
    """The page's root element; an empty ``<body>`` for a page without any."""
    return lxml_html.fromstring(page if page.strip() else "<body></body>")


def text_of(element: Element) -> str:
    """The element's whole text, white space folded."""
    return " ".join("".join(element.itertext()).split())


def ref_of(element: Element) -> str:
    """The ref an action names the element by."""
    return str(element.get("ref", ""))


def find_all(
    root: Element,
    tag: str | None = None,
    *,
    text: str | None = None,
    id: str | None = None,  # noqa: A002 (HTML's own word)
    class_: str | None = None,
    **attributes: str,
) -> Iterator[Element]:
    """The elements below `root`, in document order, that fit all of what is given.

    text: the whole text, white space folded.
    class_: one of the element's classes.
    attributes: further attributes and their values, ``_`` for ``-``.
    """
    for element in root.iter(tag) if tag else root.iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        if id is not None and element.get("id") != id:
            continue
        if class_ is not None and class_ not in (element.get("class") or "").split():
            continue
        if any(element.get(k.replace("_", "-")) != v for k, v in attributes.items()):
            continue
        if text is not None and text_of(element) != text:
            continue
        yield element


def find(root: Element, tag: str | None = None, **wanted: Any) -> Element | None:
    """The first of `find_all`, None where there is none."""
    return next(find_all(root, tag, **wanted), None)
