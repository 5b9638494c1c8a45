"""The report's plots of all its tasks and episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from webagents.evaluation.drawing import VARIABLES, figure, shortened, svg
from webagents.evaluation.measures import Estimate
from webagents.evaluation.outcomes import FAILURES
from webagents.evaluation.report import EpisodeResult

LEVEL = 6
"""Up to so many names stand level below a plot; more are slanted."""
WIDE = 110
"""Up to so many letters of names stand level below a plot; more are slanted."""
LABELLED = 32
"""Up to so many tasks are named below the plot of tasks; the table names all."""
LETTERS = 30
"""Longer names lose their middle below a plot."""


def success_by_task(tasks: Mapping[str, Estimate]) -> str:
    """Every task's success with its interval, best first, over the mean of all.

    Few enough tasks are named by what follows the source: ``click-test``.
    """
    names = {name: shortened(name.partition(".")[2] or name, LETTERS) for name in tasks}
    return _ranked("tasks", tasks, names if len(tasks) <= LABELLED else None)


def success_by_tag(tags: Mapping[str, Estimate], sizes: Mapping[str, int]) -> str:
    """The success of the tasks that carry each tag, best first, with how many they are."""
    return _ranked("tags", tags, {name: f"{name} ({sizes[name]})" for name in tags})


def steps_taken(episodes: Sequence[EpisodeResult]) -> str:
    """How many episodes took how many steps, by what came of them."""
    counted = [episode for episode in episodes if episode.failure != "void"]
    most = max(episode.steps for episode in counted)
    edges = np.arange(0, most + 2) - 0.5 if most <= 30 else np.linspace(0, most + 1, 31)
    drawn, axes = figure(8.6, 2.3)
    bottom = np.zeros(len(edges) - 1)
    for kind in FAILURES:
        steps = [episode.steps for episode in counted if episode.failure == kind]
        if steps:
            heights = np.histogram(steps, edges)[0]
            axes.bar(
                (edges[:-1] + edges[1:]) / 2,
                heights,
                np.diff(edges) * 0.86,
                bottom,
                color=VARIABLES[kind or "solved"],
                lw=0,
            )
            bottom += heights
    axes.set_xlim(edges[0] - 0.2, edges[-1] + 0.2)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_xlabel("steps", color=VARIABLES["faint"], fontsize=9)
    axes.set_ylabel("episodes", color=VARIABLES["faint"], fontsize=9)
    axes.grid(axis="y", color=VARIABLES["line"], lw=0.8)
    return svg(drawn, "steps")


def _ranked(kind: str, rates: Mapping[str, Estimate], names: Mapping[str, str] | None) -> str:
    """Dots and intervals from best to worst; without names, only how many they are."""
    ranked = sorted(rates.items(), key=lambda item: (-item[1].mean, item[0]))
    labels = [names[name] for name, _ in ranked] if names else []
    slanted = len(labels) > LEVEL or sum(map(len, labels)) > WIDE
    drawn, axes = figure(8.6, 3.6 if slanted else 2.7)
    _intervals(axes, [estimate for _, estimate in ranked])
    if kind == "tasks":
        mean = float(np.mean([estimate.mean for estimate in rates.values()]))
        axes.axhline(mean, color=VARIABLES["accent"], lw=1, ls=(0, (4, 3)), zorder=1)
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlim(-0.8, len(ranked) - 0.2)
    if labels:
        axes.set_xticks(
            range(len(ranked)),
            labels,
            rotation=45 if slanted else 0,
            ha="right" if slanted else "center",
            rotation_mode="anchor",
            parse_math=False,
        )
    else:
        axes.set_xticks([])
        axes.set_xlabel(f"{len(ranked)} {kind}, best first", color=VARIABLES["faint"], fontsize=9)
    axes.grid(axis="y", color=VARIABLES["line"], lw=0.8)
    return svg(drawn, kind)


def _intervals(axes: Axes, estimates: Sequence[Estimate]) -> None:
    """A dot and a bar for each estimate, at x = 0, 1, 2 and so on."""
    reach = np.array([(e.mean - e.low, e.high - e.mean) for e in estimates]).T.clip(0)
    width = 3.2 if len(estimates) <= 60 else 1.8
    _, _, bars = axes.errorbar(
        np.arange(len(estimates)),
        [estimate.mean for estimate in estimates],
        yerr=reach,
        fmt="o",
        color=VARIABLES["solved"],
        markersize=width + 2,
        elinewidth=width,
        zorder=3,
    )
    for bar in bars:
        bar.set_alpha(0.3)
