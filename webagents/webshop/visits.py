"""Where a shopper is: what an address of the shop says, and the address that says it.

The site keeps no sessions. An address holds everything: ``/17/q=red%20shoes/2/B0ABC/?color=red`` is
the product B0ABC, reached from the second page of results for "red shoes", with one option chosen,
in session 17, whose shopper has goal number 17.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from webagents.webshop import ORIGIN, SUB_PAGES

Kind = Literal["index", "results", "item", "sub", "done"]

FREE = "free"
"""The session of somebody who only looks round: no goal, no reward."""

MOST_CHARACTERS = 8_000
"""Of a query; more would not fit into an address."""

_PATH = "!'()*~-._"
"""What stays as it is in a path: what JavaScript's `encodeURIComponent` leaves."""


class Visit(NamedTuple):
    """One page of the shop in one session.

    session: the number of the shopper's goal, or `FREE`.
    query: what was searched for.
    page: which page of the results, from 1.
    options: the names and values of the options chosen.
    sub: of a product's further pages, which: one of `webagents.webshop.SUB_PAGES`.
    """

    session: str
    kind: Kind = "index"
    query: str = ""
    page: int = 1
    asin: str = ""
    options: tuple[tuple[str, str], ...] = ()
    sub: str = ""

    @property
    def goal(self) -> int | None:
        """The number of the goal; None for nobody's."""
        return int(self.session) if self.session != FREE else None

    @property
    def start(self) -> Visit:
        """The page with the search field."""
        return Visit(self.session)

    def results(self, query: str, page: int = 1) -> Visit:
        """A page of results; a query of more than `MOST_CHARACTERS` is cut."""
        return Visit(self.session, "results", query[:MOST_CHARACTERS], page)

    @property
    def found(self) -> Visit:
        """The page of results that a product was opened from."""
        return self.results(self.query, self.page)

    def opened(self, asin: str) -> Visit:
        """A product's page, nothing chosen yet."""
        return self._replace(kind="item", asin=asin, options=(), sub="")

    @property
    def item(self) -> Visit:
        """The product's page, with the options chosen so far."""
        return self._replace(kind="item", sub="")

    def choosing(self, name: str, value: str) -> Visit:
        """The same page with an option chosen."""
        return self._replace(options=tuple({**dict(self.options), name: value}.items()))

    def ordered(self, names: Iterable[str]) -> Visit:
        """The same page, its options in the order of `names`, others last."""
        chosen = dict(self.options)
        order = dict.fromkeys((*(name for name in names if name in chosen), *chosen))
        return self._replace(options=tuple((name, chosen[name]) for name in order))

    def detail(self, sub: str) -> Visit:
        """One of the product's further pages."""
        return self._replace(kind="sub", sub=sub)

    @property
    def bought(self) -> Visit:
        """The page after buying the product."""
        return self._replace(kind="done", sub="")

    @property
    def address(self) -> str:
        """Its path and query on the site."""
        if self.kind == "index":
            return f"/{self.session}"
        at = f"/{self.session}/q={_path(self.query)}/{self.page}/"
        if self.kind == "results":
            return at
        leaf = {"item": "", "sub": self.sub, "done": "buy"}[self.kind]
        return f"{at}{_path(self.asin)}/{leaf}{self.chosen}"

    @property
    def url(self) -> str:
        """Its whole address, as a browser shows it."""
        return ORIGIN + self.address

    @property
    def chosen(self) -> str:
        """The options as the query of an address, as browsers send forms."""
        pairs = (f"{_form(name)}={_form(value)}" for name, value in self.options)
        return "?" + "&".join(pairs) if self.options else ""


@lru_cache(4096)
def _path(text: str) -> str:
    return quote(text, safe=_PATH, errors="replace")


@lru_cache(4096)
def _form(text: str) -> str:
    return quote(text, safe="*-._ ", errors="replace").replace("~", "%7E").replace(" ", "+")


def visit_at(path: str, query: str) -> Visit | None:
    """What the path and query of an address say; None where they name no page of a shop."""
    session, *rest = path.removeprefix("/").split("/")
    if session != FREE and not (session.isascii() and session.isdecimal() and len(session) < 10):
        return None
    if rest in ([], [""]):
        return Visit(session)
    if len(rest) < 3 or not rest[0].startswith("q=") or not rest[1].isascii():
        return None
    if not rest[1].isdecimal() or len(rest[1]) > 6:
        return None
    results = Visit(session, "results", unquote(rest[0][2:])[:MOST_CHARACTERS], int(rest[1]))
    if rest[2:] == [""]:
        return results
    if len(rest) != 4:
        return None
    options = tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=200))
    item = results._replace(kind="item", asin=unquote(rest[2]), options=options)
    if rest[3] == "buy":
        return item.bought
    if rest[3] in SUB_PAGES:
        return item.detail(rest[3])
    return item if rest[3] == "" else None
