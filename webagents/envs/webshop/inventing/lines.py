"""Product lines: what the near-duplicates of one maker have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.webshop.inventing.vocabulary import Attribute, ProductType

Rivals = Mapping[str, frozenset[str]]
"""Attribute name to those that a product with it cannot have."""
LARGEST_LINE = 4
"""Products in the largest line; the smallest has one."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One maker's products of a type, which differ in attributes, options and price.

    noun, also: two different words for the product.
    core: attributes that all of them have.
    price: dollars, around which theirs lie.
    left: products of the line still to come.
    """

    type: ProductType
    brand: str
    title: str
    noun: str
    also: str
    core: list[Attribute]
    price: float
    left: int


def start_line(kind: ProductType, lines: Sequence[str], rivals: Rivals, dice: Dice) -> Line:
    """A new line of the type."""
    noun, also = dice.some(kind.nouns, 2)
    low, high = kind.price
    share = dice.random()
    return Line(
        type=kind,
        brand=dice.pick(kind.brands),
        title=dice.pick(lines),
        noun=noun,
        also=also,
        core=draw_attributes([], kind.attributes, dice.count(1, 3), rivals, dice),
        price=low + (high - low) * share * share,
        left=dice.count(1, LARGEST_LINE),
    )


def draw_attributes(
    had: Sequence[Attribute],
    pool: Sequence[Attribute],
    count: int,
    rivals: Rivals,
    dice: Dice,
) -> list[Attribute]:
    """The attributes `had` and at most `count` more of the pool that do not contradict them."""
    drawn = list(had)
    names = {each.name for each in drawn}
    for attribute in dice.some(pool, count):
        if attribute.name not in names and names.isdisjoint(rivals.get(attribute.name, ())):
            drawn.append(attribute)
            names.add(attribute.name)
    return drawn
