"""How the compact policy's success grows with demonstrations, size, and balance of tasks.

    demos="runs/demos/steady runs/demos/weak runs/demos/dagger1 runs/demos/harder"
    python benchmarks/curves.py $demos --plot docs/images
    python benchmarks/curves.py $demos --axis sizes --episodes 20

Each point of a curve is one training and one evaluation, in a folder of its own below ``--out``;
points that curves share are made once, and what was stopped goes on where it was. All points take
equally many optimiser steps of equally many examples: the fewer demonstrations there are, the more
often each is seen. The learning rate is the same for all sizes. One seed each, and intervals are
over the episodes that were played: how far trainings differ they do not tell.

Demonstrations are parts of the first dataset, equally many of each task (a smaller part lies in
every larger one), then all of it, then all datasets, which bring more of some tasks than of others.
Sizes and balances learn from all datasets.

Source of what is compared: Furuta et al. 2024, WebGUM, figures of data and model size; Furuta et
al. 2024, "Exposing Limitations of Language Model Agents", section 4.5 (balance).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.figure import Figure

from webagents.data import Dataset
from webagents.data.mixing import MixConfig, mix
from webagents.evaluation.report import SetResult
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.models import load_model
from webagents.progress import shown
from webagents.training.imitation import Imitation, imitate
from webagents.training.imitation.balancing import BALANCES, BY_RATES, Balance

FIRST, ALL = "first", "all"
"""What is learned from where it is no part: the first dataset, or all."""

SIZES = {
    "pointer-tiny": ("pointer-tiny", ""),
    "narrow": ("pointer", "d_model=64,d_kv=16,d_ff=192"),
    "pointer": ("pointer", ""),
    "wide": ("pointer", "d_model=192,d_kv=48,d_ff=576"),
}
"""Presets and what is changed of them: half as wide as `pointer`, and half as wide again."""

AXES = {"demonstrations": "demonstrations", "sizes": "parameters, millions", "balance": "balance"}
"""What stands below the plot of each."""

SEEDS, SEEDS_OF_RATES, EPISODES_OF_RATES = 2_000, 700_000_000, 5
"""From where points are judged, and from where and how much is played for balances that look."""


class Point(NamedTuple):
    """One training.

    data: how many episodes of each task of the first dataset, or `FIRST`, or `ALL`.
    size: one of `SIZES`.
    balance: how often which task is learned from.
    """

    data: int | str = ALL
    size: str = "pointer"
    balance: Balance = "none"

    @property
    def folder(self) -> str:
        return f"{self.data}-{self.size}-{self.balance}"


class Found(NamedTuple):
    """What came of a point.

    episodes, steps: of demonstrations, as there are, not as they are balanced.
    """

    episodes: int
    steps: int
    parameters: int
    played: SetResult


def main() -> None:
    """Makes the points and prints a table of each axis."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path, help="datasets, the first with all tasks")
    parser.add_argument("--axis", nargs="+", choices=AXES, default=list(AXES))
    parser.add_argument("--per-task", nargs="+", type=int, default=[10, 50], help="of the parts")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--balances", nargs="+", choices=BALANCES, default=list(BALANCES))
    parser.add_argument("--steps", type=int, default=600, help="optimiser steps of each point")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--tasks", default="@webgum56", help="what is played")
    parser.add_argument("--episodes", type=int, default=10, help="a task that are played")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=4, help="pages that are played at once")
    parser.add_argument("--out", type=Path, default=Path("runs/curves"))
    parser.add_argument("--plot", type=Path, help="the folder that plots go to; none without")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    seen = given.steps * given.batch
    print(f"{given.steps:,} optimiser steps, {seen:,} examples, at each point; {given.tasks}")
    made: dict[Point, Found] = {}
    for axis in given.axis:
        points = points_of(axis, given)
        for point in points.values():
            if point not in made:
                made[point] = found(given, point)
        curve = {label: made[point] for label, point in points.items()}
        print("\n".join(["", *table(axis, curve)]), flush=True)
        if given.plot:
            given.plot.mkdir(parents=True, exist_ok=True)
            path = given.plot / f"curve_{axis}.png"
            draw(axis, curve).savefig(path, dpi=110)
            print(f"\n{path}")


def points_of(axis: str, given: argparse.Namespace) -> dict[str, Point]:
    """The points of an axis, by what they are called in it."""
    if axis == "sizes":
        return {size: Point(size=size) for size in given.sizes}
    if axis == "balance":
        return {balance: Point(balance=balance) for balance in given.balances}
    parts = {f"{number} a task": Point(number) for number in sorted(set(given.per_task))}
    first = {given.data[0].name: Point(FIRST)} if len(given.data) > 1 else {}
    return {**parts, **first, ALL: Point(ALL)}


