"""The logs that WebShop's site writes of people's sessions: one page a line, no actions.

The actions are found from page to page (`ways`). One that the log tells but for a page that the
browser showed again without asking the site is marked in its step's notes, `guessed`; a session
with a page that nothing leads to is dropped. Titles, prices and the options nobody chose are not in
a log, and so not in the HTML.

A session's name may say who took part. No name of a session, a file or a worker gets into the
dataset or into what is told of dropped sessions: these are numbered within their folder.
Source: princeton-nlp/WebShop, web_agent_site/app.py; that logs lack actions is its issue 14.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from webagents.actions import parse
from webagents.data.demonstration import Demonstration
from webagents.data.importing import files
from webagents.data.importing.records import Dropped, Importer, Keep, Record
from webagents.data.importing.webshop.lines import Line, read
from webagents.data.importing.webshop.pages import (
    Card,
    Ware,
    done_html,
    index_html,
    item_html,
    results_html,
    sub_html,
)
from webagents.data.importing.webshop.ways import Move, way
from webagents.errors import ActionError
from webagents.types import Episode, Observation, Step
from webagents.webshop import SUB_PAGES, TEXT_TASK
from webagents.webshop.visits import FREE, Visit

SOURCE = "webshop-logs"
_ENDINGS = (".jsonl", ".jsonl.gz")
_PARTS = (
    *("r_type", "r_att", "w_att", "query_match", "category_match", "title_score"),
    *("r_option", "w_option", "r_price", "w_price"),
)
"""A reward's components, as the original calls them."""

_ORIGIN = (
    "What people did in WebShop (Yao et al. 2022), found from the pages its site logged. The HTML "
    "holds what the logs tell: products by their ids, and the options that somebody chose."
)
_GUESSED = "not logged: a way between the pages before and after"


class _Session(NamedTuple):
    """The lines of one visit to the shop. broken: why one of them could not be read."""

    lines: list[Line]
    broken: Dropped | None


def log_files(src: Path) -> list[Path]:
    """The files that may hold sessions."""
    return files.found(src, _ENDINGS)


def records(path: Path, src: Path, keep: Keep) -> Iterator[Record]:
    """The sessions of a file, each until something was bought."""
    file = _numbered(path, src)
    number = 0
    for number, session in enumerate(_sessions(path), start=1):
        at = f"{file}#{number}"
        try:
            yield Record(at, _demonstration(session, keep))
        except Dropped as dropped:
            yield Record(at, None, dropped)
    if not number:
        yield Record(file, None, Dropped("empty"))


def _numbered(path: Path, src: Path) -> str:
    """A file by its folder and its number there, which says nothing of who took part."""
    if path == src:
        return "log"
    names = sorted(each.name for each in path.parent.iterdir() if each.is_file())
    folder = path.parent.relative_to(src).as_posix()
    number = names.index(path.name) + 1
    return (
        f"{number}" if folder == "." else f"{folder}/{number}".encode("utf-8", "replace").decode()
    )


def _sessions(path: Path) -> Iterator[_Session]:
    """Sessions end with a purchase, or where another one's lines begin."""
    lines: list[Line] = []
    broken: Dropped | None = None
    for number, value in enumerate(files.json_values(path), start=1):
        try:
            line = read(value)
        except Dropped as dropped:
            broken = broken or Dropped(dropped.reason, f"line {number}: {dropped.detail}")
            continue
        if lines and line.session != lines[-1].session:
            yield _Session(lines, broken)
            lines, broken = [], None
        lines.append(line)
        if line.visit.kind == "done":
            yield _Session(lines, broken)
            lines, broken = [], None
    if lines or broken is not None:
        yield _Session(lines, broken)


