"""A report for the terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from webagents.evaluation.report import Report, SetResult, TaskResult


def table_of(report: Report) -> Table:
    """The report's tasks and sets for the terminal, success with its 95% interval."""
    table = Table(title=Text(f"success of {report.policy}"), title_justify="left")
    table.add_column("task", no_wrap=True)
    for column in ("success", "95% interval", "episodes", "void", "steps"):
        table.add_column(column, justify="right")
    rows: dict[str, TaskResult | SetResult] = {**report.tasks}
    for name, members in report.sets.items():
        part = (
            "" if members.tasks == members.of else f" ({members.tasks} of its {members.of} tasks)"
        )
        rows[name + part] = members
    for name, result in {**rows, "all": report.overall}.items():
        mean, low, high = result.success
        table.add_row(
            Text(name),
            f"{mean:.1%}",
            f"{low:.1%} to {high:.1%}",
            str(result.episodes),
            str(result.void),
            "-" if result.steps is None else f"{result.steps:.1f}",
        )
    return table
