"""The `list` command's body: tasks as a table for people, or as JSON lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from webagents.envs import catalogue
from webagents.types import TaskSpec

_WIDE = 400


def print_tasks(patterns: str | None, *, as_json: bool = False) -> None:
    """Prints the tasks that the patterns name (see `catalogue.select`), or all, to stdout.

    Raises:
        UnknownTask: a pattern names nothing; nothing is printed then.
    """
    specs = list(catalogue.load().values()) if patterns is None else catalogue.select(patterns)
    console = Console(width=None if sys.stdout.isatty() else _WIDE)  # no id is cut in a pipe
    if as_json:
        for spec in specs:
            console.out(json.dumps(as_record(spec), ensure_ascii=False), highlight=False)
    else:
        console.print(tasks_table(specs))


def as_record(spec: TaskSpec) -> dict[str, Any]:
    """The task as JSON has it: tags and sets apart, each in alphabetical order."""
    return {
        "id": spec.id,
        "env_id": spec.env_id,
        "tags": needs(spec),
        "sets": sorted(spec.tags - set(needs(spec))),
        "max_steps": spec.max_steps,
        "limit_ms": spec.limit_ms,
        "success_at": spec.success_at,
        "split": spec.split,
        "group": spec.group,
        "source": spec.source,
        "parts": list(spec.parts),
        "notes": spec.notes,
    }


def tasks_table(specs: Iterable[TaskSpec]) -> Table:
    """One row a task: id, what it needs, step limit, split, source."""
    rows = list(specs)
    table = Table(title=f"{len(rows)} task{'' if len(rows) == 1 else 's'}", title_justify="left")
    table.add_column("task", overflow="fold")
    table.add_column("needs")
    table.add_column("steps", justify="right")
    table.add_column("split")
    table.add_column("source")
    for spec in rows:
        cells = (spec.id, " ".join(needs(spec)), str(spec.max_steps), spec.split, spec.source)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def needs(spec: TaskSpec) -> list[str]:
    """What the task needs of an agent: its tags without the sets it belongs to."""
    return sorted(tag for tag in spec.tags if not tag.startswith("@"))