def _demonstration(session: _Session, keep: Keep) -> Demonstration:
    """The session as an episode.

    Raises:
        Dropped: there is none to keep.
    """
    if session.broken is not None:
        raise session.broken
    lines = session.lines
    if len({line.instruction for line in lines}) > 1:
        raise Dropped("several goals", f"{len(lines)} lines")
    reward = lines[-1].reward
    if keep == "successes" and reward is None:
        raise Dropped("no purchase", f"the last page is {lines[-1].visit.kind}")
    if keep == "successes" and reward is not None and reward < 1:
        raise Dropped.failed(reward)
    told = json.dumps(lines)  # values alone: an id depends on no name in this program
    name = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
    return Demonstration(id=f"{SOURCE}/{name}", source=SOURCE, episode=_episode(lines))


def _episode(lines: Sequence[Line]) -> Episode:
    first, end = lines[0], lines[-1]
    known = _Known(lines)
    visit = first.visit.start
    ways = []
    for line in lines:
        ways.append(way(visit, line.visit, known.asins))
        visit = ways[-1][-1].to if ways[-1] else visit
    steps = list(_steps(first.visit.start, ways, known))
    if not steps:
        raise Dropped("no action", f"{len(lines)} pages")
    bought = end.reward is not None
    reward = end.reward or 0.0
    steps[-1] = replace(steps[-1], reward=reward, terminated=bought, truncated=not bought)
    info: dict[str, Any] = {"success": reward >= 1, "raw_reward": reward, "reward_told": bought}
    if visit.session != FREE:
        info["goal"] = int(visit.session)
    if end.parts is not None:
        info["score"] = {name: end.parts[name] for name in _PARTS if _plain(end.parts.get(name))}
    if bought:
        info["bought"] = {"asin": visit.asin, "options": dict(visit.options), "price": end.price}
    return Episode(
        task=TEXT_TASK,
        seed=-1,  # not known
        observation=known.observation(visit, end.reward),
        steps=tuple(steps),
        success=reward >= 1,
        info=info,
    )


def _steps(visit: Visit, ways: Sequence[Sequence[Move]], known: _Known) -> Iterator[Step]:
    for moves in ways:
        for move in moves:
            try:
                parse(move.action, dialects=("webshop",))
            except ActionError as error:
                raise Dropped("not in our grammar", str(error)) from error
            notes = {"guessed": _GUESSED} if len(moves) > 1 else {}
            yield Step(observation=known.observation(visit), action=move.action, notes=notes)
            visit = move.to


class _Known:
    """What a session's lines tell of the pages."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._instruction = lines[0].instruction
        self._asins: dict[tuple[str, int], tuple[str, ...]] = {}
        self._options: dict[str, dict[str, list[str]]] = {}
        visits = [line.visit for line in lines]
        self._subs = {visit.sub for visit in visits} | {"description", "features", "reviews"}
        for line, visit in zip(lines, visits, strict=True):
            if visit.kind == "results":
                self._asins[visit.query, visit.page] = line.asins
            for name, value in visit.options:
                values = self._options.setdefault(visit.asin, {}).setdefault(name, [])
                values += [value] if value not in values else []

    def asins(self, visit: Visit) -> tuple[str, ...] | None:
        """What a page of results lists; None where no line tells."""
        return self._asins.get((visit.query, visit.page))

    def observation(self, visit: Visit, score: float | None = None) -> Observation:
        """What is known of what the shopper saw."""
        instruction = self._instruction
        match visit.kind:
            case "index":
                html = index_html(instruction)
            case "results":
                html = results_html(visit, instruction, map(Card, self.asins(visit) or ()))
            case "item":
                details = [name for name in SUB_PAGES if name in self._subs]
                options = self._options.get(visit.asin, {})
                html = item_html(
                    visit, instruction, Ware(visit.asin, options=options, details=details)
                )
            case "sub":
                html = sub_html(visit, instruction, None)
            case _:
                html = done_html(score)
        return Observation(instruction=instruction, html=html, url=visit.url)


def _plain(value: object) -> bool:
    return isinstance(value, bool | int | float)


WEBSHOP_LOGS = Importer(
    files=log_files,
    records=records,
    about=(
        "WebShop session logs",
        _ORIGIN,
        "unknown",
    ),
    unnamed=True,
)
