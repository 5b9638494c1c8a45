"""What a collection kept, for the terminal."""

from __future__ import annotations

from collections import Counter

from rich.table import Table
from rich.text import Text

from webagents.collection.collect import Collected

COLUMNS = ("kept", "wanted", "tried", "failed")


def table_of(collected: Collected) -> Table:
    """What a collection kept of each task, for the terminal."""
    table = Table(title=Text(f"episodes in {collected.out}"), title_justify="left")
    table.add_column("task", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column, justify="right")
    total: Counter[str] = Counter()
    for task, counts in collected.tasks.items():
        total += counts
        table.add_row(Text(task), *(f"{counts[name]:,}" for name in COLUMNS))
    table.add_row("all", *(f"{total[name]:,}" for name in COLUMNS))
    return table
