"""HTML-T5's ablations in small: long spans, short spans or no pre-training; windows or dense.

Prints Markdown and draws a picture. One small network is pre-trained on a corpus in several ways,
at equal compute, and each is fine-tuned alike on experts' demonstrations; what counts is how often
it then says the expert's action letter for letter, on episodes with seeds of their own.

    webagents corpus build diverse --out corpus
    tasks=miniwob.click-test-2,miniwob.click-button,...        # TASKS, by comma
    demos="--policy expert --no-screenshots --tasks $tasks"
    webagents collect $demos --episodes 200 --out demos/train
    webagents collect $demos --episodes 40 --seed-start 1000 --out demos/held-out
    OMP_NUM_THREADS=1 python benchmarks/pretraining_ablation.py corpus demos

Equal compute: the processor time of a step is measured for each way, in turns within one process,
and a way whose steps take longer gets fewer. What is done is kept in ``--out``: a run that was
stopped goes on where it was, and one with more ``--seeds`` adds to it.

Source of what is compared: Gur et al. 2024, WebAgent, section 4.3 and table 3.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from matplotlib.figure import Figure

from webagents.data import Dataset
from webagents.evaluation.measures import Resamples
from webagents.evaluation.measures.resampling import interval
from webagents.models import HtmlT5
from webagents.models.tokenizer import load_tokenizer
from webagents.training.denoising import Denoiser, Sentinels, mixture
from webagents.training.imitation import (
    Accuracy,
    Imitation,
    Judged,
    Taught,
    TextTeacher,
    imitate,
    judge,
)
from webagents.training.pretraining import Pretraining, pretrain
from webagents.training.running.folders import MODEL
from webagents.training.starting import starting_model

TASKS = (
    *("click-test-2", "click-button", "click-button-sequence", "click-link", "click-option"),
    *("click-widget", "click-checkboxes", "click-checkboxes-transfer", "click-collapsible"),
    *("focus-text-2", "choose-list", "enter-text", "enter-text-dynamic", "enter-password"),
    *("login-user", "navigate-tree"),
)
"""MiniWoB tasks with short pages."""

SIZE = "d_model=128,d_kv=32,d_ff=384,num_heads=4,num_layers=2,num_decoder_layers=1,local_radius=63"
LENGTH, PRETRAINING_ROWS, ROWS = 512, 8, 16
LONGEST_ACTION = 32


class Way(NamedTuple):
    """One way to get to a network that is then fine-tuned; no objectives: not at all."""

    objectives: str
    attention: str = "transient-global"

    @property
    def changes(self) -> str:
        return f'{SIZE},encoder_attention_type="{self.attention}"'


WAYS = {
    "long spans {8, 64}": Way("8,64"),
    "short spans {3}": Way("3"),
    "no pre-training": Way(""),
    "{8, 64}, dense attention": Way("8,64", "dense"),
}
REFERENCE = "long spans {8, 64}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("demos", type=Path, help="a folder with datasets train and held-out")
    parser.add_argument("--out", type=Path, default=Path("runs/pretraining-ablation"))
    parser.add_argument("--picture", type=Path, help="where the plot goes; in --out by default")
    parser.add_argument("--pretraining-steps", type=int, default=600, help=f"of {REFERENCE}")
    parser.add_argument("--steps", type=int, default=400, help="of fine-tuning")
    parser.add_argument("--seeds", type=int, default=2, help="fine-tunings of each")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    kept = Kept(given.out / "results.jsonl")
    if not kept.of("cost"):
        kept.add("cost", seconds=costs())
    seconds = kept.of("cost")[0]["seconds"]
    steps = {
        name: round(given.pretraining_steps * seconds[REFERENCE] / cost)
        for name, cost in seconds.items()
    }
    for name, way in WAYS.items():
        if way.objectives and not kept.of("pretrained", way=name):
            spent = pretrained(given, way, steps[name])
            kept.add("pretrained", way=name, steps=steps[name], seconds=spent)
    for seed in range(given.seeds):
        for name, way in WAYS.items():
            if not kept.of("judged", way=name, seed=seed):
                judged, spent = fine_tuned(given, way, seed)
                steps_judged = [list(one) for one in judged]
                kept.add("judged", way=name, seed=seed, seconds=spent, steps=steps_judged)
    report(kept, given)


class Kept:
    """Results as JSON lines; those of an earlier session are there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.rows: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def add(self, kind: str, **row: Any) -> None:
        self.rows.append({"kind": kind, **row})
        with self.path.open("a") as file:
            file.write(json.dumps(self.rows[-1]) + "\n")

    def of(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        chosen = {"kind": kind, **wanted}
        return [row for row in self.rows if chosen.items() <= row.items()]


def costs(turns: int = 7) -> dict[str, float]:
    """Seconds of processor time of a step of pre-training, the median over turns."""
    tokenizer = load_tokenizer()
    works = {}
    for name, way in WAYS.items():
        if way.objectives:
            denoiser = Denoiser(
                mixture(way.objectives), Sentinels.of(tokenizer), inputs_length=LENGTH
            )
            model = starting_model("small", tokenizer, way.changes)
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6)
            works[name] = (model, optimizer, denoiser.lengths)
    found: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(turns + 1):
        for name, (model, optimizer, lengths) in works.items():
            began = time.process_time()
            for of_objective in lengths:
                ids = torch.randint(3, 8000, (PRETRAINING_ROWS, of_objective.inputs))
                labels = torch.randint(3, 8000, (PRETRAINING_ROWS, of_objective.targets))
                model(input_ids=ids, labels=labels).loss.backward()
                optimizer.step()
                optimizer.zero_grad()
            if turn:
                found[name].append((time.process_time() - began) / len(lengths))
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def pretrained(given: argparse.Namespace, way: Way, steps: int) -> float:
    """Pre-trains; gives the seconds of processor time that this session took."""
    began = time.process_time()
    pretrain(
        Pretraining(
            corpus=given.corpus,
            out=folder(given, way),
            model="small",
            changes=way.changes,
            objectives=way.objectives,
            inputs_length=LENGTH,
            together=True,
            without="formasaurus",
            steps=steps,
            batch=PRETRAINING_ROWS,
            learning_rate=2e-3,
            warmup_steps=50,
            monitor_every=0,
            validate_every=200,
            validation_examples=64,
            checkpoint_every=100,
            checkpoints_kept=1,
            threads=1,
            resume=True,
        )
    )
    return time.process_time() - began


