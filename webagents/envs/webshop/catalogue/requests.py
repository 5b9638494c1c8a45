"""Requests: what customers ask for, without a price, as the data files word it.

Source: princeton-nlp/WebShop (MIT), web_agent_site/engine/goal.py, `get_human_goals` and
`get_synthetic_goals`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeGuard, get_args

from webagents.envs.webshop.catalogue.json_stream import Told, entries

GoalKind = Literal["human", "synthetic"]
KINDS: tuple[GoalKind, ...] = get_args(GoalKind)


class Request(NamedTuple):
    """What is asked for, without a price.

    options: the option values asked for; None where every combination of the product's options
        makes a goal.
    """

    asin: str
    instruction: str
    attributes: list[str]
    options: list[str] | None


def read_attributes(
    path: Path, *, dropped: Counter[str] | None = None, told: Told | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of an items_ins_v2*.json file by their asins.

    Of each what is used is given: attributes and instruction_attributes, lists of texts, and
    instruction, a text, where it has them.

    dropped: takes how many entries, or fields of them, were left out, by the reason.

    Raises:
        UserError: the file cannot be read as an object.
    """
    dropped = Counter() if dropped is None else dropped
    for asin, entry in entries(path, told=told):
        if not isinstance(entry, dict):
            dropped["attributes: an entry is no object"] += 1
            continue
        kept = {}
        for name, (fits, right) in _ENTRY.items():
            value = entry.get(name)
            if value is None:
                continue
            if fits(value):
                kept[name] = value
            else:
                dropped[f"attributes: {name} is no {right}"] += 1
        if _text(asin) and "\0" not in asin:  # no product has another asin
            yield asin, kept


def read_instructions(
    path: Path, *, dropped: Counter[str] | None = None, told: Told | None = None
) -> Iterator[tuple[str, list[Request]]]:
    """The requests of each product in an items_human_ins*.json file, by its asin.

    dropped: takes how many requests were left out, by the reason. The original leaves out those
        that ask for no attribute.

    Raises:
        UserError: the file cannot be read as an object.
    """
    dropped = Counter() if dropped is None else dropped
    for asin, records in entries(path, told=told):
        if not isinstance(records, list):
            dropped["human instructions: the entry is no list"] += 1
            continue
        requests = []
        for record in records:
            request = _human_request(asin, record)
            if isinstance(request, str):
                dropped[f"human instructions: {request}"] += 1
            else:
                requests.append(request)
        yield asin, requests


def synthetic_request(asin: str, entry: Mapping[str, Any] | None) -> Request | str:
    """What a product's entry asks for (see `read_attributes`), or why it asks for nothing."""
    if entry is None:
        return "it has no entry in the attributes file"
    if "instruction" not in entry:
        return "its entry has no instruction"
    if not entry.get("instruction_attributes"):
        return "its instruction asks for no attributes"
    return Request(asin, entry["instruction"], entry["instruction_attributes"], None)


def _text(value: object) -> TypeGuard[str]:
    """Whether it is a text that UTF-8 can hold: JSON can spell half a surrogate pair."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(map(_text, value))


_ENTRY: dict[str, tuple[Callable[[object], bool], str]] = {
    "attributes": (_texts, "list of texts"),
    "instruction": (_text, "text"),
    "instruction_attributes": (_texts, "list of texts"),
}


def _human_request(asin: str, record: object) -> Request | str:
    """What a human instruction asks for, or why it is left out."""
    if not isinstance(record, dict):
        return "the instruction is no object"
    instruction, attributes, options = (
        record.get(name)
        for name in ("instruction", "instruction_attributes", "instruction_options")
    )
    if not _text(instruction):
        return "the instruction is no text"
    if not _texts(attributes):
        return "instruction_attributes are no list of texts"
    if not attributes:
        return "instruction_attributes are empty"
    if not _texts(options):
        return "instruction_options are no list of texts"
    return Request(asin, instruction, attributes, options)
