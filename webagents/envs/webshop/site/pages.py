"""The shop's pages, made from products, hits and goals; each as one tree of elements.

What they say and offer is what WebShop's pages say and offer: the same buttons, words and order.
Source: princeton-nlp/WebShop, commit 64fa2a5; the markup is our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from webagents.envs.webshop.pictures import picture, tint
from webagents.webshop import SUB_PAGES
from webagents.webshop.elements import Element, fit, seen
from webagents.webshop.visits import Visit

RESULTS_A_PAGE = 10

Product = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """A page: what its tab is called, and its body."""

    title: str
    body: Element

    @cached_property
    def untouched(self) -> tuple[str, list[Element]]:
        """The page as an agent first sees it, and its elements by ref (see `seen`)."""
        return seen(self.body)


def front_page(goals: int) -> Page:
    """Where people come in: to look round, or to get something to buy.

    goals: how many there are.
    """
    words = "A made-up shop for testing shopping agents: look round, or take a shopping list."
    entries = (
        _link("Look round", "/free", "/free"),
        *([_link("Give me something to buy", "/any", "/any")] if goals else []),
    )
    return _page(
        "WebShop",
        None,
        _of("section", {"id": "welcome"}, _h1("WebShop"), _p(words)),
        _of("nav", {}, *entries),
    )


def index_page(visit: Visit, instruction: str) -> Page:
    """The page with the search field."""
    field = Element(
        "input",
        {"id": "search", "name": "q", "type": "text", "placeholder": "Search...", "required": ""},
    )
    button = Element("button", {"type": "submit"}, ("Search",), name="search")
    form = _of("form", {"id": "find", "action": f"{visit.address}/search"}, field, button)
    return _page("WebShop", instruction, _of("main", {"id": "start"}, _h1("WebShop"), form))


def results_page(visit: Visit, instruction: str, hits: int, products: Iterable[Product]) -> Page:
    """One page of results.

    hits: how many there are on all pages.
    """
    turn = []
    if visit.page > 1:
        back = visit.results(visit.query, visit.page - 1)
        turn.append(_link("< Prev", f"../{back.page}/", back.address))
    further = visit.results(visit.query, visit.page + 1)
    turn.append(_link("Next >", f"../{further.page}/", further.address))
    head = _h1(f"Page {visit.page} (Total results: {hits})")
    cards = [_card(visit, product) for product in products]
    body = _of("main", {"id": "results"}, *cards)
    return _page(f"{visit.query} - WebShop", instruction, _nav(visit, *turn), head, body)


def item_page(visit: Visit, instruction: str, product: Product, *, show_attrs: bool) -> Page:
    """A product with its options, further pages and the button that buys it."""
    chosen = dict(visit.options)
    groups = [
        _group(visit, name, values, chosen.get(name), list(product["options"]))
        for name, values in product["options"].items()
    ]
    details = [
        _link(name.capitalize(), f"{name}{visit.chosen}", visit.detail(name).address)
        for name in SUB_PAGES
        if name != "attributes" or show_attrs
    ]
    title = fit(product["Title"])
    facts = _of(
        "section",
        {"id": "product"},
        _h1(title),
        _p(f"Price: {fit(product['Price'])}"),
        _p(f"Rating: {fit(product['Rating'])}"),
        _of("nav", {"id": "details"}, *details),
        *([_of("form", {"id": "options"}, *groups)] if groups else []),
        _link("Buy Now", f"buy{visit.chosen}", visit.bought.address, id="buy"),
    )
    shown = _image(product, chosen, title)
    nav = _nav(visit, _link("< Prev", "../", visit.found.address))
    return _page(f"{title} - WebShop", instruction, nav, _of("main", {"id": "item"}, shown, facts))


def sub_page(visit: Visit, instruction: str, product: Product) -> Page:
    """One of a product's further pages."""
    nav = _nav(visit, _link("< Prev", f"./{visit.chosen}", visit.item.address))
    said: tuple[Element, ...]
    match visit.sub:
        case "description":
            said = (_p(fit(product["Description"])),)
        case "features":
            said = (_of("ul", {}, *(_of("li", {}, fit(each)) for each in _points(product))),)
        case "attributes":
            listed = (_of("li", {}, fit(each)) for each in product["Attributes"])
            kind = (product["category"], product["query"], product["product_category"])
            said = (_of("ul", {}, *listed), *(_p(fit(each)) for each in kind))
        case _:
            said = (_p("No reviews yet."),)
    main = _of("main", {"id": visit.sub}, _h1(visit.sub.capitalize()), *said)
    return _page(f"{visit.sub.capitalize()} - WebShop", instruction, nav, main)


