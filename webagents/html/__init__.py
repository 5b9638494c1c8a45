"""The page's text as elements: what policies and prompts read an observation with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import html as lxml_html
from lxml.etree import ParserError

from webagents.html.closing import closed, is_closed

Element = Any
"""An lxml element; its tag, attributes and children are lxml's own."""


# What agent.js writes into a tag of the visual view beside what the text view has.
_LOOKS = (
    *("box", "color", "background", "picture", "opacity", "bold", "shown"),
    *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "d"),
    *("points", "transform", "viewBox", "fill", "stroke", "stroke-width", "font-size"),
    "text-anchor",
)
_TAG = re.compile(r"<[a-zA-Z][^>]*>")


def _attribute(left_out: Iterable[str]) -> re.Pattern[str]:
    """An attribute; without a group if it is left out."""
    names = "|".join(map(re.escape, left_out))
    return re.compile(rf' (?:{names})(?:="[^"]*")?(?=[ >])|( [^\s"=>]+(?:="[^"]*")?)')


_WITHOUT_LOOKS = _attribute(_LOOKS)
_WITH_BOXES_ALONE = _attribute(look for look in _LOOKS if look not in ("box", "shown"))


def text_view(visual: str) -> str:
    """The text view of a page that was seen in the visual view: the same, but for the looks."""
    return _told(visual, _WITHOUT_LOOKS)


def boxes_view(visual: str) -> str:
    """Of the looks of a page in the visual view, only where elements are, and if they are seen."""
    return _told(visual, _WITH_BOXES_ALONE)


def _told(page: str, attribute: re.Pattern[str]) -> str:
    return _TAG.sub(lambda tag: attribute.sub(r"\1", tag.group()), page)


_FRAMED = re.compile(r"<(/?)(iframe|body)(?=[\s>])")


def parse(page: str) -> Element:
    """The page's root element; an empty ``<body>`` for a page without any.

    A frame and the page within it are ``framed-iframe`` and ``framed-body``, for HTML's own parser
    takes all that is written in an ``iframe`` for text. A page with refs that lacks closing tags is
    read as `closed` reads it.
    """
    if ' ref="' in page and not is_closed(page):
        page = closed(page)
    outer, frame, rest = page.partition("<iframe")
    if frame:
        page = outer + _FRAMED.sub(r"<\1framed-\2", frame + rest)
    try:
        return lxml_html.fromstring(page)
    except ParserError:  # there is no element in it
        return lxml_html.fromstring("<body></body>")


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
