"""The words of the made-up shop, read from the content folder's ``vocabulary``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from webagents.resources import content

CATEGORIES = ("beauty", "electronics", "garden", "fashion", "grocery")
PLURAL_VERBS = {"is": "are", "has": "have", "does": "do", "comes": "come"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute and the ways to say it.

    name: as the catalogue lists it.
    kind: the section of attributes.toml it stands in.
    before: words that stand before a noun.
    after: phrases that stand behind a singular noun; `after_many` behind a plural one.
    clauses: what follows "it" or "that", in the singular ("is easy to clean").
    """

    name: str
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    after_many: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Values a customer chooses of (see options.toml); `ordered` ones come in stretches."""

    values: tuple[str, ...]
    packs: tuple[int, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductType:
    """A kind of product (see the head of beauty.toml for the fields)."""

    name: str
    category: str
    query: str
    path: str
    shape: str
    nouns: tuple[str, ...]
    number: str
    price: tuple[float, float]
    attributes: tuple[Attribute, ...]
    features: tuple[str, ...]
    uses: tuple[str, ...]
    options: Mapping[str, Pool]
    brands: tuple[str, ...]
    benefits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """The sentence templates of wordings.toml and how options are said, of options.toml."""

    titles: tuple[str, ...]
    lines: tuple[str, ...]
    bullets: tuple[str, ...]
    fillers: tuple[str, ...]
    descriptions: tuple[str, ...]
    sentences: tuple[str, ...]
    closings: tuple[str, ...]
    leads: tuple[str, ...]
    wishes: tuple[str, ...]
    slips: tuple[tuple[str, tuple[str, ...]], ...]
    said: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All words of the made-up shop."""

    types: tuple[ProductType, ...]
    wordings: Wordings
    rivals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Attribute name to those that a product with it cannot have."""


@cache
def vocabulary() -> Vocabulary:
    """The bundled vocabulary, read once.

    Raises:
        KeyError: a type names an attribute or pool that no file explains.
    """
    listed = _table("attributes")
    attributes = {
        name: _attribute(name, kind, said)
        for kind, names in listed.items()
        if kind != "conflicts"
        for name, said in names.items()
    }
    rivals: dict[str, frozenset[str]] = {}
    for names in listed["conflicts"]["sets"]:
        for name in names:
            rivals[name] = rivals.get(name, frozenset()) | (frozenset(names) - {name})
    options = _table("options")
    pools = {name: _pool(values) for name, values in options["pools"].items()}
    words = _table("wordings")
    types = [
        _product_type(name, category, table, read, attributes, pools, words["benefits"][category])
        for category in CATEGORIES
        for read in [_table(category)]
        for name, table in read["types"].items()
    ]
    return Vocabulary(types=tuple(types), wordings=_wordings(words, options["said"]), rivals=rivals)


def plural(clause: str) -> str:
    """The clause for several things: "are gluten free" of "is gluten free"."""
    verb, _, rest = clause.partition(" ")
    return f"{PLURAL_VERBS.get(verb, verb)} {rest}"


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(
        content("envs", "webshop", "vocabulary", f"{name}.toml").read_text(encoding="utf-8")
    )


def _attribute(name: str, kind: str, said: Any) -> Attribute:
    after: list[str] = []
    before = [name]
    match kind:
        case "free":
            if name.endswith(" free"):
                before.append(name.replace(" free", "-free"))
            elif not name.startswith(("no ", "non ", "zero ")):
                before = [f"{said} free"]
            after = [f"without {said}", f"with no {said}"]
            clauses = [f"does not contain {said}", f"has no {said}", f"is free of {said}"]
        case "easy":
            before = [f"easy to {said}", name]
            clauses = [f"is easy to {said}", f"is not hard to {said}"]
        case "made":
            after = [f"made of {said}", f"made from {said}"]
            clauses = [f"is made of {said}", f"is made with {said}"]
        case "with":
            after = [f"with {said}", f"with {said}"]
            clauses = [f"has {said}", f"comes with {said}"]
        case "for":
            after = [f"for {said}", f"for {said}"]
            clauses = [f"is good for {said}", f"is meant for {said}"]
        case "is":
            before = [said[0], *(word for word in said[1:] if "-" in word)]
            clauses = [f"is {word}" for word in said[1:] or said]
        case "does":
            before, clauses = said[:1], said[1:]
        case _:
            raise KeyError(f"no kind of attribute {kind!r} in attributes.toml")
    return Attribute(
        name=name,
        kind=kind,
        before=tuple(before),
        after=(*after, *(f"that {clause}" for clause in clauses)),
        after_many=(*after, *(f"that {plural(clause)}" for clause in clauses)),
        clauses=tuple(clauses),
    )


def _pool(values: Any) -> Pool:
    if isinstance(values, list):
        return Pool(values=tuple(values), ordered=True)
    if "in" in values:
        return Pool(values=tuple(values["in"]), packs=tuple(values["packs"]))
    ordered = "run" in values
    return Pool(values=tuple(values["run" if ordered else "any"]), ordered=ordered)


def _product_type(
    name: str,
    category: str,
    table: Mapping[str, Any],
    file: Mapping[str, Any],
    attributes: Mapping[str, Attribute],
    pools: Mapping[str, Pool],
    benefits: Iterable[str],
) -> ProductType:
    low, high = table["price"]
    return ProductType(
        name=name,
        category=category,
        query=table["query"],
        path=table["path"],
        shape=table["shape"],
        nouns=tuple(table["nouns"]),
        number=table.get("number", "one"),
        price=(float(low), float(high)),
        attributes=tuple(attributes[each] for each in table["attributes"]),
        features=tuple(table["features"]),
        uses=tuple(table["uses"]),
        options={
            group: pools[pool] if isinstance(pool, str) else _pool(pool)
            for group, pool in table["options"].items()
        },
        brands=tuple(start + end for start in file["starts"] for end in file["ends"]),
        benefits=tuple(benefits),
    )


def _wordings(words: Mapping[str, Any], said: Mapping[str, Any]) -> Wordings:
    told = words["instructions"]
    return Wordings(
        titles=tuple(words["titles"]),
        lines=tuple(words["lines"]),
        bullets=tuple(words["bullets"]),
        fillers=tuple(words["fillers"]),
        descriptions=tuple(words["descriptions"]),
        sentences=tuple(words["sentences"]),
        closings=tuple(words["closings"]),
        leads=tuple(told["leads"]),
        wishes=tuple(told["wishes"]),
        slips=tuple((word, tuple(slips)) for word, slips in told["slips"].items()),
        said={
            group: {place: tuple(forms) for place, forms in places.items()}
            for group, places in said.items()
        },
    )
