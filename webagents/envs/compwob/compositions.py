"""Composed tasks as catalogue entries: the listed ones, and any that a list of parts stands for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from webagents import phrases
from webagents.envs.compwob.composition import (
    FLAG,
    PARTS,
    WIDTH,
    Composition,
    composition,
)
from webagents.envs.compwob.page import LIMIT_MS
from webagents.envs.task_tables import (
    COUNT,
    STEPS,
    TABLE,
    TEXT,
    Catalogue,
    check,
    listed,
    read_toml,
)
from webagents.errors import UserError, clipped
from webagents.types import TaskSpec

PREFIX = "compwob."
REVERSE, SCREENS = "-reverse", "-transition"
_WINDOW = (500, 320)

FILE_KEYS = {"prefix": TEXT, "source": TEXT, "tags": TABLE, "tasks": TABLE}
KEYS = {
    "parts": PARTS,
    "category": TEXT,
    "height": COUNT,
    "strict": FLAG,
    "first": COUNT,
    "forward": TEXT,
    "reverse": TEXT,
    "max_steps": STEPS,
    "notes": TEXT,
}

Bases = Mapping[str, TaskSpec]
"""The MiniWoB tasks, by their ids."""


def read_compositions(path: Path, bases: Bases) -> Catalogue:
    """The tasks of a ``compositions.toml``, two a table, and their two sets.

    Raises:
        UserError: a file is no TOML, or a key is unknown, missing or of the wrong type; the message
            names the file, the table and the key.
    """
    file = read_toml(path)
    check(file, FILE_KEYS, where=str(path), needed=FILE_KEYS.keys() - {"tags"})
    if file["prefix"] != PREFIX:
        raise UserError(f"{path}: the prefix of composed tasks is {PREFIX!r}")
    folder = path.parent.name
    tasks: dict[str, TaskSpec] = {}
    sets: dict[str, list[str]] = {}
    for name, table in file["tasks"].items():
        where = f"{path}: [tasks.{name}]"
        if not isinstance(table, dict):
            raise UserError(f"{where} must be a table, not {clipped(table)}")
        check(table, KEYS, where=where, needed=("parts",))
        _check_name(name, table["parts"], where)
        if (category := table.get("category")) and category not in file.get("tags", {}):
            raise UserError(f"{where} category: {listed([category])} not in the file's [tags]")
        for reversed_order, set_ in ((False, f"@{folder}"), (True, f"@{folder}{REVERSE}")):
            if reversed_order and len(table["parts"]) == 1:
                continue
            spec = _spec(name, table, bases, where, file["source"], set_, reversed_order)
            tasks[spec.id] = spec
            sets.setdefault(set_, []).append(spec.id)
    return Catalogue(tasks, {name: tuple(ids) for name, ids in sets.items()})


def named(name: str, bases: Bases) -> TaskSpec | None:
    """The task that a name such as ``compwob.click-link_click-test`` composes; None if it does not.

    The parts' names are joined by ``_``; ``-transition`` gives each a screen of its own,
    ``-reverse`` reverses the sentence.
    """
    if not name.startswith(PREFIX):
        return None
    rest = name.removeprefix(PREFIX)
    reversed_order = rest.endswith(REVERSE)
    rest = rest.removesuffix(REVERSE)
    screens = rest.endswith(SCREENS)
    tasks = rest.removesuffix(SCREENS).split("_")
    if not set(tasks) <= phrases.part_tables().keys():
        return None
    return composed(tasks, bases, screens=screens, reverse=reversed_order)


def composed(
    parts: Sequence[str | Mapping[str, Any]],
    bases: Bases,
    *,
    screens: bool = False,
    order: str = "free",
    reverse: bool = False,
    **table: Any,
) -> TaskSpec:
    """A new composed task.

    parts: the MiniWoB tasks in the order in which they are to be done: names, or tables with the
        keys of `ComposedPart`.
    screens: whether each part has a screen of its own, one after another.
    order: ``"free"``, or ``"strict"``: a part counts only once all before it are done.
    reverse: whether the sentence names the first part last.
    table: further keys of a catalogue entry: ``height``, ``strict``, ``first``, ``forward`` ...

    Raises:
        UserError: a part or choice that is none.
    """
    if order not in ("free", "strict"):
        raise UserError(f"order={clipped(order)} is not 'free' or 'strict'")
    where = "compwob"
    if isinstance(parts, str) or not PARTS.fits(list(parts)):
        raise UserError(f"{where}: parts must be {PARTS.words}, not {clipped(parts)}")
    rules: dict[str, Any] = {"gated": True} if order == "strict" else {}
    entries: list[dict[str, Any]] = []
    for number, part in enumerate(parts, 1):
        entry = {"task": part} if isinstance(part, str) else dict(part)
        entry |= rules | ({"screen": number} if screens else {})
        entries.append(entry | {"task": str(entry.get("task", "")).removeprefix("miniwob.")})
    table = {"parts": entries, **table}
    check(table, KEYS, where=where)
    tasks = [entry["task"] for entry in entries]
    name = "_".join(tasks) + SCREENS * screens
    plain = [{"task": task} | ({"screen": n} if screens else {}) for n, task in enumerate(tasks, 1)]
    if table != {"parts": plain}:
        digest = hashlib.blake2b(json.dumps(table, sort_keys=True).encode(), digest_size=4)
        name += f".{digest.hexdigest()}"
    return _spec(name, table, bases, where, "composed", None, reverse)


def composition_of(spec: TaskSpec) -> Composition:
    """The composition of a composed task."""
    made: Composition = spec.details["composition"]
    return made


def _check_name(name: str, entries: Sequence[str | Mapping[str, Any]], where: str) -> None:
    """Raises a `UserError` unless the name tells the parts, as policies read them from it."""
    tasks = "_".join(e if isinstance(e, str) else str(e.get("task")) for e in entries)
    if name.partition(".")[0] not in (tasks, tasks + SCREENS):
        raise UserError(f"{where} must be named {tasks}, with what you like behind a dot")


def _spec(
    name: str,
    table: Mapping[str, Any],
    bases: Bases,
    where: str,
    source: str,
    set_: str | None,
    reversed_order: bool,
) -> TaskSpec:
    keys = {"height", "strict", "forward", "reverse", "first"}
    made = composition(
        table["parts"],
        where=where,
        reversed_order=reversed_order,
        **{key: value for key, value in table.items() if key in keys},
    )
    parts = tuple(f"miniwob.{part.task}" for part in made.parts)
    own = {word for word in (table.get("category"), set_) if word}
    needed = {tag for part in parts for tag in bases[part].tags if not tag.startswith("@")}
    needed -= {"partial"}  # a composition is a success or a failure
    name += REVERSE * reversed_order
    return TaskSpec(
        id=PREFIX + name,
        page=f"compositional/{name}.html",
        tags=frozenset(own | needed),
        max_steps=table.get("max_steps") or sum(bases[part].max_steps for part in parts),
        width=WIDTH,
        height=made.height,
        window=(_WINDOW[0], max(_WINDOW[1], made.height)),
        source=source,
        limit_ms=float(LIMIT_MS),
        notes=table.get("notes", ""),
        parts=parts,
        details={"composition": made},
    )
