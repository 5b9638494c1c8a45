"""The shop's pages as an agent sees them: HTML with refs, made from what a recording tells of them.

Where a recording tells everything (titles, prices, options), the HTML is letter for letter what our
shop shows of that page (``webagents.envs.webshop.site.pages``, which makes it of products);
`tests/data/test_importing_webshop_il.py` compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from webagents.webshop.elements import Element, fit, seen
from webagents.webshop.visits import Visit


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


def index_html(instruction: str) -> str:
    """The page with the search field."""
    field = _of(
        "input",
        {"id": "search", "name": "q", "type": "text", "placeholder": "Search...", "required": ""},
    )
    button = _of("button", {"type": "submit"}, "Search")
    form = _of("form", {"id": "find"}, field, button)
    return _body(instruction, _of("main", {"id": "start"}, _of("h1", {}, "WebShop"), form))


def results_html(
    visit: Visit, instruction: str, cards: Iterable[Card], total: int | None = None
) -> str:
    """A page of results. total: how many there are on all pages; None where not known."""
    turn = []
    if visit.page > 1:
        turn.append(_link("< Prev", f"../{visit.page - 1}/"))
    turn.append(_link("Next >", f"../{visit.page + 1}/"))
    told = "" if total is None else f" (Total results: {total})"
    head = _of("h1", {}, f"Page {visit.page}{told}")
    main = _of("main", {"id": "results"}, *(_card(card) for card in cards))
    return _body(instruction, _nav(visit, *turn), head, main)


def item_html(visit: Visit, instruction: str, ware: Ware) -> str:
    """A product with its options, those of the visit chosen."""
    chosen = dict(visit.options)
    details = [_link(name.capitalize(), f"{name}{visit.chosen}") for name in ware.details]
    groups = [_group(name, values, chosen.get(name)) for name, values in ware.options.items()]
    facts = _of(
        "section",
        {"id": "product"},
        _of("h1", {}, ware.title),
        *(_of("p", {}, fact) for fact in (ware.price, ware.rating) if fact),
        _of("nav", {"id": "details"}, *details),
        *([_of("form", {"id": "options"}, *groups)] if groups else []),
        _link("Buy Now", f"buy{visit.chosen}", id="buy"),
    )
    main = _of("main", {"id": "item"}, _image(ware.title), facts)
    return _body(instruction, _nav(visit, _link("< Prev", "../")), main)


def sub_html(visit: Visit, instruction: str, texts: Sequence[str] | None) -> str:
    """One of a product's further pages. texts: what it says; None where not known."""
    nav = _nav(visit, _link("< Prev", f"./{visit.chosen}"))
    head = _of("h1", {}, visit.sub.capitalize())
    said = () if texts is None else _said(visit.sub, texts)
    return _body(instruction, nav, _of("main", {"id": visit.sub}, head, *said))


def done_html(score: float | None) -> str:
    """What a shopper sees after buying. score: from 0 to 1; None where not known."""
    told = [] if score is None else [_of("p", {}, f"Your score (min 0.0, max 1.0): {score}")]
    thanks = _of("h1", {}, "Thank you for shopping with us!")
    return _body("", _of("main", {"id": "done"}, thanks, *told))


def _said(sub: str, texts: Sequence[str]) -> list[Element]:
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


def _card(card: Card) -> Element:
    head = _of("h2", {}, card.title or card.asin)
    link = _of("a", {"class": "product", "href": f"{card.asin}/"}, _image(""), head)
    price = [_of("p", {}, card.price)] if card.price else []
    return _of("article", {}, link, _of("p", {}, card.asin), *price)


def _group(name: str, values: Iterable[str], chosen: str | None) -> Element:
    labels = []
    for value in values:
        attributes = {"type": "radio", "name": name, "value": value}
        radio = Element("input", attributes, checked=value == chosen)
        labels.append(_of("label", {}, radio, value))
    return _of("fieldset", {}, _of("legend", {}, name), *labels)


def _image(words: str) -> Element:
    return _of("span", {"role": "img", **({"aria-label": words} if words else {})})


def _nav(visit: Visit, *links: Element) -> Element:
    return _of("nav", {"id": "ways"}, _link("Back to Search", f"/{visit.session}"), *links)


def _link(words: str, href: str, **attributes: str) -> Element:
    return _of("a", {**attributes, "href": href}, words)


def _of(tag: str, attributes: Mapping[str, str], *children: Element | str) -> Element:
    inside = (fit(child) if isinstance(child, str) else child for child in children)
    return Element(tag, attributes, tuple(inside))


def _body(instruction: str, *parts: Element) -> str:
    told = [_of("p", {"id": "instruction"}, f"Instruction: {instruction}")] if instruction else []
    return seen(_of("body", {}, *told, *parts))[0]
