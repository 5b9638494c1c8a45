"""Rows of the products file: titles, bullets, descriptions and prices of made-up products."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import capwords
from typing import Any

from webagents.envs.webshop.inventing.choices import (
    PICTURED,
    Choices,
    customization,
    draw_choices,
    image,
)
from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.webshop.inventing.lines import Line, draw_attributes
from webagents.envs.webshop.inventing.vocabulary import Attribute, Vocabulary

_GAPS = re.compile(r"\s*[,|-](?:\s+[,|-])*(?=\s*[,|(])|\s+(?=[\s,])")
PACKED = {"one": "", "mass": "", "pair": "pair of ", "many": "set of "}
TINTS = ("black", "white", "teal", "blush", "navy", "sage green", "mustard", "grey", "coral")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A product as the generator knows it.

    row: as the products file holds it.
    choices: its groups of options.
    first, use: what its title may say beside its attributes.
    """

    row: dict[str, Any]
    line: Line
    attributes: list[Attribute]
    choices: Choices
    first: str
    use: str


def make_product(line: Line, asin: str, words: Vocabulary, dice: Dice) -> Made:
    """One more product of the line."""
    kind = line.type
    texts = words.wordings
    attributes = draw_attributes(line.core, kind.attributes, dice.count(2, 5), words.rivals, dice)
    choices = draw_choices(kind, dice)
    first, second = dice.some(kind.features, 2)
    use = dice.pick(kind.uses)
    told, untold = _split(attributes, dice)
    price = _price(line.price * (0.75 + 0.5 * dice.random()), dice)
    fields = {
        "brand": line.brand.upper() if dice.chance(0.15) else line.brand,
        "line": line.title,
        "it": PACKED[kind.number] + line.noun,
        "also": line.also,
        "first": first,
        "First": first[0].upper() + first[1:],
        "second": second,
        "use": use,
    }
    bullets = [_bullet(each, line, texts.bullets, fields, dice) for each in untold[:4]]
    bullets += [
        each.format_map(fields) + " " for each in dice.some(texts.fillers, dice.count(1, 3))
    ]
    sentence = " ".join(
        dice.pick(texts.sentences).format_map({"clause": dice.pick(each.clauses)})
        for each in [*untold[4:], *dice.some(attributes, 1)]
    )
    fields |= {"sentence": sentence, "closing": dice.pick(texts.closings)}
    description = dice.pick(texts.descriptions).format_map(fields) if dice.chance(0.85) else ""
    options = customization(choices, kind, asin, price, dice)
    row = {
        "name": _title(line, told, choices, fields, words, dice),
        "full_description": description.strip(),
        "pricing": _pricing(price, dice),
        "images": _images(kind.shape, choices, dice),
        "product_category": kind.path,
        "average_rating": dice.count(32, 50) / 10 if dice.chance(0.8) else "",
        "small_description": bullets,
        "model": None,
        "customization_options": options,
        "asin": asin,
        "category": kind.category,
        "query": kind.query,
        "page": dice.count(1, 400),
    }
    return Made(row=row, line=line, attributes=attributes, choices=choices, first=first, use=use)


def _split(attributes: list[Attribute], dice: Dice) -> tuple[list[Attribute], list[Attribute]]:
    """The attributes that the title tells, and those that the rest of the page may tell."""
    told: list[Attribute] = []
    untold: list[Attribute] = []
    for attribute in attributes:
        draw = dice.random()
        if draw < 0.62 and len(told) < 5:
            told.append(attribute)
        if draw > 0.4 and draw < 0.95:
            untold.append(attribute)
    return told, untold


def _title(
    line: Line,
    told: list[Attribute],
    choices: Choices,
    fields: dict[str, str],
    words: Vocabulary,
    dice: Dice,
) -> str:
    worn = told[: dice.count(0, 2)]
    size = ""
    if choices and dice.chance(0.45):
        value = dice.pick(dice.pick(list(choices.values()))).raw
        size = f"({value.replace('(', '').replace(')', '')})"
    title = dice.pick(words.wordings.titles).format_map(
        fields
        | {
            "type": line.noun,
            "worn": " ".join(dice.pick(each.before) for each in worn),
            "listed": ", ".join(dice.pick(each.before) for each in told[len(worn) :]),
            "size": size,
        }
    )
    title = _GAPS.sub("", title).strip(" ,|-")
    return capwords(title) if dice.chance(0.85) else title[0].upper() + title[1:]


def _bullet(
    attribute: Attribute,
    line: Line,
    templates: tuple[str, ...],
    fields: dict[str, str],
    dice: Dice,
) -> str:
    benefit = dice.pick(line.type.benefits)
    heading = dice.pick(attribute.before)
    text = dice.pick(templates).format_map(
        fields
        | {
            "Attr": heading.upper() if dice.chance(0.6) else capwords(heading),
            "clause": dice.pick(attribute.clauses),
            "benefit": benefit,
            "Benefit": benefit[0].upper() + benefit[1:],
        }
    )
    return text + " "  # the original's bullets end in a blank


def _price(dollars: float, dice: Dice) -> float:
    cents = dice.pick((99, 99, 99, 95, 49, 0, dice.count(0, 99)))
    return max(1, int(dollars)) + cents / 100


def _pricing(price: float, dice: Dice) -> str:
    draw = dice.random()
    if draw < 0.03:
        return ""
    if draw < 0.15:
        return f"${price:,.2f} to ${price + dice.count(2, 5) * max(1, int(price / 10)):,.2f}"
    return f"${price:,.2f}"


def _images(shape: str, choices: Choices, dice: Dice) -> list[str]:
    for group in choices:
        if group in PICTURED:
            return [image(shape, choice.said) for choice in choices[group][:3]]
    return [image(shape, dice.pick(TINTS))]
