"""A composed page taken apart: the piece of it that belongs to each part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml import html as lxml_html

from webagents import html
from webagents.html import Element
from webagents.phrases import Clause
from webagents.policies.expert.composed.recognising import recognised

_REF = re.compile(r' ref="(\d+)"')


class Carved(NamedTuple):
    """A page's pieces.

    pages: each part's piece as a page of its own; "" for a part that the page does not show.
    owners: the number of the part that an element belongs to, by its ref.
    """

    pages: tuple[str, ...]
    owners: Mapping[str, int]


@lru_cache(maxsize=256)
def carve(page: str, clauses: tuple[Clause, ...]) -> Carved:
    """The pieces of a page for the parts that the clauses tell of, in their order."""
    root = html.parse(page)
    for instruction in list(html.find_all(root, id="query")):
        instruction.drop_tree()
    pieces = _marked(root, len(clauses))
    pages = tuple(map(written, recognised(root, clauses) if pieces is None else pieces))
    return Carved(pages, {ref: n for n, piece in enumerate(pages) for ref in _REF.findall(piece)})


def _marked(root: Element, number: int) -> Sequence[list[Element]] | None:
    """The pieces of a page that marks its parts (``#form1``, ``#form2``, ...); None for others."""
    marked = {part.get("id"): part for part in html.find_all(root, class_="part")}
    if not marked:
        return None
    found = [marked.get(f"form{n}") for n in range(1, number + 1)]
    return [[] if part is None else [part] for part in found]


def written(pieces: Sequence[Element]) -> str:
    """Elements, their refs kept, as a page of their own; "" for none."""
    if not pieces:
        return ""
    texts = (lxml_html.tostring(e, encoding="unicode", with_tail=False) for e in pieces)
    return f"<body>{''.join(texts)}</body>"


def lacking(piece: str, ref: str) -> str:
    """A piece without the element of that ref."""
    root = html.parse(piece)
    for element in list(html.find_all(root, ref=ref)):
        element.drop_tree()
    return str(lxml_html.tostring(root, encoding="unicode"))
