"""The options of a made-up product: groups of values, as the original's files hold them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.webshop.inventing.vocabulary import Pool, ProductType
from webagents.envs.webshop.pictures import slug, tint

MOST_COMBINATIONS = 40
"""Combinations of options a product may have: each of them is a synthetic goal."""
PICTURED = frozenset({"color", "scent", "flavor name", "flavor"})
"""Groups whose values change how the picture looks."""


class Choice(NamedTuple):
    """A value a customer can choose.

    raw: as the file has it; value: as the shop shows it (the original's rule: stripped,
    lower case, "/" as " | "); said: how a shopper would name it.
    """

    raw: str
    value: str
    said: str


Choices = dict[str, list[Choice]]


def draw_choices(kind: ProductType, dice: Dice) -> Choices:
    """The groups of a product and their values; no value stands in two groups."""
    if not dice.chance(0.93):
        return {}
    seen: set[str] = set()
    groups: Choices = {}
    room = MOST_COMBINATIONS
    for group, pool in kind.options.items():
        if groups and not dice.chance(0.85):
            continue
        chosen = [
            choice
            for choice in _values(group, pool, min(8, room), dice)
            if choice.value not in seen
        ]
        if chosen:
            seen.update(choice.value for choice in chosen)
            groups[group] = chosen
            room //= len(chosen)
    return groups


def customization(
    groups: Choices, kind: ProductType, asin: str, price: float, dice: Dice
) -> dict[str, list[dict[str, Any]]] | str:
    """The groups in the shape of the original's ``customization_options``; "" without any."""
    if not groups:
        return ""
    priced = dice.chance(0.4)
    table: dict[str, list[dict[str, Any]]] = {}
    for group, chosen in groups.items():
        selected = int(dice.random() * len(chosen))
        entries: list[dict[str, Any]] = []
        for i, choice in enumerate(chosen):
            entry: dict[str, Any] = {
                "is_selected": i == selected,
                "url": None if i == selected else f"/dp/{asin}?{group.split()[0]}={i}",
                "value": choice.raw,
                "price_string": f"${price:.2f}" if priced else "",
                "price": price if priced else 0,
            }
            if group in PICTURED:
                entry["image"] = image(kind.shape, choice.said)
            entries.append(entry)
        table[group.title() if dice.chance(0.7) else group] = entries
    return table


@lru_cache(maxsize=8192)
def image(shape: str, said: str) -> str:
    """The address of the picture of a shape in the colour that these words name."""
    return f"/images/{shape}/{slug(said) if tint(said) else 'plain'}.svg"


def _values(group: str, pool: Pool, most: int, dice: Dice) -> list[Choice]:
    if pool.packs:
        amounts = dice.some(pool.values, 3)
        packs = dice.some(pool.packs, 2)
        values = [f"{each} (pack of {pack})" for each in amounts for pack in packs]
        values = dice.some(values, min(dice.count(2, 6), most))
    elif pool.ordered:
        count = min(dice.count(3, 8), most, len(pool.values))
        first = int(dice.random() * (len(pool.values) - count + 1))
        values = list(pool.values[first : first + count])
    else:
        values = dice.some(pool.values, min(dice.count(2, 8), most))
    coded = group == "color" and dice.chance(0.12)
    titled = dice.chance(0.5)
    letter = dice.pick("abcdfhkx") if coded else ""
    choices = []
    spoken = _spoken(values) if pool.packs or "(" in values[0] else values
    for i, plain in enumerate(values):
        raw = plain
        if coded and " | " not in raw:
            raw = f"{letter}-{raw}" if letter < "f" else f"{raw}-{dice.count(1, 9)}0{i + 1}"
        if titled and not raw[0].isdigit():
            raw = raw.title().replace("Xx-", "XX-")
        choices.append(Choice(raw, raw.strip().replace("/", " | ").lower(), spoken[i]))
    return choices


def _spoken(values: list[str]) -> list[str]:
    """How shoppers name the values: without the brackets where that is clear enough."""
    short = [value.split(" (", 1)[0] for value in values]
    return [
        brief if short.count(brief) == 1 else value.replace(" (", " ").rstrip(")")
        for brief, value in zip(short, values, strict=True)
    ]
