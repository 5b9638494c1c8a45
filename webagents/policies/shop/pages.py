"""The shop's pages as a shopper reads them: what they say, and the refs of what can be pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from webagents import html
from webagents.html import Element
from webagents.types import NOTHING, Observation
from webagents.webshop.visits import FREE, Visit, visit_at

_TOTAL = re.compile(r"Total results: (\d+)")
_DOLLARS = re.compile(r"\$\s*([\d,]*\.?\d+)")


class Prices(NamedTuple):
    """What a product costs, in dollars: the lowest and the highest price that is shown."""

    low: float
    high: float


NO_PRICE = Prices(0.0, 0.0)


class Card(NamedTuple):
    """One product on a page of results."""

    asin: str
    title: str
    prices: Prices
    ref: str


class Value(NamedTuple):
    """One value of an option, and whether it is the one chosen."""

    text: str
    ref: str
    chosen: bool


class Group(NamedTuple):
    """An option, such as the size, and its values."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    links: refs by the words on links and buttons, in lower case.
    field: the search field's ref, and `typed` what is in it.
    cards, total: of a page of results; how many there are on all of its pages.
    title, prices, groups: of a product.
    kind: which page it is; "sub" is one of a product's further pages, and `name` which.
    text: what a further page says.
    """

    kind: Literal["index", "results", "item", "sub", "other"]
    links: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    field: str = ""
    typed: str = ""
    cards: tuple[Card, ...] = ()
    total: int = 0
    title: str = ""
    prices: Prices = NO_PRICE
    groups: tuple[Group, ...] = ()
    name: str = ""
    text: str = ""


def page_of(observation: Observation) -> Page:
    """The page that is seen."""
    return _read(observation.html)


def visit_of(observation: Observation) -> Visit:
    """Where it is, by its address."""
    return _visit(observation.url)


@lru_cache(maxsize=4096)
def _visit(url: str) -> Visit:
    parts = urlsplit(url)
    return visit_at(parts.path, parts.query) or Visit(FREE)


@lru_cache(maxsize=1024)
def _read(text: str) -> Page:
    root = html.parse(text)
    main = html.find(root, "main")
    links = {html.text_of(e).lower(): html.ref_of(e) for e in root.iter("a", "button")}
    name = "" if main is None else str(main.get("id") or "")
    if main is None or name == "done":
        return Page(kind="other", links=links)
    if name == "start":
        box = html.find(main, "input")
        ref, typed = ("", "") if box is None else (html.ref_of(box), str(box.get("value") or ""))
        return Page(kind="index", links=links, field=ref, typed=typed)
    if name == "results":
        head = html.find(root, "h1")
        total = _TOTAL.search("" if head is None else html.text_of(head))
        return Page(
            kind="results",
            links=links,
            cards=tuple(_card(article) for article in main.iter("article")),
            total=int(total.group(1)) if total else 0,
        )
    if name == "item":
        head = html.find(main, "h1")
        said = next((t for p in main.iter("p") if (t := html.text_of(p)).startswith("Price:")), "")
        return Page(
            kind="item",
            links=links,
            title="" if head is None else html.text_of(head),
            prices=_prices(said),
            groups=tuple(_group(each) for each in main.iter("fieldset")),
        )
    return Page(kind="sub", links=links, name=name, text=html.text_of(main))


def _card(article: Element) -> Card:
    link = html.find(article, "a")
    title = html.find(article, "h2")
    asin, price = ([html.text_of(p) for p in article.iter("p")] + ["", ""])[:2]
    return Card(
        asin=asin,
        title="" if title is None else html.text_of(title),
        prices=_prices(price),
        ref="" if link is None else html.ref_of(link),
    )


def _group(fieldset: Element) -> Group:
    legend = html.find(fieldset, "legend")
    values = (
        Value(str(e.get("value") or ""), html.ref_of(e), e.get("checked") is not None)
        for e in fieldset.iter("input")
    )
    return Group("" if legend is None else html.text_of(legend), tuple(values))


def _prices(text: str) -> Prices:
    found = [float(number.replace(",", "")) for number in _DOLLARS.findall(text)]
    return Prices(min(found), max(found)) if found else NO_PRICE
