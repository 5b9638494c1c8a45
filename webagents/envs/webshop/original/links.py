"""Addresses: what the address bar shows, and the ones that pages link to.

The text environment's addresses are put together without escaping; those in the html come from
Flask, all of whose routes are ``/``, so that everything is in the query.
Source: princeton-nlp/WebShop, envs/web_agent_text_env.py; Werkzeug 2.1 ``url_encode``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote_plus

# Besides letters, digits and "_.-~", which stay as they are in any case; a space becomes "+".
_SAFE = "$!'()*,;"
_JSON_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"})


class Place(NamedTuple):
    """Where a session is. keywords, page, asin: None before there are any."""

    session: str
    keywords: Sequence[str] | None = None
    page: int | None = None
    asin: str | None = None
    options: Mapping[str, str] = {}


def address(base: str, kind: str, place: Place, sub_page: str = "") -> str:
    """The address bar's text on a page of the kind: search, results, item, sub or done."""
    keywords = "+".join(place.keywords or ())
    match kind:
        case "search":
            return f"{base}/{place.session}"
        case "results":
            return f"{base}/search_results/{place.session}/{keywords}/{place.page}"
        case "item":
            options = json.dumps(place.options)
            where = f"{place.session}/{place.asin}/{keywords}/{place.page}"
            return f"{base}/item_page/{where}/{options}"
        case "sub":
            where = f"{place.session}/{place.asin}/{keywords}/{place.page}"
            return f"{base}/item_sub_page/{where}/{sub_page}/{place.options}"
        case _:
            return f"{base}/done/{place.session}/{place.asin}/{place.options}"


def page_of(url: str) -> str:
    """The page that the original takes an address for: the first of four words found in it."""
    for name in ("search_results", "item_page", "item_sub_page", "done"):
        if name in url:
            return name
    return ""


def escaped(value: object) -> str:
    """The value as text in html, escaped as Jinja does."""
    text = str(value)
    if "&" in text:
        text = text.replace("&", "&amp;")
    return (
        text.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;")
    )


def script_json(value: object) -> str:
    """The value as JSON within a script, its keys in order, as Flask's ``tojson``."""
    return json.dumps(value, sort_keys=True).translate(_JSON_SAFE)


def _quoted(value: object) -> str:
    """The value within a query. A lone surrogate stays readable where Werkzeug would fail."""
    return quote_plus(str(value), _SAFE, errors="surrogatepass").replace("'", "&#39;")


def _query(place: Place, *, item: bool = False, **more: object) -> str:
    """An address of the shop, escaped for an attribute: session, asin, keywords and `more`."""
    rest = "".join([f"&amp;{name}={_quoted(value)}" for name, value in more.items()])
    asin = place.asin if item else None
    return f"{_head(place.session, asin, tuple(place.keywords or ()))}{rest}"


@lru_cache(maxsize=256)  # an item's page has it at every option
def _head(session: str, asin: str | None, keywords: tuple[str, ...]) -> str:
    """What the addresses on a page begin with; asin: None leaves it out."""
    shown = "" if asin is None else f"&amp;asin={_quoted(asin)}"
    words = "".join([f"&amp;keywords={_quoted(word)}" for word in keywords])
    return f"/?session_id={_quoted(session)}{shown}{words}"


def _option(place: Place, values: Mapping[str, Any]) -> str:
    """The item's page with one more option chosen."""
    options = {**place.options, values["name"]: values["value"]}
    return _query(place, item=True, page=place.page, options=options)


def _sub_page(name: str) -> Callable[[Place, Mapping[str, Any]], str]:
    return lambda place, _: _query(
        place, item=True, page=place.page, sub_page=name, options=dict(place.options)
    )


def _turned(by: int) -> Callable[[Place, Mapping[str, Any]], str]:
    return lambda place, _: _query(place, page=(place.page or 0) + by)


# What fills the holes [[made:…]], from where the page is and the section's values.
MADE: dict[str, Callable[[Place, Mapping[str, Any]], str]] = {
    "index": lambda place, _: f"/?session_id={_quoted(place.session)}",
    "previous": _turned(-1),
    "next": _turned(1),
    "results": _turned(0),
    "product": lambda place, product: _query(
        place._replace(asin=product["asin"]), item=True, page=place.page, options={}
    ),
    "item": lambda place, _: _query(place, item=True, page=place.page, options=dict(place.options)),
    "option": _option,
    "Description": _sub_page("Description"),
    "Features": _sub_page("Features"),
    "Reviews": _sub_page("Reviews"),
    "Attributes": _sub_page("Attributes"),
    "done": lambda place, _: (
        f"/?session_id={_quoted(place.session)}&amp;asin={_quoted(place.asin)}"
        f"&amp;options={_quoted(dict(place.options))}"
    ),
    "options": lambda place, _: script_json(dict(place.options)),
    "images": lambda _, product: script_json(product["option_to_image"]),
}
