"""Sentences that ask for several tasks: how they are put together, and how they are read.

A template holds values as ``{NAMES}``; what is in ``[brackets]`` is left out without its value::

    forward([Part("click-button"), Part("click-option", own_button=False), Part("login-user")])
    'Click on the "{BUTTON}" button, select {OPTION}, and then enter the username "{USER}" ...'

Source of the two patterns: Furuta et al. 2024, CompWoB; the phrases: ``envs/compwob/parts.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from webagents.errors import UserError, clipped
from webagents.resources import content

_TOKEN = re.compile(r"\{([^{}]+)\}|\[|\]")
_BETWEEN = r"(?:,? and then |,? and |, )"
"""What may stand between two phrases of a sentence."""


class Phrase(NamedTuple):
    """How a task is asked for: see the keys of ``parts.toml``."""

    says: str
    do: str
    doing: str
    ends: str
    ending: str
    sentence: bool


class Part(NamedTuple):
    """A task in a sentence, and whether it is submitted by a button of its own."""

    task: str
    own_button: bool = True


class Clause(NamedTuple):
    """What a sentence says of one task.

    instruction: the same as the task's own page would say it.
    own_button: whether the sentence tells to press a button for it.
    """

    task: str
    instruction: str
    own_button: bool


@cache
def part_tables() -> Mapping[str, Mapping[str, Any]]:
    """The tables of ``parts.toml``, by the names of the tasks that can be parts."""
    path = content("envs", "compwob", "parts.toml")
    return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def phrase(task: str) -> Phrase:
    """How a task is asked for.

    Raises:
        UserError: there is no such task, or it cannot be part of a composition.
    """
    tables = part_tables()
    if task not in tables:
        close = get_close_matches(task, tables, n=3)
        meant = f"did you mean {' or '.join(close)}? " if close else ""
        raise UserError(
            f"{clipped(task)} cannot be part of a composition; {meant}"
            f"the parts are {', '.join(sorted(tables))}"
        )
    table = tables[task]
    texts = {key: table.get(key, "") for key in ("says", "do", "doing", "ends", "ending")}
    return Phrase(**texts, sentence=table.get("sentence", False))


def forward(parts: Sequence[Part]) -> str:
    """The template that names the parts in the order in which they are to be done."""
    phrases = _numbered(parts, [_asked(part) for part in parts])
    told = _joined(phrases, ", and then ")
    return _capital(told if phrase(parts[-1].task).sentence else f"{told}.")


def reverse(parts: Sequence[Part], first: int = 1) -> str:
    """The template that names the parts after the first ones first: ``Y, after X-ing.``.

    first: how many parts come after the "after".

    Raises:
        UserError: nothing would be left on one side, or a part has no form that follows "after".
    """
    if not 0 < first < len(parts):
        raise UserError(f"of {len(parts)} parts between 1 and {len(parts) - 1} can come first")
    for part in parts[:first]:
        if not phrase(part.task).doing:
            raise UserError(f"no sentence can say 'after' and then {part.task}")
    done = [_asked(part, doing=True) for part in parts[:first]]
    phrases = _numbered(parts, [*done, *(_asked(part) for part in parts[first:])])
    after = _joined(phrases[:first], ", and ")
    return _capital(f"{_joined(phrases[first:], ', and ')}, after {after}.")


def names(template: str) -> list[str]:
    """The names of a template's values, in order."""
    return [found.group(1) for found in _TOKEN.finditer(template) if found.group(1)]


def expression(template: str) -> str:
    """A regular expression that the sentences of a template match, a group for each value."""
    out, at = [], 0
    for token in _TOKEN.finditer(template):
        out.append(re.escape(template[at : token.start()]))
        out.append({"[": "(?:", "]": ")?"}.get(token.group(), "(.+?)"))
        at = token.end()
    return "".join([*out, re.escape(template[at:])])


def filled(template: str, values: Mapping[str, str | None]) -> str:
    """The template's sentence with these values; a bracket whose value is None is left out."""
    whole = re.sub(
        r"\[([^\]]*)\]",
        lambda m: m.group(1) if all(values.get(name) for name in names(m.group(1))) else "",
        template,
    )
    return _TOKEN.sub(lambda m: str(values[m.group(1)]) if m.group(1) else "", whole)


def clauses(sentence: str, tasks: Sequence[str]) -> list[Clause] | None:
    """What a sentence, in either order, says of each of the tasks; None where it asks for others.

    tasks: in the order in which they are to be done.
    """
    for pattern, order in _patterns(tuple(tasks)):
        found = re.fullmatch(pattern, sentence.strip(), re.IGNORECASE)
        if found is None:
            continue
        groups = iter(found.groups())
        told: dict[int, Clause] = {}
        for index in order:
            ask = phrase(tasks[index])
            values = dict(zip(names(ask.do), groups, strict=False))  # as many as it has names
            own = next(groups) is not None if ask.ends else True
            told[index] = Clause(tasks[index], filled(ask.says, values), own)
        return [told[index] for index in range(len(tasks))]
    return None


@cache
def _patterns(tasks: tuple[str, ...]) -> list[tuple[str, list[int]]]:
    """Each pattern a sentence for the tasks may follow, and the order its clauses come in."""
    return list(_made(tasks))


def _made(tasks: tuple[str, ...]) -> Iterator[tuple[str, list[int]]]:
    # A value may be a whole sentence, with commas and an "and" of its own. So the likeliest reading
    # comes first: every button named, and the words between the phrases as `forward` has them.
    for every_button, last in product((True, False), (", and then ", ", and ", None)):
        for first in range(len(tasks)):
            early, late = range(first), range(first, len(tasks))
            text = _phrases([_clause(tasks[i], every_button) for i in late], last)
            if first:
                done = [_clause(tasks[i], every_button, doing=True) for i in early]
                text += ",? after " + _phrases(done, last)
            yield f"{text}[.,]?", [*late, *early]


def _phrases(phrases: Sequence[str], last: str | None) -> str:
    """What phrases match one after another; None: whatever may stand between them."""
    return _BETWEEN.join(phrases) if last is None else _joined(phrases, last)


def _clause(task: str, button: bool, *, doing: bool = False) -> str:
    ask = phrase(task)
    text = expression(ask.doing if doing else ask.do)
    # How the button is called is not always how it is labelled.
    ends = r"( and (?:click|press|hit)\w* \w+)" + ("" if button else "?") if ask.ends else ""
    return text + ends


def _asked(part: Part, *, doing: bool = False) -> str:
    ask = phrase(part.task)
    text, ends = (ask.doing, ask.ending) if doing else (ask.do, ask.ends)
    return text + ends if part.own_button else text


def _numbered(parts: Sequence[Part], phrases: Sequence[str]) -> list[str]:
    """The phrases with ``{NAME}`` as ``{NAME1}``, ``{NAME2}`` where several parts have it."""
    count = Counter(name for part in parts for name in names(phrase(part.task).do))
    seen: Counter[str] = Counter()
    out = []
    for text in phrases:
        seen.update(set(names(text)))
        out.append(_TOKEN.sub(lambda m: _token(m, count, seen), text))
    return out


def _token(found: re.Match[str], count: Counter[str], seen: Counter[str]) -> str:
    name = found.group(1)
    if not name:
        return found.group()
    return f"{{{name}{seen[name]}}}" if count[name] > 1 else f"{{{name}}}"


def _joined(phrases: Sequence[str], last: str) -> str:
    return last.join(filter(None, [", ".join(phrases[:-1]), phrases[-1]]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
