"""The papers' plots of composed tasks: success against what may explain it, a dot a task.

Source: Hosseini et al. 2024 (compositional GSM), figure 1, for success against what the parts
promise; Furuta et al. 2023 (CompWoB), section 6.4, for the instruction's length and the depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from webagents.evaluation.compositions.results import Composition, CompositionTask
from webagents.evaluation.drawing import VARIABLES, figure, svg


class Marks(NamedTuple):
    """How the tasks of one order are drawn."""

    colour: str
    marker: str
    filled: bool
    size: float


MARKS = {
    "forward": Marks(VARIABLES["solved"], "o", True, 26),
    "reverse": Marks(VARIABLES["accent"], "D", False, 17),
}

Points = Sequence[tuple[float, float]]
"""The dots of one order, (x, y) each."""


def drawings(composition: Composition) -> dict[str, str]:
    """The plots that there is something to draw for, by name."""
    made = {
        "product": _against_product(composition),
        "parts": _against_parts(composition),
        "words": _against(composition, "words", "words of the instruction"),
        "depth": _against(composition, "depth", "elements one in another, first page"),
    }
    return {name: drawn for name, drawn in made.items() if drawn}


def _against_product(composition: Composition) -> str:
    """Success against the product of the parts' rates; on the dashed line there is no gap."""
    points = {
        order: [
            (task.product, task.composed)
            for task in tasks
            if task.product is not None and task.composed is not None
        ]
        for order, tasks in _by_order(composition).items()
    }
    if not any(points.values()):
        return ""
    drawn, axes = figure(4.7, 3.3)
    axes.plot([0, 1], [0, 1], color=VARIABLES["faint"], lw=1, ls=(0, (4, 3)), zorder=1)
    for order, dots in points.items():
        _dots(axes, order, dots)
    axes.set_xlim(-0.05, 1.05)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    _finish(axes, "product of the parts' success rates")
    return svg(drawn, "composition-product")


def _against_parts(composition: Composition) -> str:
    """Success against the number of parts: a dot a task, its mean, dashed what the parts give."""
    tasks_of = _by_order(composition)
    sizes = sorted({len(task.parts) for tasks in tasks_of.values() for task in tasks})
    if len(sizes) < 2:
        return ""
    drawn, axes = figure(4.7, 3.3)
    for shift, (order, tasks) in zip((-0.11, 0.11), tasks_of.items(), strict=False):
        _dots(axes, order, [(len(task.parts) + shift, task.success.mean) for task in tasks])
    for group in composition.groups:
        if group.kind == "parts" and group.order in MARKS:
            _level(axes, group.order, int(group.name), group.success.mean, group.product)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(sizes[0] - 0.6, sizes[-1] + 0.6)
    _finish(axes, "parts")
    return svg(drawn, "composition-parts")


def _against(composition: Composition, name: str, label: str) -> str:
    """Success against one of a task's own numbers; the line of least squares where there is one."""
    points = {
        order: [(x, task.success.mean) for task in tasks if (x := getattr(task, name)) is not None]
        for order, tasks in _by_order(composition).items()
    }
    if len({x for dots in points.values() for x, _ in dots}) < 2:
        return ""
    drawn, axes = figure(4.7, 3.3)
    for order, dots in points.items():
        _dots(axes, order, dots)
        if name in composition.correlations[order]:
            xs, ys = zip(*dots, strict=True)
            ends = np.array([min(xs), max(xs)])
            slope, start = np.polyfit(xs, ys, 1)
            line = start + slope * ends
            axes.plot(ends, line, color=MARKS[order].colour, lw=1.2, alpha=0.7, zorder=2)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    _finish(axes, label)
    return svg(drawn, f"composition-{name}")


def _by_order(composition: Composition) -> dict[str, list[CompositionTask]]:
    found: dict[str, list[CompositionTask]] = {}
    for order in MARKS:
        if tasks := [task for task in composition.tasks.values() if task.order == order]:
            found[order] = tasks
    return found


def _dots(axes: Axes, order: str, points: Points) -> None:
    """A dot for each point; where several lie on one spot the dot is larger."""
    marks = MARKS[order]
    spots: dict[tuple[float, float], int] = {}
    for x, y in points:
        spot = (round(float(x), 3), round(float(y), 3))
        spots[spot] = spots.get(spot, 0) + 1
    axes.scatter(
        [x for x, _ in spots],
        [y for _, y in spots],
        s=[marks.size * min(1 + 0.3 * (number - 1), 5) for number in spots.values()],
        marker=marks.marker,
        facecolors=marks.colour if marks.filled else "none",
        edgecolors=marks.colour,
        alpha=0.65,
        linewidths=0 if marks.filled else 1.1,
        zorder=3,
        clip_on=False,
    )


def _level(axes: Axes, order: str, parts: int, mean: float, product: float | None) -> None:
    """The mean of the tasks of so many parts, and dashed what their parts' rates multiply to."""
    colour = MARKS[order].colour
    axes.hlines(mean, parts - 0.32, parts + 0.32, color=colour, lw=2.2, zorder=4)
    if product is not None:
        dashes = (0, (3, 2))
        axes.hlines(
            product, parts - 0.32, parts + 0.32, color=VARIABLES["faint"], lw=1.2, ls=dashes
        )


def _finish(axes: Axes, label: str) -> None:
    axes.set_ylim(-0.05, 1.05)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(label, color=VARIABLES["faint"], fontsize=9)
    axes.set_ylabel("success, composed", color=VARIABLES["faint"], fontsize=9)
    axes.grid(color=VARIABLES["line"], lw=0.8)
