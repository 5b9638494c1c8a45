"""How much HTML-T5's loss depends on the learning rate, with and without qk-layernorm and z-loss.

    webagents corpus build diverse --out corpus
    python benchmarks/stability_sweep.py corpus --runs runs/stability.jsonl --seeds 2

Trains the tiny preset on spans of real pages, in 1,024 tokens of their own, once for each learning
rate, variant and seed, always on the same batches, with AdamW as in Wortsman et al. 2023,
Small-scale proxies: betas 0.9 and 0.95, gradients cut to norm 1, independent weight decay 1e-4, a
warm-up, a cosine down to 1e-5. Prints Markdown: the final loss on held-out pages (without z-loss),
the sensitivity to the learning rate, where the monitors warned; and draws
`docs/images/lr_sensitivity.png`. Runs that are in the file of runs already are not repeated, so
that a sweep can be broken off.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from torch import Tensor

from webagents.data.corpora import Corpus
from webagents.models import HtmlT5, load_preset
from webagents.models.tokenizer import TokenizerConfig, train_tokenizer
from webagents.training.denoising import Cutter, Denoiser, Sentinels, collate, mixture
from webagents.training.optimizers import OptimizerConfig, learning_rate_at, optimizer_for
from webagents.training.stability import (
    ALARM,
    LEARNING_RATES,
    WARN,
    Monitors,
    lr_sensitivity,
)

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {"qk_layernorm": False, "z_loss": 0.0},
    "z-loss": {"qk_layernorm": False, "z_loss": 1e-4},
    "qk-layernorm": {"qk_layernorm": True, "z_loss": 0.0},
    "both": {"qk_layernorm": True, "z_loss": 1e-4},
}
COLOURS = {"plain": "#d1495b", "z-loss": "#edae49", "qk-layernorm": "#00798c", "both": "#30638e"}
MARKS = {"plain": "o", "z-loss": "s", "qk-layernorm": "^", "both": "D"}
TOKENIZED = 300
CHARACTERS = 4000
"""Of a page: more pages are better than long ones."""
HELD_OUT = 8
EVERY = 10

Batch = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of the sweep.

    initial, loss: on held-out pages, before and after; loss is inf where it stopped being a number.
    looks: step, loss of the batch, largest attention logit of block 0 and mean log Z, every so
        often.
    warned: what the monitors said at first, by kind.
    """

    variant: str
    learning_rate: float
    seed: int
    steps: int
    initial: float
    loss: float
    looks: list[tuple[int, float, float, float]]
    warned: dict[str, tuple[int, str]]

    @property
    def key(self) -> tuple[str, float, int, int]:
        return self.variant, self.learning_rate, self.seed, self.steps

    def first(self, limit: float) -> int | None:
        """The step of the first look at which the logit was above a limit."""
        return next((step for step, _, logit, _ in self.looks if logit >= limit), None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path, help="folder of a corpus")
    parser.add_argument(
        "--runs", type=Path, required=True, help="file of runs, made or gone on with"
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--inputs-length", type=int, default=64)
    parser.add_argument("--only-report", action="store_true", help="train nothing")
    parser.add_argument("--out", type=Path, default=Path("docs/images/lr_sensitivity.png"))
    given = parser.parse_args()
    torch.set_num_threads(1)
    runs = list(read(given.runs))
    if not given.only_report:
        done = {run.key for run in runs}
        batches, held_out = data(given)
        began, cpu = time.monotonic(), time.process_time()
        for seed in range(given.seeds):
            for rate in reversed(LEARNING_RATES):
                for variant in VARIANTS:
                    if (variant, rate, seed, given.steps) in done:
                        continue
                    run = trained(variant, rate, seed, given.steps, batches(seed), held_out)
                    runs.append(run)
                    with given.runs.open("a") as file:
                        file.write(json.dumps(asdict(run)) + "\n")
                    seconds = time.monotonic() - began
                    print(f"{seconds:.0f} s {variant} {rate:g} {run.loss:.3f}", file=sys.stderr)
        print(
            f"{time.monotonic() - began:.0f} s, {time.process_time() - cpu:.0f} of them at work "
            f"on one core; PyTorch {torch.__version__}, {platform.processor() or 'processor'}\n"
        )
    report([run for run in runs if run.steps == given.steps])
    draw([run for run in runs if run.steps == given.steps], given.out)


def read(path: Path) -> Iterator[Run]:
    if path.exists():
        for line in path.read_text().splitlines():
            fields = json.loads(line)
            looks = [tuple(look) for look in fields.pop("looks")]
            yield Run(looks=looks, **fields)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)


