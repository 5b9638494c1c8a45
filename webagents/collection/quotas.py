"""How many episodes are wanted of each task."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from webagents.envs import catalogue
from webagents.errors import UserError, clipped
from webagents.resources import content


def uniform(tasks: str, episodes: int) -> dict[str, int]:
    """The same number of each task; `tasks` as `catalogue.select` takes them."""
    return {spec.id: episodes for spec in catalogue.select(tasks)}


def from_table(name: str, *, tasks: str | None = None, scale: float = 1.0) -> dict[str, int]:
    """The quotas of a table: a bundled one by its name, or a TOML file of ``task = episodes``.

    tasks: only these of the table; None: all.
    scale: what the table's numbers are multiplied with; rounded up, so that no task vanishes.

    Raises:
        UserError: no such table, or one that holds something else.
        UnknownTask: a task that there is not.
    """
    table = _read(name)
    unknown = sorted(set(table) - set(catalogue.load()))
    if unknown:
        raise UserError(f"the quotas {name} name {clipped(unknown)}, which are no tasks")
    chosen = table if tasks is None else [s.id for s in catalogue.select(tasks)]
    return {task: -int(-table[task] * scale // 1) for task in chosen if table.get(task)}


def _read(name: str) -> Mapping[str, int]:
    path = Path(name)
    if not path.suffix:
        known = sorted(file.stem for file in content("data", "quotas").glob("*.toml"))
        if name not in known:
            raise UserError(
                f"no quotas {clipped(name)}; there is {', '.join(known)}, "
                "or give a TOML file of lines such as '\"miniwob.click-test\" = 100'"
            )
        path = content("data", "quotas", f"{name}.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read the quotas {name}: {error}") from error
    for task, number in table.items():
        if not isinstance(number, int) or number < 0:
            raise UserError(f"{name}: {task} = {clipped(number)} is no number of episodes")
    return table