def done_page(score: float | None) -> Page:
    """What a shopper sees after buying.

    score: from 0 to 1; None for somebody without a goal.
    """
    told = [] if score is None else [_p(f"Your score (min 0.0, max 1.0): {score}")]
    main = _of("main", {"id": "done"}, _h1("Thank you for shopping with us!"), *told)
    return _page("Thank you - WebShop", None, main)


def missing_page(visit: Visit) -> Page:
    """What is shown in place of a product that there is not."""
    main = _of("main", {"id": "missing"}, _h1("There is no such product"))
    return _page("WebShop", None, _nav(visit), main)


def _points(product: Product) -> Sequence[Any]:
    points = product["BulletPoints"]
    return [points] if isinstance(points, str) else points


def _card(visit: Visit, product: Product) -> Element:
    title, asin = fit(product["Title"]), str(product["asin"])
    item = visit.opened(asin)
    link = Element(
        "a",
        {"class": "product", "href": item.address.removeprefix(visit.address)},
        (_image(product, {}, ""), _of("h2", {}, title)),
        name=asin.lower(),
        to=item.address,
    )
    return _of("article", {}, link, _p(fit(asin)), _p(fit(product["Price"])))


def _group(
    visit: Visit, name: str, values: Iterable[str], chosen: str | None, names: list[str]
) -> Element:
    radios = []
    values = list(values)
    last = len(values) - 1 - values[::-1].index(chosen) if chosen in values else -1
    for index, value in enumerate(values):  # of two alike, a browser sets the last
        radio = Element(
            "input",
            {"type": "radio", "name": name, "value": value},
            name=value,
            to=visit.choosing(name, value).ordered(names).address,
            checked=index == last,
        )
        radios.append(_of("label", {}, radio, fit(value)))
    return _of("fieldset", {}, _of("legend", {}, fit(name)), *radios)


def _image(product: Product, chosen: Mapping[str, str], words: str) -> Element:
    label = {"aria-label": words} if words else {}
    colour = next((value for value in chosen.values() if tint(value)), "")
    return Element("span", {"role": "img", **label}, drawing=picture(product, colour))


def _nav(visit: Visit, *links: Element) -> Element:
    back = _link("Back to Search", visit.start.address, visit.start.address)
    return _of("nav", {"id": "ways"}, back, *links)


def _link(words: str, href: str, to: str, *, name: str = "", id: str = "") -> Element:  # noqa: A002
    attributes = {"id": id} if id else {}
    return Element("a", {**attributes, "href": href}, (words,), name=name or words.lower(), to=to)


def _page(title: str, instruction: str | None, *parts: Element) -> Page:
    told = []
    if instruction:
        told.append(_of("p", {"id": "instruction"}, f"Instruction: {fit(instruction)}"))
    return Page(fit(title)[:200], Element("body", {}, (*told, *parts)))


def _of(tag: str, attributes: Mapping[str, str], *children: Element | str) -> Element:
    return Element(tag, attributes, children)


def _h1(words: str) -> Element:
    return Element("h1", {}, (words,))


def _p(words: str) -> Element:
    return Element("p", {}, (words,))
