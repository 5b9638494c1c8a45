"""A product: the raw row of a products file, and what the original's loader makes of it.

Source: princeton-nlp/WebShop (MIT), web_agent_site/engine/engine.py, `load_products`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from webagents.errors import UserError, clipped

Product = dict[str, Any]
"""A product as the original holds it: Title, Description, BulletPoints, Price, pricing, options,
option_to_image, MainImage, Attributes, Rating, Reviews, asin, name, category, query and
product_category."""

UNKNOWN_ATTRIBUTES = ["DUMMY_ATTR"]
"""The original's attributes of a product for which the attributes file has none."""
LONGEST_ASIN = 10
"""Characters; on a longer one the original stops."""
UNKNOWN_PRICE = 100.0
"""The original's price, in dollars, of a product that has none."""

_REQUIRED = ("name", "full_description", "query")
_NULLABLE = ("category", "product_category")


class BadRow(UserError):
    """A row of a products file that makes no product.

    reason: why, without the row's own values, so that rows can be counted by it.
    """

    def __init__(self, reason: str, value: object) -> None:
        super().__init__(f"{reason}: {clipped(value)}")
        self.reason = reason


def processed(row: Mapping[str, Any], attributes: list[str] | None = None) -> Product:
    """A copy of a product, told by its Title, or the product of a raw row (see `from_row`).

    attributes: None takes those that the row itself has, if any.

    Raises:
        BadRow: the row makes no product.
    """
    if isinstance(row, Mapping) and "Title" in row:
        return dict(row)
    if attributes is None and isinstance(row, Mapping):
        given = row.get("Attributes", row.get("attributes"))
        attributes = given if isinstance(given, list) else None
    return from_row(row, attributes)


def from_row(row: object, attributes: list[str] | None = None) -> Product:
    """The product of a raw row of items_shuffle*.json, which may be any JSON value.

    attributes: its attributes in items_ins_v2*.json; None where there are none.

    Raises:
        BadRow: the row makes no product, for one because a field is missing.
    """
    asin = asin_of(row)
    assert isinstance(row, Mapping)
    texts = {name: _text(row, name) for name in _REQUIRED}
    texts |= {name: _text(row, name, nullable=True) for name in _NULLABLE}
    pricing, price = _pricing(row.get("pricing"))
    options, images = _options(_field(row, "customization_options"))
    return {
        "asin": asin,
        "name": texts["name"],
        "category": texts["category"],
        "query": texts["query"].lower().strip(),
        "product_category": texts["product_category"],
        "Title": texts["name"],
        "Description": texts["full_description"],
        "BulletPoints": _bullet_points(_field(row, "small_description")),
        "pricing": pricing,
        "Price": price,
        "options": options,
        "option_to_image": images,
        "Attributes": UNKNOWN_ATTRIBUTES if attributes is None else attributes,
        "MainImage": _main_image(_field(row, "images")),
        "Rating": "N.A.",
        "Reviews": [],
    }


def asin_of(row: object) -> str:
    """The asin of a raw row.

    Raises:
        BadRow: the row is no object, or its asin is none.
    """
    if not isinstance(row, Mapping):
        raise BadRow("the row is no object", row)
    asin = _text(row, "asin")
    if asin == "nan":
        raise BadRow("the asin is 'nan'", asin)
    if len(asin) > LONGEST_ASIN:
        raise BadRow(f"the asin is longer than {LONGEST_ASIN} characters", asin)
    if "\0" in asin:
        raise BadRow("the asin holds a NUL", asin)
    return asin


def _field(row: Mapping[str, Any], name: str) -> Any:
    if name not in row:
        raise BadRow(f"{name} is missing", dict(row))
    return row[name]


def _text(row: Mapping[str, Any], name: str, *, nullable: bool = False) -> str:
    value = _field(row, name)
    if value is None and nullable:
        return ""
    if not isinstance(value, str):
        raise BadRow(f"{name} is no text", value)
    return value


def _bullet_points(value: object) -> list[str]:
    points: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(point, str) for point in points):
        raise BadRow("small_description is no text or list of texts", value)
    return points


def _pricing(value: object) -> tuple[list[float], str]:
    """The one or two prices of a product in dollars, and how the pages show them."""
    if not value:
        return [UNKNOWN_PRICE], f"${UNKNOWN_PRICE}"
    if not isinstance(value, str):
        raise BadRow("pricing is no text", value)
    try:
        amounts = [float(Decimal(re.sub(r"[^\d.]", "", part))) for part in value.split("$")[1:]]
    except InvalidOperation as error:
        raise BadRow("pricing is no price such as '$9.99' or '$5 - $9.99'", value) from error
    if not amounts or not all(math.isfinite(amount) for amount in amounts):
        raise BadRow("pricing is no price such as '$9.99' or '$5 - $9.99'", value)
    if len(amounts) == 1:
        return amounts, f"${amounts[0]}"
    return amounts[:2], f"${amounts[0]} to ${amounts[1]}"


def _options(value: object) -> tuple[dict[str, list[str]], dict[str, str | None]]:
    """The values of each option by its name, and each value's image."""
    options: dict[str, list[str]] = {}
    images: dict[str, str | None] = {}
    if not value:
        return options, images
    if not isinstance(value, dict):
        raise BadRow("customization_options is no object of lists", value)
    for name, contents in value.items():
        if contents is None:
            continue
        if not isinstance(contents, list):
            raise BadRow("customization_options is no object of lists", value)
        values = []
        for content in contents:
            shown, image = _option(content)
            values.append(shown)
            images[shown] = image
        options[name.lower()] = values
    return options, images


def _option(content: object) -> tuple[str, str | None]:
    if not isinstance(content, dict) or not isinstance(content.get("value"), str):
        raise BadRow("an option has no value that is a text", content)
    image = content.get("image")
    if not (image is None or isinstance(image, str)):
        raise BadRow("an option's image is no text", image)
    return content["value"].strip().replace("/", " | ").lower(), image


def _main_image(value: object) -> str | None:
    if not isinstance(value, list) or not value:
        raise BadRow("images is no list, or empty", value)
    image = value[0]
    if not (image is None or isinstance(image, str)):
        raise BadRow("the first image is no text", image)
    return image
