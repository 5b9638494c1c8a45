"""A report for the terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from webagents.evaluation.asked import Asked
from webagents.evaluation.compositions import CompositionGroup
from webagents.evaluation.formats import count, money, points
from webagents.evaluation.report import Report, SetResult, TaskResult


def table_of(report: Report) -> Table:
    """The report's tasks and sets for the terminal, success with its 95% interval, mean reward.

    Below it, what composing costs, where composed tasks were played with their parts, and what a
    language model was asked.
    """
    table = Table(title=Text(f"success of {report.player}"), title_justify="left")
    groups = report.composition.groups if report.composition else ()
    below = [_cost(group) for group in groups if group.kind == "all" and group.gap]
    if report.asked_in_all is not None:
        below.append(_told(report.asked_in_all))
    table.caption, table.caption_justify = Text("\n".join(below)) if below else None, "left"
    table.add_column("task", overflow="fold")
    for column in ("success", "95% interval", "reward", "episodes", "void", "steps"):
        table.add_column(column, justify="right", no_wrap=True)
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
            "-" if result.reward is None else f"{result.reward:.3f}",
            str(result.episodes),
            str(result.void),
            "-" if result.steps is None else f"{result.steps:.1f}",
        )
    return table


def _told(asked: Asked) -> str:
    """What a language model was asked, in a line."""
    return (
        f"{count(asked.questions, 'question')} to the language model: {asked.prompt_tokens:,} "
        f"tokens read, {asked.completion_tokens:,} written"
        + ("" if asked.cost is None else f", cost {money(asked.cost)}")
    )


def _cost(group: CompositionGroup) -> str:
    """The composition gap of all tasks of an order in a line."""
    assert group.gap is not None
    value, low, high = group.gap
    spread = "" if low is None or high is None else f" ({points(low)} to {points(high)})"
    return (
        f"composition gap, {group.order} order: {points(value)} points{spread}, "
        f"{group.compared} of {group.tasks} tasks"
    )
