"""The shop's pages: the search page, results, items with their sub pages, and the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webagents.envs.webshop.original.layouts import layout
from webagents.envs.webshop.original.links import Place, address, script_json
from webagents.envs.webshop.original.page import Page, Part

Product = Mapping[str, Any]

PER_PAGE = 10
SUB_PAGES = ("Description", "Features", "Reviews", "Attributes")

_NOTHING: Mapping[str, Any] = {}


def search_page(base: str, place: Place, instruction: str) -> Page:
    """The page that a session starts on."""
    parts = [(layout("search")["top"], {"instruction": instruction})]
    return Page(place, address(base, "search", place), parts)


def results_page(base: str, place: Place, instruction: str, found: Sequence[Product]) -> Page:
    """The page of the results that `place` names. found: all results, best first."""
    page = place.page
    assert page is not None
    results = layout("results")
    heading = f"Page {page} (Total results: {len(found)})"
    parts: list[Part] = [_top(instruction), (results["top"], {"heading": heading})]
    if page > 1:
        parts.append((results["previous"], _NOTHING))
    parts.append((results["next"], _NOTHING))
    entry = results["entry"]
    parts += [(entry, product) for product in found[(page - 1) * PER_PAGE : page * PER_PAGE]]
    parts.append((results["end"], _NOTHING))
    return Page(place, address(base, "results", place), parts)


def item_page(
    base: str, place: Place, instruction: str, product: Product, *, attributes: bool
) -> Page:
    """A product's page. attributes: whether it has the button to its attributes."""
    item = layout("item")
    parts: list[Part] = [_top(instruction), (item["top"], product)]
    for name, values in product["options"].items():
        parts.append((item["option"], {"name": name}))
        parts += [
            (item["value"], {"name": name, "value": value, "index": index})
            for index, value in enumerate(values)
        ]
        parts.append((item["values_end"], _NOTHING))
    parts.append((item["details"], product))
    if attributes:
        parts.append((item["attributes"], _NOTHING))
    parts.append((item["buy"], product))
    return Page(place, address(base, "item", place), parts)


def sub_page(base: str, place: Place, instruction: str, product: Product, name: str) -> Page:
    """One of a product's `SUB_PAGES`."""
    sections = layout(name.lower())
    parts: list[Part] = [_top(instruction), (layout("above")["top"], _NOTHING)]
    parts.append((sections["top"], product))
    match name:
        case "Features":
            parts += [(sections["entry"], {"text": text}) for text in product["BulletPoints"]]
        case "Attributes":
            parts += [(sections["entry"], {"text": text}) for text in product["Attributes"]]
        case "Reviews":
            for review in product.get("Reviews") or ():
                parts += _review(review)
    if name != "Description":
        parts.append((sections["end"], product))
    return Page(place, address(base, "sub", place, name), parts)


def done_page(base: str, place: Place, reward: float) -> Page:
    """The page that thanks for a purchase."""
    values = {"asin": place.asin, "options": script_json(dict(place.options)), "reward": reward}
    return Page(place, address(base, "done", place), [(layout("done")["top"], values)])


def _top(instruction: str) -> Part:
    return layout("top")["top"], {"instruction": instruction}


def _review(review: Mapping[str, Any]) -> list[Part]:
    """A review's parts; its stars are shown by number as well as drawn, five in all."""
    sections = layout("reviews")
    try:
        stars = int(review.get("score", 0))
    except (TypeError, ValueError):
        stars = 0
    return [
        (sections["entry"], review),
        *[(sections["full"], _NOTHING)] * stars,
        (sections["stars"], _NOTHING),
        *[(sections["empty"], _NOTHING)] * (5 - stars),
        (sections["body"], review),
    ]
