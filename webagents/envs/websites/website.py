"""What a website is, whatever it is about: addresses, pages, forms, and what visitors are asked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from webagents.envs.webshop.inventing.dice import Dice
from webagents.resources import content
from webagents.types import NOTHING

Item = TypeVar("Item")

MOST_CHARACTERS = 400
"""Of one text that a visitor leaves; with `MOST_LEFT` of `keeping` it fits into a cookie."""

Left = Mapping[str, Any]
"""What a visitor has left on a site so far, by its kind, as JSON has it: ``{"tours": [...]}``."""


class Address(NamedTuple):
    """Where on a site: a path and the values of a query, several of one name where it repeats."""

    path: str
    query: Mapping[str, tuple[str, ...]] = NOTHING

    @classmethod
    def of(cls, url: str) -> Address:
        """The address that a URL, or its path and query, says."""
        parts = urlsplit(url)
        return cls.parsed(parts.path, parts.query)

    @classmethod
    def parsed(cls, path: str, query: str) -> Address:
        """The address of a path and a query as they are sent; empty values count as none."""
        values = parse_qs(query, max_num_fields=100)
        kept = {name: tuple(v for v in each if v.strip()) for name, each in values.items()}
        return cls(unquote(path), MappingProxyType({n: each for n, each in kept.items() if each}))

    def first(self, name: str, otherwise: str = "") -> str:
        """The first value of a name, white space folded."""
        return " ".join(self.query.get(name, (otherwise,))[0].split())

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a name."""
        return self.query.get(name, ())

    @property
    def page(self) -> int:
        """Which page of a list, from 1."""
        number = self.first("page", "1")
        return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1

    def having(self, **values: str | int | tuple[str, ...] | None) -> str:
        """The address as text, with some values put in place of its own; None and "" take away."""
        query: dict[str, Any] = dict(self.query)
        for name, value in values.items():
            query[name] = value if isinstance(value, tuple) else (str(value or ""),)
        pairs = [(name, value) for name, each in query.items() for value in each if value]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def sheet(items: Sequence[Item], size: int, address: Address) -> dict[str, Any]:
    """The part of a list that an address shows, as templates have it.

    size: how much a page holds.
    """
    pages = max(1, -(-len(items) // size))
    page = min(address.page, pages)
    shown = items[size * (page - 1) : size * page]
    return {"shown": shown, "total": len(items), "page": page, "pages": pages}


class Page(NamedTuple):
    """A page: the template that shows it, and what it is filled in with."""

    template: str
    values: Mapping[str, Any]


class Answer(NamedTuple):
    """What a form that was sent comes to: what is left on the site now, and where to go."""

    left: Left
    to: str


class Goal(Protocol):
    """What a visitor is asked for."""

    def met(self, address: Address, left: Left) -> dict[str, bool]:
        """Which of the required attributes hold, each by its name, where a visitor is.

        What was done beyond the request is an attribute that does not hold.
        """
        ...


class Request(NamedTuple):
    """An instruction, and what it asks for.

    kind: the table of ``requests.toml`` that it was made from.
    fields: the values in the instruction, by their names in lower case.
    """

    kind: str
    instruction: str
    fields: Mapping[str, str]
    goal: Goal


class Website(Protocol):
    """A website: one made-up world and its pages."""

    name: str
    """Its folder in ``envs/sites/``."""

    def page(self, address: Address, left: Left) -> Page | None:
        """The page of an address, None where there is none."""
        ...

    def sent(self, address: Address, form: Mapping[str, str], left: Left) -> Answer | None:
        """What a form comes to that was sent to an address, None where none is taken."""
        ...

    def request(self, dice: Dice) -> Request:
        """Something to ask of a visitor."""
        ...


def folder() -> Path:
    """Where the sites' words and templates lie."""
    return content("envs", "sites")


@cache
def words(site: str, file: str = "vocabulary") -> Mapping[str, Any]:
    """A table of a site's words: its ``vocabulary.toml`` or another file."""
    path = folder() / site / f"{file}.toml"
    return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))


def folded(text: str) -> str:
    """A text in small letters, white space folded, as searches and judgements compare texts."""
    return " ".join(text.lower().split())


def slug(text: str) -> str:
    """A name as addresses write it: ``marlow-bay-ca``."""
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
