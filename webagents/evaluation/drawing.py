"""What all of the report's drawings share: SVG text to stand inside its page and take its colours.

The page is light or dark as its reader likes, so colours are names until it is shown.
"""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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


def figure(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty drawing of that size, in inches, and its axes."""
    drawn = Figure(figsize=(width, height), layout="constrained")
    axes = drawn.add_subplot()
    axes.set_axisbelow(True)
    axes.patch.set_alpha(0)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelcolor=VARIABLES["ink"], labelsize=9)
    return drawn, axes


def svg(drawn: Figure, name: str) -> str:
    """The drawing without XML's preamble; its text stays text, `name` keeps its ids apart."""
    text = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        drawn.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    shown = text.getvalue()
    shown = shown[shown.index("<svg") :]
    for variable, colour in VARIABLES.items():
        shown = shown.replace(colour, f"var(--{variable})")
    return shown


def shortened(name: str, limit: int) -> str:
    """A name that is too long for a label, without its middle: both its ends tell names apart."""
    if len(name) <= limit:
        return name
    head = (limit - 1) // 2
    return f"{name[:head]}…{name[len(name) - (limit - 1 - head) :]}"
