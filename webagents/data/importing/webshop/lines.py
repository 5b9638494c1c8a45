"""One line of a session's log: the page that was opened, as the site wrote it down.

The pages are ``index``, ``search_results``, ``item_page``, ``item_sub_page`` and ``done``; a line
has `page`, `url`, `goal`, `content` (`keywords`, `page`, `search_result_asins`, `asin`, `options`,
`price`), and the last one `reward` and `reward_info`. Which further page of a product was opened is
told by the address alone. Of a goal only the instruction is read. What is told of a line that is
dropped holds nothing of its address, which names the session.
Source: princeton-nlp/WebShop, web_agent_site/app.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from webagents.data.importing.records import Dropped
from webagents.errors import clipped
from webagents.webshop import SUB_PAGES
from webagents.webshop.visits import FREE, Visit

_ROUTES = ("search_results", "item_page", "item_sub_page", "done")
_FIXED = re.compile(r".*fixed.*?_(\d{1,9})")


class Line(NamedTuple):
    """A page that was opened.

    session: the session's name in the log, by which alone its lines are told apart.
    visit: where the page is; after buying, without a query, which that line does not tell.
    asins: of results.
    price, reward, parts: of a purchase; None where not told.
    """

    session: str
    instruction: str
    visit: Visit
    asins: tuple[str, ...] = ()
    price: float | None = None
    reward: float | None = None
    parts: Mapping[str, Any] | None = None


def read(value: object) -> Line:
    """The page of a line.

    Raises:
        Dropped: it is none, or fields are missing or of a wrong type.
    """
    if isinstance(value, Dropped):
        raise value
    if not isinstance(value, dict) or not isinstance(value.get("page"), str):
        raise Dropped("not a line of a log", type(value).__name__)
    path = _path(_field(value, "url", str))
    goal = _field(value, "goal", dict)
    instruction = " ".join(_field(goal, "instruction_text", str).split())
    if not instruction:
        raise Dropped("no instruction")
    name = path[1] if len(path) > 1 and path[0] in _ROUTES else path[0]
    fixed = _FIXED.fullmatch(name)
    start = Visit(str(int(fixed[1])) if fixed else FREE)
    if value["page"] == "index":
        return Line(name, instruction, start)
    content = _field(value, "content", dict)
    if value["page"] == "done":
        return _done(value, content, Line(name, instruction, start))
    keywords = _field(content, "keywords", list)
    if not all(isinstance(each, str) for each in keywords):
        raise Dropped("wrong type", f"keywords: {clipped(keywords)}")
    page = _field(content, "page", int)
    if isinstance(page, bool) or not -(10**6) < page < 10**6:
        raise Dropped("wrong type", f"page: {clipped(page)}")
    results = start.results(" ".join(keywords), page)
    if value["page"] == "search_results":
        asins = _field(content, "search_result_asins", list)
        if not all(isinstance(each, str) for each in asins):
            raise Dropped("wrong type", f"search_result_asins: {clipped(asins)}")
        return Line(name, instruction, results, asins=tuple(asins))
    item = results.opened(_field(content, "asin", str).upper())._replace(options=_options(content))
    if value["page"] == "item_page":
        return Line(name, instruction, item)
    if value["page"] == "item_sub_page":
        return Line(name, instruction, item.detail(_sub(path)))
    raise Dropped("no such page", clipped(value["page"]))


def _done(value: Mapping[str, Any], content: Mapping[str, Any], line: Line) -> Line:
    asin = _field(content, "asin", str).upper()
    item = line.visit.opened(asin)._replace(options=_options(content))
    reward = value.get("reward")
    if not isinstance(reward, int | float) or not 0 <= reward <= 1:
        raise Dropped("no reward", clipped(reward))
    price, parts = content.get("price"), value.get("reward_info")
    told = isinstance(price, int | float) and not isinstance(price, bool)
    return line._replace(
        visit=item.bought,
        price=float(price) if told and price is not None else None,
        reward=float(reward),
        parts=parts if isinstance(parts, dict) else None,
    )


def _options(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    options = _field(content, "options", dict)
    if not all(isinstance(value, str) for value in options.values()):
        raise Dropped("wrong type", f"options: {clipped(options)}")
    return tuple(options.items())


def _sub(path: list[str]) -> str:
    """The further page that an address names after its asin, keywords and page."""
    name = next((part.lower() for part in path[5:] if part.lower() in SUB_PAGES), None)
    if name is None:
        raise Dropped("no such page", "an address without a further page")
    return name


def _path(url: str) -> list[str]:
    """The parts of an address's path; keywords hold no slash, for the site could not take one."""
    try:
        path = urlsplit(url).path
    except ValueError as error:
        raise Dropped("wrong type", "url") from error
    return [unquote(part) for part in path.removeprefix("/").split("/")]


def _field(record: Mapping[str, Any], name: str, kind: type) -> Any:
    """A field of a record.

    Raises:
        Dropped: it is missing, or of another type.
    """
    if name not in record:
        raise Dropped("field missing", name)
    if not isinstance(record[name], kind):
        raise Dropped("wrong type", f"{name}: {type(record[name]).__name__}")
    return record[name]
