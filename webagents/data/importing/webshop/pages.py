"""The shop's pages as an agent sees them: HTML with refs, made from what a recording tells of them.

Where a recording tells everything (titles, prices, options), the HTML is letter for letter what our
shop shows of that page (``webagents.envs.webshop.site.pages``), which these layers cannot import;
`tests/data/test_importing_webshop_il.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import count
from typing import NamedTuple

from webagents.data.importing.webshop.places import Place

MOST_CHARACTERS = 20_000
"""Of one text on a page."""

_VOID = frozenset({"input"})
_SPACE = re.compile("[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Card(NamedTuple):
    """A product among results. title, price: "" where not known."""

    asin: str
    title: str = ""
    price: str = ""


class Ware(NamedTuple):
    """A product on its page.

    price, rating: as the page words them; "" where not known.
    options: the values by the group's name.
    details: which further pages it offers.
    """

    title: str
    price: str = ""
    rating: str = ""
    options: Mapping[str, Sequence[str]] = {}
    details: Sequence[str] = ("description", "features", "reviews")


class _Element(NamedTuple):
    """attributes: None for one without a value."""

    tag: str
    attributes: Mapping[str, str | None]
    children: tuple[_Element | str, ...]


def index_html(instruction: str) -> str:
    """The page with the search field."""
    field = _of(
        "input",
        {
            "id": "search",
            "name": "q",
            "type": "text",
            "placeholder": "Search...",
            "required": None,
            "value": "",
        },
    )
    button = _of("button", {"type": "submit"}, "Search")
    form = _of("form", {"id": "find"}, field, button)
    return _body(instruction, _of("main", {"id": "start"}, _of("h1", {}, "WebShop"), form))


def results_html(
    place: Place, instruction: str, cards: Iterable[Card], total: int | None = None
) -> str:
    """A page of results. total: how many there are on all pages; None where not known."""
    turn = []
    if place.page > 1:
        turn.append(_link("< Prev", f"../{place.page - 1}/"))
    turn.append(_link("Next >", f"../{place.page + 1}/"))
    told = "" if total is None else f" (Total results: {total})"
    head = _of("h1", {}, f"Page {place.page}{told}")
    main = _of("main", {"id": "results"}, *(_card(card) for card in cards))
    return _body(instruction, _nav(place, *turn), head, main)


def item_html(place: Place, instruction: str, ware: Ware) -> str:
    """A product with its options, those of the place chosen."""
    chosen = dict(place.options)
    details = [_link(name.capitalize(), f"{name}{place.chosen}") for name in ware.details]
    groups = [_group(name, values, chosen.get(name)) for name, values in ware.options.items()]
    facts = _of(
        "section",
        {"id": "product"},
        _of("h1", {}, ware.title),
        *(_of("p", {}, fact) for fact in (ware.price, ware.rating) if fact),
        _of("nav", {"id": "details"}, *details),
        *([_of("form", {"id": "options"}, *groups)] if groups else []),
        _link("Buy Now", f"buy{place.chosen}", id="buy"),
    )
    main = _of("main", {"id": "item"}, _image(ware.title), facts)
    return _body(instruction, _nav(place, _link("< Prev", "../")), main)


def sub_html(place: Place, instruction: str, texts: Sequence[str] | None) -> str:
    """One of a product's further pages. texts: what it says; None where not known."""
    nav = _nav(place, _link("< Prev", f"./{place.chosen}"))
    head = _of("h1", {}, place.sub.capitalize())
    said = () if texts is None else _said(place.sub, texts)
    return _body(instruction, nav, _of("main", {"id": place.sub}, head, *said))


def done_html(score: float | None) -> str:
    """What a shopper sees after buying. score: from 0 to 1; None where not known."""
    told = [] if score is None else [_of("p", {}, f"Your score (min 0.0, max 1.0): {score}")]
    thanks = _of("h1", {}, "Thank you for shopping with us!")
    return _body("", _of("main", {"id": "done"}, thanks, *told))


def fit(text: str) -> str:
    """A text as a page can hold it: no control characters, at most `MOST_CHARACTERS`."""
    cut = text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
    return _SPACE.sub(" ", _UNFIT.sub(" ", cut))


def _said(sub: str, texts: Sequence[str]) -> list[_Element]:
    match sub:
        case "features":
            return [_of("ul", {}, *(_of("li", {}, text) for text in texts))]
        case "attributes":  # the last three are the category, the query and the kind
            listed = (_of("li", {}, text) for text in texts[:-3])
            return [_of("ul", {}, *listed), *(_of("p", {}, text) for text in texts[-3:])]
        case "reviews" if not texts:
            return [_of("p", {}, "No reviews yet.")]
        case _:
            return [_of("p", {}, " ".join(texts))]


def _card(card: Card) -> _Element:
    head = _of("h2", {}, card.title or card.asin)
    link = _of("a", {"class": "product", "href": f"{card.asin}/"}, _image(""), head)
    price = [_of("p", {}, card.price)] if card.price else []
    return _of("article", {}, link, _of("p", {}, card.asin), *price)


def _group(name: str, values: Iterable[str], chosen: str | None) -> _Element:
    labels = []
    for value in values:
        attributes: dict[str, str | None] = {"type": "radio", "name": name, "value": value}
        if value == chosen:
            attributes["checked"] = None
        labels.append(_of("label", {}, _of("input", attributes), value))
    return _of("fieldset", {}, _of("legend", {}, name), *labels)


def _image(words: str) -> _Element:
    return _of("span", {"role": "img", **({"aria-label": words} if words else {})})


def _nav(place: Place, *links: _Element) -> _Element:
    return _of("nav", {"id": "ways"}, _link("Back to Search", f"/{place.session}"), *links)


def _link(words: str, href: str, **attributes: str) -> _Element:
    return _of("a", {**attributes, "href": href}, words)


def _of(tag: str, attributes: Mapping[str, str | None], *children: _Element | str) -> _Element:
    return _Element(tag, attributes, children)


def _body(instruction: str, *parts: _Element) -> str:
    told = [_of("p", {"id": "instruction"}, f"Instruction: {instruction}")] if instruction else []
    return _written(_of("body", {}, *told, *parts), count(1))


def _written(element: _Element, refs: count[int]) -> str:
    """The element as HTML, refs counted in document order."""
    out = f'<{element.tag} ref="{next(refs)}"'
    for name, value in element.attributes.items():
        out += f" {name}" if value is None else f' {name}="{_quoted(value)}"'
    if element.tag in _VOID:
        return f"{out}>"
    inside = "".join(
        escape(fit(child), quote=False) if isinstance(child, str) else _written(child, refs)
        for child in element.children
    )
    return f"{out}>{inside.removeprefix(' ').removesuffix(' ')}</{element.tag}>"


def _quoted(value: str) -> str:
    return escape(_SPACE.sub(" ", value), quote=False).replace('"', "&quot;")
