"""What a shopper has seen in an episode so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from webagents.policies.shop.pages import Card, Page, page_of, visit_of
from webagents.types import Episode
from webagents.webshop.visits import Visit


@dataclass(slots=True)
class Found:
    """What was seen of one product.

    card: as it stood among the results, on page `at` of them, the `rank`-th of all from 0.
    item: its own page; None as long as it was not opened.
    details: the texts of its further pages, by their names.
    """

    card: Card
    at: Visit
    rank: int
    item: Page | None = None
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Memory:
    """What was seen.

    products: by asin, in the order they came up.
    listed: the pages of results that were seen, and how many results the query had.
    page, visit: where the shopper is.
    """

    products: dict[str, Found]
    listed: dict[tuple[str, int], int]
    page: Page
    visit: Visit


def recall(episode: Episode) -> Memory:
    """What was seen in an episode up to now."""
    seen = [step.observation for step in episode.steps] + [episode.observation]
    now = seen[-1]
    memory = Memory({}, {}, page_of(now), visit_of(now))
    for observation in seen:
        page, visit = page_of(observation), visit_of(observation)
        if page.kind == "results":
            memory.listed[visit.query, visit.page] = page.total
            for row, card in enumerate(page.cards):
                rank = 10 * (visit.page - 1) + row
                memory.products.setdefault(card.asin, Found(card, visit, rank))
        elif visit.asin and page.kind in ("item", "sub"):
            card = Card(visit.asin, page.title, page.prices, "")
            found = memory.products.setdefault(visit.asin, Found(card, visit, 99))
            if page.kind == "item":
                found.item = page
            else:
                found.details[page.name] = page.text
    return memory
