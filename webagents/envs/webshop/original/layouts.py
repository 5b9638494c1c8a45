"""Layouts: a page's markup with holes, read once for what a person sees of it.

A layout is a file of ``envs/webshop/original``. ``[[name]]`` is filled with a value, escaped as
Jinja does; ``[[raw:name]]`` with a value as it is; ``[[made:name]]`` with what is made when the
html is asked for (see `links`). ``[[#name]]`` opens a section: a piece that a page takes any number
of times, or leaves out. A visible text has one hole at most.

What a person sees (the texts, and what can be clicked) is found in the markup by BeautifulSoup,
once per layout, by the original's rules.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from webagents.resources import content

Kind = Literal["text", "button", "label", "link"]

_SECTION = re.compile(r"\[\[#(\w+)\]\]")
_HOLE = re.compile(r"\[\[(?:(raw|made):)?(\w+)\]\]")
_UNSEEN = {"style", "script", "head", "title", "meta", "[document]"}


class Hole(NamedTuple):
    """A place in the markup. How it is filled: "" (escaped), "raw" or "made"."""

    how: str
    name: str


class Node(NamedTuple):
    """One visible text: `before`, the value named `name` (None: nothing), `after`.

    kept: white space stays as it is (within ``<pre>``).
    """

    kind: Kind
    before: str
    name: str | None
    after: str
    kept: bool


class Offer(NamedTuple):
    """Something that can be clicked, called by the visible text of `node` or the value `name`."""

    kind: Literal["button", "link", "option"]
    node: Node


class Section(NamedTuple):
    """A piece of markup, the texts in it and what it offers, each in document order."""

    markup: tuple[str | Hole, ...]
    nodes: tuple[Node, ...]
    offers: tuple[Offer, ...]
    search_bar: bool


@cache
def layout(name: str) -> dict[str, Section]:
    """The sections of the layout file `name`; the one before the first mark is called ``top``.

    Raises:
        FileNotFoundError: there is no such layout.
    """
    text = content("envs", "webshop", "original", f"{name}.html").read_text(encoding="utf-8")
    top, *rest = _SECTION.split(text.removesuffix("\n") if text.endswith("</html>\n") else text)
    return {"top": _section(top)} | {
        mark: _section(markup) for mark, markup in zip(rest[::2], rest[1::2], strict=True)
    }


def _section(markup: str) -> Section:
    """The section that `markup` is."""
    soup = BeautifulSoup(markup, "html.parser")
    nodes = [
        _node(text)
        for text in soup.find_all(string=True)
        if not isinstance(text, Comment)
        and text.parent is not None
        and text.parent.name not in _UNSEEN
        and text != "\n"
    ]
    offers = [
        *(Offer("button", _called(button)) for button in soup.find_all(class_="btn")),
        *(Offer("link", _called(link)) for link in soup.find_all(class_="product-link")),
        *(
            Offer("option", _holed(str(radio["value"]), "text", kept=True))
            for radio in soup.select('input[type="radio"]')
        ),
    ]
    return Section(
        tuple(_pieces(markup)),
        tuple(nodes),
        tuple(offers),
        soup.find(id="search_input") is not None,
    )


def _pieces(markup: str) -> list[str | Hole]:
    """The markup cut at its holes, without empty pieces."""
    pieces: list[str | Hole] = []
    at = 0
    for hole in _HOLE.finditer(markup):
        pieces += [markup[at : hole.start()], Hole(hole[1] or "", hole[2])]
        at = hole.end()
    return [piece for piece in [*pieces, markup[at:]] if piece != ""]


def _called(tag: Tag) -> Node:
    """The one text that a button or link has."""
    (text,) = tag.find_all(string=True)
    return _node(text)


def _node(text: NavigableString) -> Node:
    """The node of a text in a layout."""
    parent = text.parent
    assert parent is not None
    kind: Kind = "text"
    if parent.name == "button":
        kind = "button"
    elif parent.name == "label":
        kind = "label"
    elif parent.get("class") == ["product-link"]:
        kind = "link"
    return _holed(str(text), kind, kept=text.find_parent("pre") is not None)


def _holed(text: str, kind: Kind, *, kept: bool) -> Node:
    """The node whose text is `text`, cut at its hole."""
    hole = _HOLE.search(text)
    if hole is None:
        return Node(kind, text, None, "", kept)
    return Node(kind, text[: hole.start()], hole[2], text[hole.end() :], kept)
