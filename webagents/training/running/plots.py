"""The curves of a run, drawn from its ``metrics.jsonl``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from webagents.training.running.metrics import METRICS, Row, read
from webagents.training.running.trials import TASK

PLOT = "loss.png"
PLOT_OF_TRIALS = "success.png"
SMOOTHED = 50
"""Over how many steps the line of the training loss is averaged, at most."""


def draw(folder: Path) -> Path:
    """Draws loss, validation loss and gradient norm over tokens; gives the picture's path."""
    rows = read(folder / METRICS)
    tokens = {row["step"]: row["tokens"] / 1e6 for row in rows if "tokens" in row}
    figure = Figure(figsize=(8, 6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    at, loss = _column(rows, "loss", tokens)
    upper.plot(at, loss, color="0.8", linewidth=0.8, label="training, each step")
    width = max(1, min(SMOOTHED, len(loss) // 10))
    if len(loss) >= width:
        smooth = np.convolve(loss, np.ones(width) / width, "valid")
        upper.plot(at[width - 1 :], smooth, label=f"training, mean of {width} steps")
    found = _column(rows, "validation_loss", tokens)
    if len(found[0]):
        upper.plot(*found, marker="o", markersize=3, label="validation")
    upper.set(ylabel="loss (nats a token)")
    upper.legend(frameon=False)
    lower.plot(*_column(rows, "gradient_norm", tokens), color="0.5", linewidth=0.8)
    lower.set(ylabel="gradient norm", xlabel="tokens (millions)", yscale="log")
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
    return _saved(figure, folder / PLOT)


def draw_trials(folder: Path) -> Path | None:
    """Draws the success of each trial, and of each task as a row; None where none has been."""
    rows = [row for row in read(folder / METRICS) if "success" in row]
    if not rows:
        return None
    names = sorted({name for row in rows for name in row if name.startswith(TASK)})
    rates = np.array([[row.get(name, np.nan) for row in rows] for name in names], np.float64)
    steps = [row["step"] for row in rows]
    tall = 0.14 * len(names) + 1
    figure = Figure(figsize=(8, 3 + tall), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(3, tall))
    upper.plot(steps, [row["success"] for row in rows], marker="o", markersize=3)
    upper.set(ylabel="success, mean of tasks", xlabel="steps", ylim=(0, 1.02))
    upper.spines[["top", "right"]].set_visible(False)
    upper.grid(alpha=0.3)
    shown = lower.imshow(rates, aspect="auto", cmap="viridis", vmin=0, vmax=1)
    tasks = [name.removeprefix(TASK) for name in names]
    lower.set_yticks(range(len(names)), tasks, fontsize=6)
    every = max(1, len(steps) // 10)
    lower.set_xticks(range(0, len(steps), every), steps[::every])
    lower.set(xlabel="steps")
    figure.colorbar(shown, ax=lower, label="success")
    return _saved(figure, folder / PLOT_OF_TRIALS)


def _saved(figure: Figure, path: Path) -> Path:
    new = path.with_suffix(".new.png")
    figure.savefig(new, dpi=110)
    new.replace(path)
    return path


def _column(
    rows: Sequence[Row], name: str, at: dict[int, float]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Where a figure was taken, and what it was."""
    known = [(at[row["step"]], row[name]) for row in rows if row.get(name) is not None]
    return tuple(np.array(column, np.float64) for column in zip(*known, strict=True)) or (
        np.zeros(0),
        np.zeros(0),
    )
