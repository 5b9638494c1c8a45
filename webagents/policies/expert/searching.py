"""Search boxes and address books with pages to turn."""

from __future__ import annotations

import re

from webagents.html import Element, find, find_all, text_of
from webagents.policies.expert.sight import Experts, Sight, click, fill, wait

_CONTACT = re.compile(r"Find (.+) in the contact book and click on their (phone|email|address)")


def ranked_result(sight: Sight) -> str:
    """Searches for what is quoted and clicks the result of the instruction's ordinal."""
    field = sight.find("input", id="search-text")
    if not sight.named or field is None:
        return wait()
    if field.get("value") != sight.named:
        return fill(field, sight.named)
    results = sight.all("a", class_="search-title")
    if not results:
        return click(sight.button("Search"))
    page, place = divmod(sight.rank - 1, len(results))
    shown = _page_number(sight.page)
    if shown == page + 1:
        found = text_of(results[place]) == sight.named
        return click(results[place] if found else sight.button("Search"))  # of an earlier search
    if shown == page and sight.either("next or number", True, False):
        return click(_turn(sight, ">"))
    return click(_turn(sight, str(page + 1)))


def contact(sight: Sight) -> str:
    """Turns the pages of an address book until the contact shows, and clicks the entry asked."""
    asked = _CONTACT.search(sight.instruction)
    name = sight.find(class_="name")
    if asked is None or name is None:
        return wait()
    if text_of(name) == asked.group(1):
        return click(sight.find("a", class_=asked.group(2)))
    shown = _page_number(sight.page)
    seen = {_page_number(page) for page in sight.earlier}
    onwards = _turn(sight, ">")
    if onwards is not None and (shown + 1 not in seen or _turn(sight, "<") is None):
        return click(onwards)
    return click(_turn(sight, "<"))


def _page_number(page: Element) -> int:
    active = find(page, "li", class_="active")
    shown = "" if active is None else text_of(active)
    return int(shown) if shown.isdecimal() else 0


def _turn(sight: Sight, label: str) -> Element | None:
    """The link of that label among those that turn pages."""
    for entry in sight.all("li", class_="page-item"):
        if text_of(entry) == label:
            return next(find_all(entry, "a"), None)
    return None


EXPERTS: Experts = {
    "miniwob.phone-book": contact,
    "miniwob.search-engine": ranked_result,
}
