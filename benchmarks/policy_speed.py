"""The compact policy's speed: decisions a second, and training beside `transformers`' Trainer.

``python benchmarks/policy_speed.py DATASET --policy models/NAME``: DATASET is of demonstrations in
the visual view. Decisions are those of the policy on its episodes, at random steps, many at once.
Training is, in turns, `webagents train --model pointer` and a `transformers` LongT5 of about the
same size that reads the same prompts as tokens, trained by `Trainer` with batches sorted by
length: examples a second from demonstrations on disk, both with bfloat16.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import IterableDataset
from transformers import LongT5Config, LongT5ForConditionalGeneration, Trainer, TrainingArguments

from webagents.data.streaming import episodes
from webagents.models.tokenizer import load_tokenizer
from webagents.policies.loading import load_policy
from webagents.prompt import PromptForm, before
from webagents.training.imitation.imitate import imitate
from webagents.training.imitation.settings import Imitation
from webagents.training.imitation.texts import TextTeacher

ROWS = 64
FORM = PromptForm(inputs_length=2048, targets_length=128, actions=10, view="visual")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--policy", default="")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--decisions", type=int, default=512)
    parser.add_argument(
        "--steps",
        type=int,
        default=4,
        help="of training, in each turn; the rival takes half a minute each",
    )
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(
        f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}, "
        f"{given.threads} threads\n"
    )
    if given.policy:
        decide(given.policy, given.dataset, given.batches, given.decisions, given.turns)
    learn(given.dataset, given.steps, given.turns, given.threads)


def decide(name: str, dataset: Path, batches: list[int], count: int, turns: int) -> None:
    """Prints how many decisions a second a policy makes, by how many it makes at once."""
    policy, dice = load_policy(name), random.Random(0)
    asked = []
    for demonstration in islice(episodes([dataset], pictures=None), count):
        steps = demonstration.episode.steps
        asked.append(before(demonstration.episode, dice.randrange(len(steps))))
    print("| at once | decisions a second, median | least | most |\n| ---: | ---: | ---: | ---: |")
    for rows in batches:
        policy.act(asked[:rows])
        rates = []
        for _ in range(turns):
            began = time.perf_counter()
            for start in range(0, len(asked), rows):
                policy.act(asked[start : start + rows])
            rates.append(len(asked) / (time.perf_counter() - began))
        told = " | ".join(f"{rate:.0f}" for rate in (statistics.median(rates), *limits(rates)))
        print(f"| {rows} | {told} |", flush=True)
    print()


def learn(dataset: Path, steps: int, turns: int, threads: int) -> None:
    """Prints the examples a second of both ways to train."""
    rates: dict[str, list[float]] = {"webagents, pointer": [], "Trainer, LongT5": []}
    for _ in range(turns):
        rates["webagents, pointer"].append(ours(dataset, steps, threads))
        rates["Trainer, LongT5"].append(theirs(dataset, steps))
    print("| training | examples a second, median | least | most |\n| --- | ---: | ---: | ---: |")
    for way, found in rates.items():
        told = " | ".join(f"{rate:.1f}" for rate in (statistics.median(found), *limits(found)))
        print(f"| {way} | {told} |")
    ratio = statistics.median(a / b for a, b in zip(*rates.values(), strict=True))
    print(f"\nratio, median of the turns: {ratio:.1f}x")


def limits(rates: list[float]) -> tuple[float, float]:
    """The least and the most."""
    return min(rates), max(rates)


def ours(dataset: Path, steps: int, threads: int) -> float:
    """Examples a second of our training, after its first step."""
    times: list[float] = []

    @contextmanager
    def clock(tally: Any) -> Iterator[Any]:
        yield lambda done: times.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        imitate(
            Imitation(
                data=[dataset],
                out=Path(folder) / "run",
                model="pointer",
                view="visual",
                actions=FORM.actions,
                batch=ROWS,
                window=8 * ROWS,
                steps=steps + 1,
                precision="bfloat16",
                threads=threads,
                monitor_every=0,
            ),
            progress=clock,
        )
    return ROWS * steps / (times[-1] - times[0])


def theirs(dataset: Path, steps: int) -> float:
    """Examples a second of Trainer, by its own account."""
    tokenizer = load_tokenizer("html-8k")
    teacher = TextTeacher(tokenizer, FORM)
    model = LongT5ForConditionalGeneration(
        LongT5Config(
            vocab_size=len(tokenizer),
            d_model=192,
            d_kv=32,
            d_ff=384,
            num_layers=5,
            num_decoder_layers=2,
            num_heads=6,
            encoder_attention_type="transient-global",
            feed_forward_proj="gated-gelu",
            tie_word_embeddings=True,
            decoder_start_token_id=0,
        )
    )

    class Sorted(IterableDataset[Any]):
        def __iter__(self) -> Iterator[Any]:
            coming = (
                taught
                for epoch in range(1000)
                for one in episodes([dataset], pictures=None, seed=epoch)
                for taught in teacher.of(one.episode)
            )
            dice = random.Random(0)
            while window := list(islice(coming, 8 * ROWS)):
                window.sort(key=lambda taught: taught.lengths)
                rows = [window[at : at + ROWS] for at in range(0, len(window), ROWS)]
                dice.shuffle(rows)
                for batch in rows:
                    yield from batch

    def collated(batch: Any) -> dict[str, torch.Tensor]:
        arrays = teacher.collated(batch)
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=model,
            args=TrainingArguments(
                output_dir=folder,
                max_steps=steps,
                per_device_train_batch_size=ROWS,
                bf16=True,
                use_cpu=True,
                save_strategy="no",
                logging_strategy="no",
                report_to=[],
                disable_tqdm=True,
                remove_unused_columns=False,
            ),
            train_dataset=Sorted(),
            data_collator=collated,
        )
        found = trainer.train().metrics
    return float(found["train_samples_per_second"])


if __name__ == "__main__":
    main()
