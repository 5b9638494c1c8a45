"""Follows a shopper through the states of a trajectory, which tell pages without addresses."""

from __future__ import annotations

from webagents.data.importing.webshop.pages import (
    done_html,
    index_html,
    item_html,
    results_html,
    sub_html,
)
from webagents.data.importing.webshop.places import BACK, BUY, NEXT, PREVIOUS, SUB_PAGES, Place
from webagents.data.importing.webshop.states import Seen
from webagents.types import Observation


def met(place: Place, page: Seen) -> Place:
    """The place that a page shows, where the actions had led to `place`."""
    match page.kind:
        case "index":
            return place.start
        case "results":
            return place.results(place.query, page.page)
        case "item":
            assert page.ware is not None
            return place.item.ordered(list(page.ware.options))
        case "sub":
            return place.detail(place.sub or "description")
        case _:
            return place.bought


def after(place: Place, page: Seen, action: str) -> Place:
    """Where an action leads; a clash of names goes the way the original's does."""
    name, _, rest = action.partition("[")
    value = rest.removesuffix("]")
    if name == "search":
        return place.results(value)
    groups = dict(page.ware.options) if page.ware is not None else {}
    asins = {card.asin.lower() for card in page.cards}
    match value:
        case _ if value == BUY:
            return place.bought
        case _ if value == BACK:
            return place.start
        case _ if value == NEXT:
            return place.results(place.query, place.page + 1)
        case _ if value == PREVIOUS and page.kind == "results":
            return place.results(place.query, place.page - 1)
        case _ if value == PREVIOUS:
            return place.found if page.kind == "item" else place.item
        case _ if value in SUB_PAGES:
            return place.detail(value)
        case _ if value in asins:
            return place.opened(value)
    offered = ((name, each) for name in reversed(groups) for each in groups[name])
    choice = next(((name, each) for name, each in offered if each.lower() == value), None)
    return place if choice is None else place.choosing(*choice)


def observation(place: Place, page: Seen, instruction: str) -> Observation:
    """What the shopper saw: the page that a state tells, as our shop shows it."""
    match page.kind:
        case "index":
            html = index_html(instruction)
        case "results":
            html = results_html(place, instruction, page.cards, page.total)
        case "item":
            assert page.ware is not None
            html = item_html(place, instruction, page.ware)
        case "sub":
            html = sub_html(place, instruction, page.texts)
        case _:
            html = done_html(page.score)
    return Observation(instruction=instruction, html=html, url=place.url)