def fine_tuned(given: argparse.Namespace, way: Way, seed: int) -> tuple[list[Judged], float]:
    """Fine-tunes, and has the network act on the held-out steps."""
    began = time.process_time()
    fresh = not way.objectives
    checkpoint = imitate(
        Imitation(
            data=[given.demos / "train"],
            out=given.out / f"{folder(given, way).name}-{seed}",
            model="small" if fresh else str(folder(given, way) / MODEL),
            changes=way.changes if fresh else "",
            inputs_length=LENGTH,
            targets_length=LONGEST_ACTION,
            steps=given.steps,
            batch=ROWS,
            learning_rate=1e-3,
            warmup_steps=30,
            monitor_every=0,
            checkpoint_every=100,
            checkpoints_kept=1,
            threads=1,
            seed=seed,
            resume=True,
        )
    )
    model = HtmlT5.from_pretrained(checkpoint)
    judged = judge(model, *held_out(given))
    return judged, time.process_time() - began


def held_out(given: argparse.Namespace) -> tuple[TextTeacher, Iterator[Taught]]:
    form = Imitation(
        out=given.out,
        steps=1,
        data=[given.demos],
        inputs_length=LENGTH,
        targets_length=LONGEST_ACTION,
    ).form
    teacher = TextTeacher(load_tokenizer(), form)
    return teacher, teacher.steps(Dataset(given.demos / "held-out").demonstrations(pictures=None))


def folder(given: argparse.Namespace, way: Way) -> Path:
    name = f"{way.objectives.replace(',', '-') or 'none'}-{way.attention}"
    return Path(given.out, f"pretrained-{name}")


class Figures(NamedTuple):
    """A way's results: `exact` is the mean over fine-tunings, with its 95 % interval.

    Intervals are over held-out episodes alone; how far fine-tunings differ, each one's figures say.

    gain: what is more than without pre-training, on the same episodes.
    seeds, losses: the share of exact steps, and the loss, of each fine-tuning.
    tasks: the share of exact steps of each task.
    """

    exact: tuple[float, float, float]
    gain: tuple[float, float, float]
    seeds: list[float]
    episodes: float
    loss: float
    losses: list[float]
    tokens: float
    tasks: dict[str, float]


