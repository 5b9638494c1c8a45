"""Search boxes with pages of results."""

from __future__ import annotations

from webagents.html import find, text_of
from webagents.policies.expert.sight import Experts, Sight, click, fill


def ranked_result(sight: Sight) -> str:
    """Searches for what is quoted and clicks the result of the instruction's ordinal."""
    field = sight.find("input", id="search-text")
    if field is not None and field.get("value") != sight.quoted[0]:
        return fill(field, sight.quoted[0])
    results = sight.all("a", class_="search-title")
    if not results:
        return click(sight.button("Search"))
    page, place = divmod(sight.rank - 1, len(results))
    active = sight.find("li", class_="active")
    if active is not None and text_of(active) != str(page + 1):
        for entry in sight.all("li", class_="page-item"):
            if text_of(entry) == str(page + 1):
                return click(find(entry, "a"))
    return click(results[place])


EXPERTS: Experts = {
    "miniwob.search-engine": ranked_result,
}
