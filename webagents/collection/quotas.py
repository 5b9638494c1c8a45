"""How many episodes are wanted of each task."""

from __future__ import annotations

from webagents.data.quotas import read_quotas
from webagents.envs import catalogue
from webagents.errors import UserError, clipped


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
    table = read_quotas(name)
    unknown = sorted(set(table) - set(catalogue.load()))
    if unknown:
        raise UserError(f"the quotas {name} name {clipped(unknown)}, which are no tasks")
    chosen = table if tasks is None else [s.id for s in catalogue.select(tasks)]
    return {task: -int(-table[task] * scale // 1) for task in chosen if table.get(task)}
