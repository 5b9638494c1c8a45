"""What is indexed of each product.

Source: princeton-nlp/WebShop (MIT), search_engine/convert_product_file_format.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from webagents.envs.webshop.catalogue.loading import Products, distinct


def contents(product: Mapping[str, Any]) -> str:
    """The text of a product that is searched: title, description, first bullet point, options."""
    options = ", and ".join(
        f"{name}: {', '.join(values)}" for name, values in (product.get("options") or {}).items()
    )
    points = product["BulletPoints"] or [""]
    return f"{product['Title']} {product['Description']} {points[0]} {options}".lower()


def documents(products: Products) -> Iterator[tuple[str, str]]:
    """The asin and the text of each product, in order.

    Raw rows that make no product, and all but the first of an asin, are left out, as the original
    leaves them out when it loads them.
    """
    return ((asin, contents(product)) for asin, product in distinct(products))