def data(given: argparse.Namespace) -> tuple[Callable[[int], list[Batch]], list[Batch]]:
    """The batches of a seed, and held-out ones, of real pages."""
    corpus = Corpus(given.corpus)
    texts = (row["html"][:CHARACTERS] for row in islice(corpus.stream(seed=0), TOKENIZED))
    tokenizer = train_tokenizer(texts, TokenizerConfig(vocabulary_size=1024))
    denoiser = Denoiser(
        mixture("8@0.5"), Sentinels.of(tokenizer), inputs_length=given.inputs_length
    )

    def of(rows: Any, count: int) -> list[Batch]:
        documents = (
            np.array(
                tokenizer(row["html"][:CHARACTERS], add_special_tokens=False).input_ids, np.int32
            )
            for row in rows
        )
        cutter, made = Cutter(documents, together=True), []
        for index in range(count * given.rows):
            piece = cutter.piece(denoiser.raw_length(0, index))
            assert piece is not None, "the corpus is too small"
            made.append(denoiser.example(piece, 0, index))
        parts = (made[at : at + given.rows] for at in range(0, len(made), given.rows))
        return [
            {name: torch.from_numpy(array) for name, array in collate(part, multiple_of=8).items()}
            for part in parts
        ]

    known: dict[int, list[Batch]] = {}

    def of_seed(seed: int) -> list[Batch]:
        if seed not in known:
            known[seed] = of(corpus.stream(seed=seed), given.steps)
        return known[seed]

    return of_seed, of(corpus.rows(columns=("html",), split="validation"), HELD_OUT)


def trained(
    variant: str,
    rate: float,
    seed: int,
    steps: int,
    batches: Sequence[Batch],
    held_out: Sequence[Batch],
) -> Run:
    """A run of one variant at one learning rate."""
    torch.manual_seed(seed)
    model = HtmlT5(load_preset("tiny", **VARIANTS[variant]))
    config = OptimizerConfig(
        learning_rate=rate, warmup_steps=steps // 10, schedule="cosine", final_learning_rate=1e-5
    )
    optimizer = optimizer_for(model, config)
    watch = Monitors(model, optimizer)
    initial, over = entropy(model, held_out), False
    looks: list[tuple[int, float, float, float]] = []
    warned: dict[str, tuple[int, str]] = {}
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(config, step, steps)
        looking = step % EVERY == 0 or step == steps - 1
        with watch.measuring() if looking else nullcontext():
            loss = model(**batch).loss
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if looking:
            values, warnings = watch.read()
            looks.append((step, loss.item(), values["max_attention_logit"], values["mean_log_z"]))
            for warning in warnings:
                kind = " ".join(word for word in warning.split() if word.isalpha())
                warned.setdefault(kind, (step, warning))
        over = not math.isfinite(loss.item())
        if over:
            break
    found = math.inf if over else entropy(model, held_out)
    return Run(
        variant=variant,
        learning_rate=rate,
        seed=seed,
        steps=steps,
        initial=initial,
        loss=found if math.isfinite(found) else math.inf,
        looks=looks,
        warned=warned,
    )


@torch.no_grad()
def entropy(model: HtmlT5, batches: Sequence[Batch]) -> float:
    """Cross-entropy a token."""
    summed = tokens = 0.0
    for batch in batches:
        logits = model(**batch).logits.flatten(0, -2)
        labels = batch["labels"].flatten()
        summed += torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
        tokens += int((labels != -100).sum())
    return summed / tokens


