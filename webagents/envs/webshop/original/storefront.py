"""The storefront: what each search and click does to a session, and the page it leads to.

Source: princeton-nlp/WebShop, envs/web_agent_text_env.py, `SimServer`. Its order of tests is kept,
for clashing names depend on it (an option called "buy now", keywords that read like an address).
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from webagents.envs.webshop.original.links import page_of
from webagents.envs.webshop.original.page import Clickable, Page
from webagents.envs.webshop.original.pages import (
    SUB_PAGES,
    Product,
    done_page,
    item_page,
    results_page,
    search_page,
    sub_page,
)
from webagents.envs.webshop.original.sessions import Session
from webagents.envs.webshop.reward import Reward
from webagents.errors import ActionError, UserError, clipped

FOUND = 50  # results of one search

Search = Callable[[str], Iterable[Any]]
"""From a query to asins, or to (asin, score) pairs, best first."""
Score = Callable[[Product, Mapping[str, Any], float, Mapping[str, str]], Reward]
"""From product, goal, price and options to the reward; `reward.score` is one."""


def by_query(search: Any) -> Search:
    """A search that takes the query alone, of one that may want the number of results as well.

    search: a callable, or an object with a method `search`, such as a `SearchEngine`.

    Raises:
        UserError: it is neither.
    """
    find = getattr(search, "search", search)
    if not callable(find):
        raise UserError(f"search={clipped(search)} is no callable that takes a query")
    try:
        inspect.signature(find).bind("query")
    except TypeError:
        return lambda query: cast(Iterable[Any], find(query, FOUND))
    except ValueError:  # it has no signature to look at
        pass
    return cast(Search, find)


_SUB_PAGES = {name.lower(): name for name in SUB_PAGES}


class Storefront:
    """The shop's answers. It keeps nothing of a session itself.

    products: asin to product. prices: asin to dollars. attributes: whether items show theirs.
    rng: for ``search[<r>]``, which shows products by chance.
    """

    def __init__(
        self,
        products: Mapping[str, Product],
        *,
        search: Search,
        prices: Mapping[str, float],
        score: Score,
        base: str,
        attributes: bool,
        rng: random.Random,
    ) -> None:
        self._products = products
        self._search = search
        self._prices = prices
        self._score = score
        self._base = base
        self._attributes = attributes
        self._rng = rng

    def start(self, session: Session) -> Page:
        """The search page, all that was done forgotten."""
        session.start()
        return search_page(self._base, session.place, session.instruction)

    def search(self, session: Session, keywords: list[str], page: int = 1) -> Page:
        """The results for the keywords.

        Raises:
            ActionError: a special search that the original fails on. The session has moved on.
        """
        session.page, session.keywords = page, keywords
        session.count("search")
        session.asin, session.options = None, {}
        found = self._found(keywords)
        return results_page(self._base, session.place, session.instruction, found)

    def click(self, session: Session, shown: Page, name: str, what: Clickable) -> Page:
        """Where clicking `what`, called `name` in lower case, leads from the page shown.

        Buying sets the session's `done`, `reward` and `score`.

        Raises:
            ActionError: there is no such product, or the goal has no reward.
        """
        at = page_of(shown.url)
        if name == "buy now":
            return self._buy(session)
        if name == "back to search":
            return self.start(session)
        if at == "search_results" and name in {"next >", "< prev"}:
            turned = 1 if name == "next >" else -1
            return self.search(session, session.keywords or [], (session.page or 0) + turned)
        if at == "item_page" and name == "< prev":
            return self.search(session, session.keywords or [], session.page or 0)
        if name in _SUB_PAGES:
            return self._sub_page(session, _SUB_PAGES[name])
        return self._item(session, name, what)

    def _item(self, session: Session, name: str, what: Clickable) -> Page:
        if what.kind == "link":
            session.asin = name.upper()
            session.count("asin")
            session.asins.add(session.asin)
        elif what.kind == "option":
            session.options = {**session.options, what.option.lower(): name}
            session.count("options")
        product = self._product(session)
        return item_page(
            self._base, session.place, session.instruction, product, attributes=self._attributes
        )

    def _sub_page(self, session: Session, name: str) -> Page:
        product = self._product(session)
        session.count(name)
        return sub_page(self._base, session.place, session.instruction, product, name)

    def _buy(self, session: Session) -> Page:
        product = self._product(session)
        session.count("purchase")
        assert session.asin is not None
        try:
            price = self._prices[session.asin]
            score = self._score(product, session.goal, price, session.options)
        except (KeyError, ValueError) as why:
            raise ActionError(f"this purchase cannot be rewarded: {why}") from why
        session.done, session.reward, session.score = True, score.total, score
        return done_page(self._base, session.place, score.total)

    def _product(self, session: Session) -> Product:
        """The product that the session is at."""
        product = None if session.asin is None else self._products.get(session.asin)
        if product is None:
            raise ActionError(
                f"there is no product {clipped(session.asin)}: "
                "the original looks a product up by its asin in upper case"
            )
        return product

    def _found(self, keywords: Sequence[str]) -> Sequence[Product]:
        """The products for the keywords; the first one may ask for a special search."""
        first, *rest = keywords or [""]
        match first:
            case "<r>":
                products = list(self._products.values())
                if len(products) < FOUND:
                    raise ActionError(
                        f"search[<r>] draws {FOUND} products; there are only {len(products)}"
                    )
                return self._rng.sample(products, FOUND)
            case "<a>":
                raise ActionError("search[<a> …] works on the original's site alone, not here")
            case "<c>":
                if not rest:
                    raise ActionError("search[<c> …] needs the name of a category")
                return self._all("category", rest[0].strip())
            case "<q>":
                return self._all("query", " ".join(rest).strip())
        hits = (hit if isinstance(hit, str) else hit[0] for hit in self._search(" ".join(keywords)))
        return [self._products[asin] for asin in hits if asin in self._products][:FOUND]

    def _all(self, key: str, value: str) -> Sequence[Product]:
        """The products whose `key` is `value`, in the shop's order."""
        return [product for product in self._products.values() if product[key] == value]
