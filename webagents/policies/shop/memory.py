"""What a shopper has seen in an episode so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from webagents.policies.shop.pages import Card, Page, Place, page_of, place_of
from webagents.types import Episode


@dataclass(slots=True)
class Found:
    """What was seen of one product.

    card: as it stood among the results, on page `at` of them, the `rank`-th of all from 0.
    item: its own page; None as long as it was not opened.
    details: the texts of its further pages, by their names.
    """

    card: Card
    at: Place
    rank: int
    item: Page | None = None
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Memory:
    """What was seen.

    products: by asin, in the order they came up.
    listed: the pages of results that were seen, and how many results the query had.
    page, place: where the shopper is.
    """

    products: dict[str, Found]
    listed: dict[tuple[str, int], int]
    page: Page
    place: Place


def recall(episode: Episode) -> Memory:
    """What was seen in an episode up to now."""
    seen = [step.observation for step in episode.steps] + [episode.observation]
    now = seen[-1]
    memory = Memory({}, {}, page_of(now), place_of(now))
    for observation in seen:
        page, place = page_of(observation), place_of(observation)
        if page.kind == "results":
            memory.listed[place.query, place.number] = page.total
            for row, card in enumerate(page.cards):
                rank = 10 * (place.number - 1) + row
                memory.products.setdefault(card.asin, Found(card, place, rank))
        elif place.asin and page.kind in ("item", "sub"):
            card = Card(place.asin, page.title, page.prices, "")
            found = memory.products.setdefault(place.asin, Found(card, place, 99))
            if page.kind == "item":
                found.item = page
            else:
                found.details[page.name] = page.text
    return memory
