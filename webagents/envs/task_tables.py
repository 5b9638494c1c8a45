"""Reads one folder of ``envs/``: its ``tasks.toml``, and the named sets in its ``sets.toml``.

``tasks.toml`` holds ``prefix`` (what the ids begin with), ``source``, ``[defaults]``, ``[tags]``
(the words tasks may be tagged with, and what each means) and one ``[tasks.<name>]`` per task, whose
keys are those of `KEYS`; and ``class``, the ``module:Class`` of a user's own that plays them.
``sets.toml`` maps names to lists of task names or patterns of them; the set of the folder's own
name holds all of its tasks, unless the file says otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from webagents.errors import UserError, clipped
from webagents.types import TaskSpec


class Catalogue(NamedTuple):
    """What one folder holds: its tasks by id, and its sets ("@name") as ids, both in file order."""

    tasks: Mapping[str, TaskSpec]
    sets: Mapping[str, tuple[str, ...]]


class Kind(NamedTuple):
    """What a key's value has to be, in words and as a test."""

    words: str
    fits: Callable[[Any], bool]


def is_number(value: object) -> bool:
    """Whether a TOML value is an integer or a float; TOML's booleans are neither."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: object) -> bool:
    """Whether a TOML value is an integer from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_size(value: object) -> bool:
    """Whether a TOML value is a list of two integers above 0."""
    return isinstance(value, list) and len(value) == 2 and all(is_count(n) and n for n in value)


def is_words(value: object) -> bool:
    """Whether a TOML value is a list of texts."""
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


TEXT = Kind("a text", lambda value: isinstance(value, str))
TABLE = Kind("a table", lambda value: isinstance(value, dict))
WORDS = Kind("a list of texts", is_words)
NUMBER = Kind("a number", is_number)
COUNT = Kind("a whole number from 0 on", is_count)
STEPS = Kind("a whole number from 1 on", lambda value: is_count(value) and value > 0)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
SIZE = Kind("a list [width, height] of whole numbers", is_size)

FILE_KEYS = {
    "prefix": TEXT,
    "source": TEXT,
    "class": TEXT,
    "defaults": TABLE,
    "tags": TABLE,
    "tasks": TABLE,
}
KEYS = {
    "page": TEXT,
    "tags": WORDS,
    "max_steps": STEPS,
    "limit_ms": NUMBER,
    "area": SIZE,
    "window": SIZE,
    "success_at": NUMBER,
    "split": TEXT,
    "group": COUNT,
    "browser": FLAG,
    "notes": TEXT,
}
OPTIONAL = frozenset({"limit_ms", "success_at", "split", "group", "browser", "notes"})
"""The keys that a task may do without: `TaskSpec` has defaults for them."""


def read_catalogue(folder: Path) -> Catalogue:
    """The tasks and sets of a folder.

    Raises:
        UserError: a file is no TOML, or a key is unknown, missing or of the wrong type; the message
            names the file, the table and the key.
    """
    path = folder / "tasks.toml"
    file = read_toml(path)
    check(file, FILE_KEYS, where=f"{path}", needed=("prefix", "source", "tasks"))
    defaults = file.get("defaults", {})
    check(defaults, KEYS, where=f"{path}: [defaults]")
    tasks = {}
    for name, table in file["tasks"].items():
        where = f"{path}: [tasks.{name}]"
        if not isinstance(table, dict):
            raise UserError(f"{where} must be a table, not {clipped(table)}")
        task = {**defaults, **table}
        check(task, KEYS, where=where, needed=KEYS.keys() - OPTIONAL)
        if unknown := set(task["tags"]) - file.get("tags", {}).keys():
            raise UserError(f"{where} tags: {listed(unknown)} not in the file's [tags]")
        spec = task_spec(file["prefix"] + name, task, source=file["source"])
        tasks[spec.id] = replace(spec, made_by=file.get("class", ""))
    sets = read_sets(folder, tuple(tasks), prefix=file["prefix"])
    return Catalogue({id_: tagged(spec, sets) for id_, spec in tasks.items()}, sets)


def read_toml(path: Path) -> dict[str, Any]:
    """The file's content."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: {error}") from error


def check(
    table: Mapping[str, Any], keys: Mapping[str, Kind], *, where: str, needed: Iterable[str] = ()
) -> None:
    """Raises a `UserError` unless the table has the needed keys, known ones only, rightly typed."""
    for key, value in table.items():
        if key not in keys:
            raise UserError(f"{where} has an unknown key {key!r}; the keys are {', '.join(keys)}")
        if not keys[key].fits(value):
            raise UserError(f"{where} {key} must be {keys[key].words}, not {clipped(value)}")
    if missing := set(needed) - table.keys():
        raise UserError(f"{where} lacks {listed(missing)}")


def task_spec(id_: str, task: Mapping[str, Any], *, source: str) -> TaskSpec:
    """The record of a checked table."""
    optional = {key: task[key] for key in OPTIONAL if key in task}
    optional |= {key: float(optional[key]) for key in optional if KEYS[key] is NUMBER}
    width, height = task["area"]
    window_width, window_height = task["window"]
    return TaskSpec(
        id=id_,
        page=task["page"],
        tags=frozenset(task["tags"]),
        max_steps=task["max_steps"],
        width=width,
        height=height,
        window=(window_width, window_height),
        source=source,
        **optional,
    )


def read_sets(folder: Path, ids: tuple[str, ...], *, prefix: str) -> dict[str, tuple[str, ...]]:
    """The folder's named sets, "@name" each, as task ids."""
    sets = {f"@{folder.name}": ids}
    path = folder / "sets.toml"
    if not path.exists():
        return sets
    for name, entries in read_toml(path).items():
        if not is_words(entries):
            raise UserError(f"{path}: {name} must be {WORDS.words}, not {clipped(entries)}")
        members: dict[str, None] = {}
        for entry in entries:
            pattern = prefix + entry
            found = [pattern] if pattern in ids else [i for i in ids if fnmatchcase(i, pattern)]
            if not found:
                raise UserError(f"{path}: {name}: no task {entry!r} in {folder / 'tasks.toml'}")
            members.update(dict.fromkeys(found))
        sets[f"@{name}"] = tuple(members)
    return sets


def tagged(spec: TaskSpec, sets: Mapping[str, tuple[str, ...]]) -> TaskSpec:
    """The task, tagged with the sets that it belongs to as well."""
    return replace(spec, tags=spec.tags | {name for name, ids in sets.items() if spec.id in ids})


def listed(words: Iterable[str]) -> str:
    """The words in alphabetical order, for use in a message."""
    return ", ".join(repr(word) for word in sorted(words))
