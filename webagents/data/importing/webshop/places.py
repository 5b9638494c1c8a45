"""Where a shopper is, and the places that the shop's buttons, links and options lead to.

The addresses are those of our shop's own site (``webagents.envs.webshop.site.visits``).
"""

from __future__ import annotations

from typing import Literal, NamedTuple
from urllib.parse import quote

Kind = Literal["index", "results", "item", "sub", "done"]

TASK = "webshop-text"
"""The task's id in the catalogue."""

ORIGIN = "http://webshop.test"
NOBODY = "free"
"""The session of somebody whose goal's number is not known."""

BACK, PREVIOUS, NEXT, BUY = "back to search", "< prev", "next >", "buy now"
"""What buttons are clicked by."""

SUB_PAGES = ("description", "features", "reviews", "attributes")
"""A product's further pages, in the order of their buttons."""

_PATH = "!'()*~-._"


class Place(NamedTuple):
    """One page of the shop.

    session: the number of the shopper's goal, or `NOBODY`.
    query: what was searched for.
    page: which page of the results, from 1.
    options: the names and values of the options chosen.
    sub: of a product's further pages, which: one of `SUB_PAGES`.
    """

    session: str = NOBODY
    kind: Kind = "index"
    query: str = ""
    page: int = 1
    asin: str = ""
    options: tuple[tuple[str, str], ...] = ()
    sub: str = ""

    @property
    def start(self) -> Place:
        """The page with the search field."""
        return Place(self.session)

    def results(self, query: str, page: int = 1) -> Place:
        """A page of results."""
        return Place(self.session, "results", query, page)

    @property
    def found(self) -> Place:
        """The page of results that a product was opened from."""
        return self.results(self.query, self.page)

    def opened(self, asin: str) -> Place:
        """A product's page, nothing chosen yet."""
        return self._replace(kind="item", asin=asin.upper(), options=(), sub="")

    @property
    def item(self) -> Place:
        """The product's page, with the options chosen so far."""
        return self._replace(kind="item", sub="")

    def choosing(self, name: str, value: str) -> Place:
        """The same page with an option chosen."""
        chosen = {**dict(self.options), name: value}
        return self._replace(options=tuple(chosen.items()))

    def detail(self, sub: str) -> Place:
        """One of the product's further pages."""
        return self._replace(kind="sub", sub=sub)

    @property
    def bought(self) -> Place:
        """The page after buying the product."""
        return self._replace(kind="done", sub="")

    def ordered(self, names: list[str]) -> Place:
        """The same page, the options in the order of `names`."""
        chosen = dict(self.options)
        order = [*(name for name in names if name in chosen), *chosen]
        return self._replace(options=tuple({name: chosen[name] for name in order}.items()))

    @property
    def chosen(self) -> str:
        """The options as the query of an address, as browsers send forms."""
        pairs = (f"{_form(name)}={_form(value)}" for name, value in self.options)
        return "?" + "&".join(pairs) if self.options else ""

    @property
    def url(self) -> str:
        """Its whole address."""
        if self.kind == "index":
            return f"{ORIGIN}/{self.session}"
        at = f"{ORIGIN}/{self.session}/q={_path(self.query)}/{self.page}/"
        if self.kind == "results":
            return at
        leaf = {"item": "", "sub": self.sub, "done": "buy"}[self.kind]
        return f"{at}{_path(self.asin)}/{leaf}{self.chosen}"


def _path(text: str) -> str:
    return quote(text, safe=_PATH, errors="replace")


def _form(text: str) -> str:
    return quote(text, safe="*-._ ", errors="replace").replace("~", "%7E").replace(" ", "+")
