"""The shop behind the site: from a visit to its page, and what a purchase is worth."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache

from webagents.envs.webshop.reward import Reward, score
from webagents.envs.webshop.shop import Shop
from webagents.envs.webshop.site import pages
from webagents.envs.webshop.site.pages import RESULTS_A_PAGE, Page, Product
from webagents.webshop.visits import Visit

_SEARCHES_KEPT = 256
_PAGES_KEPT = 512


class Shopping:
    """A shop's pages, each a function of where a shopper is. Threads may share it."""

    def __init__(self, shop: Shop, *, show_attrs: bool = False) -> None:
        self.shop = shop
        self.show_attrs = show_attrs
        self._found = lru_cache(_SEARCHES_KEPT)(self._search)
        self.page = lru_cache(_PAGES_KEPT)(self._page)
        """The page that a shopper sees at a visit."""

    def knows(self, visit: Visit) -> bool:
        """Whether there is such a session: a free one, or one with a goal that there is."""
        return visit.goal is None or visit.goal < len(self.shop.goals)

    def instruction(self, visit: Visit) -> str:
        """What the shopper is to buy, in words; "" for one without a goal."""
        return "" if visit.goal is None else str(self.shop.goals[visit.goal]["instruction_text"])

    def _page(self, visit: Visit) -> Page:
        told = self.instruction(visit)
        if visit.kind == "index":
            return pages.index_page(visit, told)
        if visit.kind == "results":
            found = self.found(visit)
            first = (visit.page - 1) * RESULTS_A_PAGE
            shown = [self.shop.products[a] for a in found[first : first + RESULTS_A_PAGE]]
            return pages.results_page(visit, told, len(found), shown)
        product = self.product(visit)
        if product is None:
            return pages.missing_page(visit)
        visit = offered(visit, product)
        if visit.kind == "item":
            return pages.item_page(visit, told, product, show_attrs=self.show_attrs)
        if visit.kind == "sub":
            return pages.sub_page(visit, told, product)
        worth = self.worth(visit)
        return pages.done_page(None if worth is None else worth.total)

    def found(self, visit: Visit) -> Sequence[str]:
        """The asins of all results of the visit's query, best first."""
        return self._found(visit.query)

    def product(self, visit: Visit) -> Product | None:
        """The product of a visit, None where there is none."""
        return self.shop.products.get(visit.asin)

    def worth(self, visit: Visit) -> Reward | None:
        """What buying the visit's product is worth; None without a goal or a product."""
        product = self.product(visit)
        if visit.goal is None or product is None:
            return None
        chosen = dict(offered(visit, product).options)
        price = self.shop.prices[visit.asin]
        return score(product, self.shop.goals[visit.goal], price, chosen)

    def any_goal(self) -> Visit:
        """The first page of somebody who asks for something to buy."""
        return Visit(str(random.randrange(len(self.shop.goals))))

    def _search(self, query: str) -> tuple[str, ...]:
        return tuple(asin for asin, _ in self.shop.search(query))


def offered(visit: Visit, product: Product) -> Visit:
    """The visit with those of its options that the product has, in the product's order."""
    chosen = dict(visit.options)
    kept = tuple((n, chosen[n]) for n, vs in product["options"].items() if chosen.get(n) in vs)
    return visit if kept == visit.options else visit._replace(options=kept)