def report(runs: Sequence[Run]) -> None:
    seeds = sorted({run.seed for run in runs})
    print(f"Held-out loss after {runs[0].steps} steps, the mean of up to {len(seeds)} seeds;")
    print("what ended above the initial loss counts as that.\n")
    print("| | " + " | ".join(f"{rate:g}" for rate in LEARNING_RATES) + " | LR sensitivity |")
    print("|---|" + "---:|" * (len(LEARNING_RATES) + 1))
    for variant in VARIANTS:
        cells = []
        for rate in LEARNING_RATES:
            found = [run for run in runs if (run.variant, run.learning_rate) == (variant, rate)]
            losses = [capped(run) for run in found]
            over = sum(run.loss >= run.initial for run in found)
            cells.append(
                (f"{statistics.mean(losses):.3f}" if losses else "")
                + (f" ({over}↑)" if over else "")
            )
        print(f"| {variant} | {' | '.join(cells)} | {sensitivity(runs, variant)} |")
    print(f"\nThe largest attention logit of block 0 that was seen (every {EVERY} steps);")
    print("in brackets the step it was first seen above 1,000 and above 10,000.\n")
    print("| | " + " | ".join(f"{rate:g}" for rate in LEARNING_RATES) + " |")
    print("|---|" + "---:|" * len(LEARNING_RATES))
    for variant in VARIANTS:
        cells = []
        for rate in LEARNING_RATES:
            found = [run for run in runs if (run.variant, run.learning_rate) == (variant, rate)][:1]
            cells += [
                f"{top(run):.3g}"
                + (f" ({run.first(WARN)}" if run.first(WARN) is not None else "")
                + (f", {run.first(ALARM)}" if run.first(ALARM) is not None else "")
                + (")" if run.first(WARN) is not None else "")
                for run in found
            ] or [""]
        print(f"| {variant} | {' | '.join(cells)} |")
    for run in runs:
        if (run.variant, run.learning_rate, run.seed) == ("plain", LEARNING_RATES[-1], 0):
            print(f"\nWhat the monitors said of {run.variant} at {run.learning_rate:g}:\n")
            for step, text in run.warned.values():
                print(f"- step {step}: {text}")


def capped(run: Run) -> float:
    return min(run.loss, run.initial)


def top(run: Run) -> float:
    return max((logit for _, _, logit, _ in run.looks if math.isfinite(logit)), default=math.inf)


def sensitivity(runs: Sequence[Run], variant: str) -> str:
    """The number of each seed that has all learning rates: their mean, and all."""
    found = []
    for seed in sorted({run.seed for run in runs}):
        mine = [run for run in runs if (run.variant, run.seed) == (variant, seed)]
        if len(mine) == len(LEARNING_RATES):
            losses = {run.learning_rate: run.loss for run in mine}
            found.append(lr_sensitivity(losses, mine[0].initial))
    if not found:
        return ""
    several = f" ({', '.join(f'{value:.2f}' for value in found)})" if len(found) > 1 else ""
    return f"{statistics.mean(found):.2f}{several}"


def draw(runs: Sequence[Run], path: Path) -> None:
    """Loss and largest logit over the learning rate, all axes logarithmic."""
    mpl.use("agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    for variant in VARIANTS:
        for axes, value in ((left, capped), (right, top)):
            points: dict[float, list[float]] = {}
            for run in runs:
                if run.variant == variant:
                    points.setdefault(run.learning_rate, []).append(value(run))
            rates = sorted(points)
            style = {"color": COLOURS[variant], "marker": MARKS[variant], "markersize": 5}
            means = [statistics.mean(points[rate]) for rate in rates]
            label = f"{variant}: {sensitivity(runs, variant)}" if axes is left else variant
            axes.plot(rates, means, label=label, **style)
            low, high = ([of(points[rate]) for rate in rates] for of in (min, max))
            axes.fill_between(rates, low, high, color=COLOURS[variant], alpha=0.15, linewidth=0)
    initial = statistics.mean(run.initial for run in runs)
    left.axhline(initial, color="#777777", linestyle=":", linewidth=1)
    left.text(LEARNING_RATES[0], initial * 1.01, "untrained", color="#555555", fontsize=8)
    for limit, name in ((WARN, "warning"), (ALARM, "alarm")):
        right.axhline(limit, color="#777777", linestyle=":", linewidth=1)
        right.text(LEARNING_RATES[0], limit * 1.1, name, color="#555555", fontsize=8)
    left.set(title="Loss on held-out pages", ylabel="cross-entropy a token")
    right.set(title="Largest attention logit of block 0", ylabel="|q k|")
    for axes in (left, right):
        axes.set(xscale="log", yscale="log", xlabel="highest learning rate")
        axes.xaxis.set_major_locator(FixedLocator(LEARNING_RATES))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    lowest = min(capped(run) for run in runs)
    left.set_ylim(lowest * 0.96, initial * 1.06)
    left.yaxis.set_major_locator(FixedLocator(list(range(math.ceil(lowest), 1 + int(initial)))))
    left.yaxis.set_minor_locator(NullLocator())
    left.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    left.legend(title="LR sensitivity", frameon=False, fontsize=8, title_fontsize=8)
    right.legend(frameon=False, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