def found(given: argparse.Namespace, point: Point) -> Found:
    """Makes a point, or what is missing of it."""
    data = data_of(given, point)
    model = trained(given, point, data)
    held = [Dataset(path).known for path in data]
    return Found(
        sum(int(each["episodes"]) for each in held),
        sum(int(each["steps"]) for each in held),
        sum(weights.numel() for weights in load_model(model).parameters()),
        played(given, model, "judged", SEEDS, given.episodes),
    )


def data_of(given: argparse.Namespace, point: Point) -> list[Path]:
    """The datasets of a point; a part of the first is made."""
    if isinstance(point.data, str):
        return given.data[:1] if point.data == FIRST else given.data
    out = Path(given.out, f"data-{point.data}")
    part = MixConfig(sources=given.data[:1], out=out, keep="all", cap=point.data, resume=True)
    mix(part, progress=shown)
    return [out]


def trained(given: argparse.Namespace, point: Point, data: list[Path]) -> Path:
    """Trains, or goes on with it; gives the model's folder. As `make policy` does, but shorter."""
    model, changes = SIZES[point.size]
    config = Imitation(
        data=data,
        out=given.out / point.folder,
        model=model,
        changes=changes,
        view="visual",
        actions=10,
        window=512,
        balance=point.balance,
        rates=rates(given) if point.balance in BY_RATES else None,
        steps=given.steps,
        batch=given.batch,
        learning_rate=1e-3,
        final_learning_rate=1e-5,
        betas=(0.9, 0.98),
        weight_decay=1e-4,
        warmup_steps=50,
        schedule="cosine",
        precision="bfloat16",
        monitor_every=0,
        checkpoint_every=100,
        threads=given.threads,
        resume=True,
    )
    return imitate(config, progress=shown)


def rates(given: argparse.Namespace) -> Path:
    """How well the policy that learned without balance does, on seeds that judge nothing."""
    model = trained(given, Point(), given.data)
    played(given, model, "rates", SEEDS_OF_RATES, EPISODES_OF_RATES)
    return model.parent / "rates" / "report.json"


def played(
    given: argparse.Namespace, model: Path, name: str, seed_start: int, episodes: int
) -> SetResult:
    """Plays a point's model, or goes on with it; its folder is within the point's."""
    config = EvaluateConfig(
        policy=str(model),
        tasks=given.tasks,
        out=model.parent / name,
        episodes=episodes,
        seed_start=seed_start,
        workers=given.workers,
        screenshots=False,
        keep="none",
    )
    return evaluate(config).overall


def table(axis: str, curve: Mapping[str, Found]) -> list[str]:
    """The lines of an axis' table."""
    lines = [
        f"| {axis} | episodes | steps | parameters | played | success, % |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for label, (episodes, steps, parameters, played) in curve.items():
        mean, low, high = (100 * value for value in played.success)
        void = f" ({played.void} void)" if played.void else ""
        lines.append(
            f"| {label} | {episodes:,} | {steps:,} | {parameters / 1e6:.2f}M "
            f"| {played.episodes}{void} | {mean:.1f} ({low:.1f} to {high:.1f}) |"
        )
    return lines


def draw(axis: str, curve: Mapping[str, Found]) -> Figure:
    """Success over the axis, with intervals; what is counted stands on a logarithmic scale."""
    figure = Figure(figsize=(5.2, 3.2), layout="constrained")
    axes = figure.subplots()
    counts: Sequence[float] = range(len(curve))
    names = list(curve)
    if axis != "balance":
        millions = [one.parameters / 1e6 for one in curve.values()]
        counts = millions if axis == "sizes" else [one.episodes for one in curve.values()]
        names = [f"{count:.1f}" if axis == "sizes" else f"{count:,}" for count in counts]
        axes.set_xscale("log")
    means, lows, highs = 100 * np.array([one.played.success for one in curve.values()]).T
    reach, line = (means - lows, highs - means), "o" if axis == "balance" else "o-"
    axes.errorbar(counts, means, yerr=reach, fmt=line, color="C0", capsize=3)
    axes.minorticks_off()
    axes.set_xticks(counts, names)
    axes.set(xlabel=AXES[axis], ylabel="success (%), mean of tasks", ylim=(0, 102))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    return figure


if __name__ == "__main__":
    main()
