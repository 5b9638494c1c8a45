"""Where a shopper is: what an address of the shop says, and the address that says it.

The site keeps no sessions. An address holds everything: ``/17/q=red%20shoes/2/B0ABC/?color=red`` is
the product B0ABC, reached from the second page of results for "red shoes", with one option chosen,
in session 17, whose shopper has goal number 17.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

Kind = Literal["index", "results", "item", "sub", "done"]

SUB_PAGES = ("description", "features", "reviews", "attributes")
"""A product's further pages, in the order of their buttons."""

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
    sub: of a product's further pages, which: one of `SUB_PAGES`.
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

    def choosing(self, name: str, value: str, names: list[str]) -> Visit:
        """The same page with an option chosen, the names in the order of the product's."""
        chosen = {**dict(self.options), name: value}
        return self._replace(options=tuple((n, chosen[n]) for n in names if n in chosen))

    @property
    def address(self) -> str:
        """Its path and query on the site."""
        if self.kind == "index":
            return f"/{self.session}"
        at = f"/{self.session}/q={_path(self.query)}/{self.page}/"
        if self.kind == "results":
            return at
        return f"{at}{_path(self.asin)}/{self.leaf}"

    @property
    def leaf(self) -> str:
        """The address as seen from the product's page."""
        named = {"item": "", "sub": self.sub, "done": "buy"}[self.kind]
        return f"{named}{self.chosen}"

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
        return item._replace(kind="done")
    if rest[3] in SUB_PAGES:
        return item._replace(kind="sub", sub=rest[3])
    return item if rest[3] == "" else None