def figures(kept: Kept) -> dict[str, Figures]:
    found = {}
    baseline = None
    order = ["no pre-training", *(name for name in WAYS if name != "no pre-training")]
    for name in order:
        runs = [[Judged(*one) for one in row["steps"]] for row in kept.of("judged", way=name)]
        if not runs:
            continue
        episodes = sorted({(one.task, one.seed) for one in runs[0]})
        right = np.mean([_counted(run, episodes) for run in runs], axis=0)
        steps = _counted(runs[0], episodes, every=True)
        weights = Resamples.draw(len(episodes)).weights
        rates = weights @ right / (weights @ steps)
        baseline = rates if baseline is None else baseline
        every = [one for run in runs for one in run]
        tokens = sum(one.tokens for one in every)
        found[name] = Figures(
            _limits(rates),
            _limits(rates - baseline),
            [float(np.mean([one.exact for one in run])) for run in runs],
            float(np.mean([_counted(run, episodes) == steps for run in runs])),
            sum(one.loss for one in every) / tokens,
            [Accuracy.of(run).loss for run in runs],
            sum(one.right for one in every) / tokens,
            {
                task: float(np.mean([one.exact for one in every if one.task == task]))
                for task in sorted({task for task, _ in episodes})
            },
        )
    return {name: found[name] for name in WAYS if name in found}


def _counted(
    run: Sequence[Judged], episodes: Sequence[tuple[str, int]], *, every: bool = False
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The steps of each episode that are exact, or all."""
    place = {episode: number for number, episode in enumerate(episodes)}
    counts = np.zeros(len(episodes))
    for one in run:
        counts[place[one.task, one.seed]] += every or one.exact
    return counts


def _limits(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    found = interval(values)
    assert found is not None
    value = found.value
    return (
        value,
        value if found.low is None else found.low,
        (value if found.high is None else found.high),
    )


def report(kept: Kept, given: argparse.Namespace) -> None:
    found = figures(kept)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {load}\n")
    print(
        "| | steps | s a step | exact steps, % | beside none | each seed | whole episodes, % "
        "| right tokens, % | loss, nats a token | each seed |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    seconds: Mapping[str, float] = kept.of("cost")[0]["seconds"]
    for name, one in found.items():
        before = kept.of("pretrained", way=name)
        cells = [
            name,
            f"{before[0]['steps']:,}" if before else "0",
            f"{seconds[name]:.2f}" if before else "",
            "{:.1f} ({:.1f} to {:.1f})".format(*(100 * value for value in one.exact)),
            "{:+.1f} ({:+.1f} to {:+.1f})".format(*(100 * value for value in one.gain))
            if before
            else "",
            ", ".join(f"{100 * value:.1f}" for value in one.seeds),
            f"{100 * one.episodes:.1f}",
            f"{100 * one.tokens:.1f}",
            f"{one.loss:.3f}",
            ", ".join(f"{loss:.2f}" for loss in one.losses),
        ]
        print(f"| {' | '.join(cells)} |")
    print("\nIntervals are over held-out episodes, not over fine-tunings.")
    print(f"\n| task | {' | '.join(found)} |")
    print(f"| --- |{' ---: |' * len(found)}")
    for task in next(iter(found.values())).tasks:
        shares = (f"{100 * one.tasks[task]:.0f}" for one in found.values())
        print(f"| {task.partition('.')[2]} | {' | '.join(shares)} |")
    path = given.picture or given.out / "pretraining_ablation.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(found).savefig(path, dpi=110)
    print(f"\n{path}")


def draw(found: Mapping[str, Figures]) -> Figure:
    """Exact steps and loss of each way: means, intervals over episodes, a bar a fine-tuning."""
    figure = Figure(figsize=(8.6, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    rows = np.arange(len(found))[::-1]
    for row, one in zip(rows, found.values(), strict=True):
        value, low, high = (100 * number for number in one.exact)
        left.errorbar(
            value, row, xerr=[[value - low], [high - value]], fmt="o", color="C0", capsize=3
        )
        left.plot(
            [100 * seed for seed in one.seeds], [row] * len(one.seeds), "|", color="0.3", ms=11
        )
        right.plot(one.loss, row, "o", color="C0")
        right.plot(one.losses, [row] * len(one.losses), "|", color="0.3", markersize=11)
        right.annotate(f"{one.loss:.2f}", (one.loss, row), (6, 5), textcoords="offset points")
    left.set(xlabel="held-out steps said letter for letter (%)", yticks=rows)
    left.set_yticklabels(list(found))
    left.set_ylim(-0.6, len(found) - 0.4)
    right.set(xlabel="loss (nats a token)")
    right.margins(x=0.25)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", alpha=0.3)
    return figure


if __name__ == "__main__":
    main()
