"""Answers a browser: the shop's pages, its style and its script."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from urllib.parse import parse_qs

import orjson

from webagents.browsers.site import Reply, Request
from webagents.envs.webshop.site.pages import Page, front_page
from webagents.envs.webshop.site.shopping import Shopping
from webagents.resources import content
from webagents.webshop.elements import Element, written
from webagents.webshop.visits import Visit, visit_at

MOST_AHEAD = 40
"""How many pages come at once, at most."""

_ASSETS = {"/shop.css": "text/css", "/shop.js": "text/javascript"}
_KEPT = {"Cache-Control": "max-age=31536000, immutable"}
_SAFE = {
    "Content-Security-Policy": "default-src 'self'; img-src data:; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Should a product's text ever come to be markup, it still runs and loads nothing."""


class ShopSite:
    """The handler of a shop's site."""

    def __init__(self, shopping: Shopping) -> None:
        self._shopping = shopping

    def __call__(self, request: Request) -> Reply:
        """The page of that address; 404 where there is none."""
        path, query = request.path, request.query
        if path in _ASSETS:
            return Reply(200, f"{_ASSETS[path]}; charset=utf-8", asset(path), _KEPT)
        goals = len(self._shopping.shop.goals)
        if path == "/":
            return _document(front_page(goals))
        if path == "/any" and goals:
            return Reply(302, "text/plain", b"", {"Location": self._shopping.any_goal().address})
        if path.endswith("/search"):  # what the form sends where the script does not run
            index = visit_at(path.removesuffix("/search"), "")
            words = parse_qs(query).get("q", [""])[0]
            if index is not None and index.kind == "index":
                return Reply(302, "text/plain", b"", {"Location": index.results(words).address})
        visit = visit_at(path, query)
        if visit is None or not self._shopping.knows(visit):
            return Reply(404, "text/plain; charset=utf-8", f"no page {path}".encode(), _SAFE)
        if request.headers.get("X-Pages") == "ahead":
            address = f"{path}?{query}" if query else path
            return Reply(200, "application/json", ahead(self._shopping, visit, address), _SAFE)
        return _document(self._shopping.page(visit))


def ahead(shopping: Shopping, visit: Visit, address: str) -> bytes:
    """A page and those that its links lead to, but for what a purchase shows: JSON for the script.

    address: what the page is to be kept under.
    """
    page = shopping.page(visit)
    found = {address: page}
    for to in _links(page.body):
        path, _, query = to.partition("?")
        linked = visit_at(path, query)
        if linked is not None and linked.kind != "done" and len(found) < MOST_AHEAD:
            found.setdefault(to, shopping.page(linked))
    return orjson.dumps({to: (each.title, written(each.body)) for to, each in found.items()})


def _links(element: Element) -> Iterator[str]:
    if element.to:
        yield element.to
    for child in element.children:
        if isinstance(child, Element):
            yield from _links(child)


@cache
def asset(path: str) -> bytes:
    """A file of the site's own."""
    return content("envs", "webshop", "site", path.removeprefix("/")).read_bytes()


def _document(page: Page) -> Reply:
    head = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(page.title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/shop.css"><link rel="icon" href="data:,">'
        '<script src="/shop.js" defer></script></head>'
    )
    whole = f"{head}{written(page.body)}</html>".encode("utf-8", "replace")
    return Reply(200, "text/html; charset=utf-8", whole, _SAFE)
