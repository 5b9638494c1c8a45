"""Follows a shopper through the states of a trajectory, which tell pages without addresses."""

from __future__ import annotations

from webagents.data.importing.webshop.pages import (
    done_html,
    index_html,
    item_html,
    results_html,
    sub_html,
)
from webagents.data.importing.webshop.states import Seen
from webagents.types import Observation
from webagents.webshop import BACK, BUY, NEXT, PREVIOUS, SUB_PAGES
from webagents.webshop.visits import Visit


def met(visit: Visit, page: Seen) -> Visit:
    """Where the shopper is who sees a page, the actions having led to `visit`."""
    match page.kind:
        case "index":
            return visit.start
        case "results":
            return visit.results(visit.query, page.page)
        case "item":
            assert page.ware is not None
            return visit.item.ordered(list(page.ware.options))
        case "sub":
            return visit.detail(visit.sub or "description")
        case _:
            return visit.bought


def after(visit: Visit, page: Seen, action: str) -> Visit:
    """Where an action leads; a clash of names goes the way the original's does."""
    name, _, rest = action.partition("[")
    value = rest.removesuffix("]")
    if name == "search":
        return visit.results(value)
    groups = dict(page.ware.options) if page.ware is not None else {}
    asins = {card.asin.lower() for card in page.cards}
    match value:
        case _ if value == BUY:
            return visit.bought
        case _ if value == BACK:
            return visit.start
        case _ if value == NEXT:
            return visit.results(visit.query, visit.page + 1)
        case _ if value == PREVIOUS and page.kind == "results":
            return visit.results(visit.query, visit.page - 1)
        case _ if value == PREVIOUS:
            return visit.found if page.kind == "item" else visit.item
        case _ if value in SUB_PAGES:
            return visit.detail(value)
        case _ if value in asins:
            return visit.opened(value.upper())
    offered = ((name, each) for name in reversed(groups) for each in groups[name])
    choice = next(((name, each) for name, each in offered if each.lower() == value), None)
    return visit if choice is None else visit.choosing(*choice)


def observation(visit: Visit, page: Seen, instruction: str) -> Observation:
    """What the shopper saw: the page that a state tells, as our shop shows it."""
    match page.kind:
        case "index":
            html = index_html(instruction)
        case "results":
            html = results_html(visit, instruction, page.cards, page.total)
        case "item":
            assert page.ware is not None
            html = item_html(visit, instruction, page.ware)
        case "sub":
            html = sub_html(visit, instruction, page.texts)
        case _:
            html = done_html(page.score)
    return Observation(instruction=instruction, html=html, url=visit.url)
