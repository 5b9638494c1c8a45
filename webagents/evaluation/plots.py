"""The report's plots, as SVG text to stand inside its page and take its colours, light or dark."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from webagents.evaluation.measures import Estimate
from webagents.evaluation.outcomes import FAILURES
from webagents.evaluation.report import EpisodeResult

# Colours no plot would have, each put in place of a CSS variable after drawing.
VARIABLES = {
    "ink": "#010201",
    "faint": "#010202",
    "line": "#010203",
    "accent": "#010204",
    "solved": "#010205",
    "wrong": "#010206",
    "truncated": "#010207",
    "error": "#010208",
}
LABELLED = 32
"""Up to so many tasks are named below the plot of tasks; the table names them all."""


def success_by_task(tasks: Mapping[str, Estimate]) -> str:
    """Every task's success with its interval, from best to worst, over the mean of all."""
    ranked = sorted(tasks.items(), key=lambda item: (-item[1].mean, item[0]))
    figure, axes = _figure(8.6, 2.9 if len(ranked) > LABELLED else 3.9)
    _intervals(axes, [estimate for _, estimate in ranked], vertical=True)
    mean = float(np.mean([estimate.mean for estimate in tasks.values()]))
    axes.axhline(mean, color=VARIABLES["accent"], lw=1, ls=(0, (4, 3)), zorder=1)
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlim(-0.8, len(ranked) - 0.2)
    if len(ranked) > LABELLED:
        axes.set_xticks([])
        axes.set_xlabel(f"{len(ranked)} tasks, best to worst", color=VARIABLES["faint"])
    else:
        names = [name.partition(".")[2] or name for name, _ in ranked]
        axes.set_xticks(range(len(ranked)), names, rotation=40, ha="right", parse_math=False)
    axes.grid(axis="y", color=VARIABLES["line"], lw=0.8)
    return _svg(figure, "tasks")


def success_by_tag(tags: Mapping[str, Estimate], sizes: Mapping[str, int]) -> str:
    """The success of the tasks that carry each tag, best at the top, with how many they are."""
    ranked = sorted(tags.items(), key=lambda item: (item[1].mean, item[0]))
    figure, axes = _figure(4.2, 0.7 + 0.21 * len(ranked))
    _intervals(axes, [estimate for _, estimate in ranked], vertical=False)
    axes.set_xlim(-0.03, 1.03)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    names = [f"{name} ({sizes[name]})" for name, _ in ranked]
    axes.set_yticks(range(len(ranked)), names, parse_math=False)
    axes.set_ylim(-0.7, len(ranked) - 0.3)
    axes.grid(axis="x", color=VARIABLES["line"], lw=0.8)
    return _svg(figure, "tags")


def steps_taken(episodes: Sequence[EpisodeResult]) -> str:
    """How many episodes took how many steps, by what came of them."""
    counted = [episode for episode in episodes if episode.failure != "void"]
    most = max(episode.steps for episode in counted)
    edges = np.arange(0, most + 2) - 0.5 if most <= 30 else np.linspace(0, most + 1, 31)
    figure, axes = _figure(4.2, 2.9)
    bottom = np.zeros(len(edges) - 1)
    for kind in FAILURES:
        steps = [episode.steps for episode in counted if episode.failure == kind]
        if steps:
            heights = np.histogram(steps, edges)[0]
            axes.bar(
                edges[:-1],
                heights,
                np.diff(edges) * 0.86,
                bottom,
                align="edge",
                color=VARIABLES[kind or "solved"],
                lw=0,
            )
            bottom += heights
    axes.set_xlim(edges[0] - 0.2, edges[-1] + 0.2)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_xlabel("steps", color=VARIABLES["faint"])
    axes.set_ylabel("episodes", color=VARIABLES["faint"])
    axes.grid(axis="y", color=VARIABLES["line"], lw=0.8)
    return _svg(figure, "steps")


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    axes.patch.set_alpha(0)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelcolor=VARIABLES["ink"], labelsize=9)
    return figure, axes


def _intervals(axes: Axes, estimates: Sequence[Estimate], *, vertical: bool) -> None:
    """A dot and a bar for each estimate, at 0, 1, 2 …"""
    places = np.arange(len(estimates))
    means = np.array([estimate.mean for estimate in estimates])
    reach = np.array([(e.mean - e.low, e.high - e.mean) for e in estimates]).T.clip(0)
    wide = 3.2 if len(estimates) <= 60 else 1.8
    style = {
        "color": VARIABLES["solved"],
        "ecolor": VARIABLES["solved"],
        "fmt": "o",
        "ms": wide + 2,
        "elinewidth": wide,
        "capsize": 0,
        "zorder": 3,
    }
    if vertical:
        (_, _, bars) = axes.errorbar(places, means, yerr=reach, **style)
    else:
        (_, _, bars) = axes.errorbar(means, places, xerr=reach, **style)
    for bar in bars:
        bar.set_alpha(0.3)


def _svg(figure: Figure, name: str) -> str:
    """The drawing without XML's preamble; its text stays text, `name` keeps its ids apart."""
    text = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    for variable, colour in VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return svg
