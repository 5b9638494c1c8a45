"""How fast demonstrations are collected, and how long WebGUM's 347K episodes would take.

``python benchmarks/collect_speed.py [--episodes 20000] [--out DIR]`` collects that many episodes of
the 347K set (its tasks, in its proportions) without screenshots, and a fifth as many with them;
tells the rates, what the whole set would take, and where the processors' time goes.
``--farama N`` then plays N episodes of five tasks with the same clicks and typing in Farama's
`miniwob` package, in as many processes as there are processors, beside ours.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from env_speed import machine
from parity import Attempt, Farama, our_tree, pairs

from webagents.actions import parse
from webagents.collection.collect import CollectConfig, Collected, collect
from webagents.collection.crew import ProcessCrew
from webagents.data import Dataset
from webagents.data.columns import batch_of
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.policies.expert import ExpertPolicy
from webagents.progress import shown
from webagents.types import Episode

WHOLE = 346_827
FIVE = (
    *("miniwob.click-test-2", "miniwob.click-link", "miniwob.click-tab-2"),
    *("miniwob.enter-password", "miniwob.login-user"),
)


class Run(NamedTuple):
    """One collection, measured: seconds of processor time of Python's players, of all the rest that
    the machine did (the browsers above all), and of the process that plans and writes."""

    episodes: int
    steps: int
    failed: int
    seconds: float
    players: float
    browsers: float
    writing: float
    bytes: int

    @property
    def rate(self) -> float:
        return self.episodes / self.seconds


class MeasuredCrew(ProcessCrew):
    """The usual crew, which takes down its players' processor time before they end."""

    cpu = 0.0

    def close(self) -> None:
        for process, _ in self._players:
            spent = psutil.Process(process.pid).cpu_times()
            MeasuredCrew.cpu += spent.user + spent.system
        super().close()


def measured(**settings: Any) -> tuple[Run, Collected]:
    config = CollectConfig(policy="expert", **settings)
    MeasuredCrew.cpu = 0.0
    before, own, began = busy(), time.process_time(), time.monotonic()
    made = collect(config, progress=shown, crew=MeasuredCrew)
    seconds = time.monotonic() - began
    all_of_it, writing = busy() - before, time.process_time() - own
    known = Dataset(config.out).known
    run = Run(
        episodes=known["episodes"],
        steps=known["steps"],
        failed=sum(n["failed"] for n in made.tasks.values()),
        seconds=seconds,
        players=MeasuredCrew.cpu,
        browsers=all_of_it - MeasuredCrew.cpu - writing,
        writing=writing,
        bytes=sum(path.stat().st_size for path in config.out.glob("*.parquet")),
    )
    return run, made


def busy() -> float:
    """Seconds of processor time of the whole machine.

    What a browser's killed children used is nobody's: it cannot be added up from below.
    """
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


def table(runs: dict[str, Run]) -> Iterator[str]:
    yield "| | episodes | steps | failed | episodes/s | steps/s | the 347K set | bytes an episode |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, run in runs.items():
        hours = WHOLE / run.rate / 3600
        yield (
            f"| {name} | {run.episodes:,} | {run.steps:,} | {run.failed} | {run.rate:.1f} | "
            f"{run.steps / run.seconds:.0f} | {hours:.1f} h | {run.bytes / run.episodes:,.0f} |"
        )
    yield ""
    yield "| processor time an episode, ms | browsers (the rest) | players | planning, writing |"
    yield "|---|---:|---:|---:|"
    for name, run in runs.items():
        parts = (run.browsers, run.players, run.writing)
        cells = " | ".join(f"{part / run.episodes * 1e3:.1f}" for part in parts)
        yield f"| {name} | {cells} |"


def shares(folder: Path) -> Iterator[str]:
    """What of Python's time the experts take, and making the rows, over again."""
    episodes = [demo.episode for _, demo in zip(range(1000), Dataset(folder), strict=False)]
    policy = ExpertPolicy()
    began = time.process_time()
    for episode in episodes:
        for so_far in prefixes(episode):
            policy.act([so_far])
    expert = time.process_time() - began
    demos = [demo for _, demo in zip(range(1000), Dataset(folder), strict=False)]
    began = time.process_time()
    batches = [batch_of(demo) for demo in demos]
    encoding = time.process_time() - began
    with tempfile.TemporaryDirectory() as scratch:
        began = time.process_time()
        with DatasetWriter(Path(scratch), About(title="x")) as writer:
            for demo, batch in zip(demos, batches, strict=True):
                writer.keep(batch)
                writer.place(demo.id)
        writing = time.process_time() - began
    each = 1e3 / len(episodes)
    yield (
        f"Of it, over again for {len(episodes)} episodes: the experts {expert * each:.1f} ms an "
        f"episode, making rows {encoding * each:.1f} ms, keeping {writing * each:.1f} ms."
    )


def prefixes(episode: Episode) -> Iterator[Episode]:
    """What the policy was shown at each step; text views only, so that some answers differ."""
    from dataclasses import replace

    for number, step in enumerate(episode.steps):
        yield replace(episode, observation=step.observation, steps=episode.steps[:number])


# ---------------------------------------------------------------------- beside Farama's package
def farama(given: tuple[str, list[Episode]]) -> tuple[float, int]:
    """Plays the episodes' clicks and typing in Farama's; seconds of its own, and successes."""
    task, episodes = given
    env = Farama(task.partition(".")[2])
    plain = Attempt("", fresh=False, wait=0.0, dated=False)
    env.reset(10**6, plain)
    seconds, successes = 0.0, 0
    try:
        for episode in episodes:
            began = time.perf_counter()
            seen = env.reset(episode.seed, plain)
            seconds += time.perf_counter() - began
            for step in episode.steps:
                if seen.page is None:
                    break
                kind, ref, text = plain_action(step.action)
                ours = our_tree(step.observation.html)
                node = next((a for a, b in pairs(seen.page, ours) if b.ref == ref), None)
                if node is None:
                    break
                began = time.perf_counter()
                seen = env.step(kind, node, text)
                seconds += time.perf_counter() - began
            successes += seen.done and seen.raw_reward == 1
    finally:
        env.close()
    return seconds, successes


def plain_action(text: str) -> tuple[str, int, str]:
    action = parse(text)
    kind = "click" if action.name == "click" else "type"
    return kind, int(str(action.arguments["ref"])), str(action.arguments.get("text", ""))


def beside(episodes: int, scratch: Path) -> Iterator[str]:
    each = episodes // len(FIVE)
    folder = scratch / "five"
    collect(
        CollectConfig(
            policy="expert",
            out=folder,
            tasks=",".join(FIVE),
            episodes=each,
            view="visual",
            screenshots=False,
            seed_start=20_000,
        )
    )
    run, _ = measured(
        out=scratch / "five-text",
        tasks=",".join(FIVE),
        episodes=each,
        screenshots=False,
        seed_start=20_000,
    )
    by_task: dict[str, list[Episode]] = {}
    for demo in Dataset(folder):
        by_task.setdefault(demo.episode.task, []).append(demo.episode)
    parts = [
        (task, whole[n :: os.cpu_count() or 1])
        for task, whole in by_task.items()
        for n in range(os.cpu_count() or 1)
    ]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        results = pool.map(farama, parts, chunksize=1)
    seconds = sum(s for s, _ in results) / (os.cpu_count() or 1)
    successes = sum(n for _, n in results)
    rate = successes / seconds
    yield (
        f"| {', '.join(task.partition('.')[2] for task in FIVE)} | {run.rate:.1f} | {rate:.1f} | "
        f"{run.rate / rate:.1f}x | {successes} of {sum(map(len, by_task.values()))} |"
    )


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    flags.add_argument("--episodes", type=int, default=20_000)
    flags.add_argument("--farama", type=int, default=0)
    flags.add_argument("--out", type=Path)
    flags.add_argument("--workers", type=int, default=4)
    flags.add_argument("--players", type=int)
    given = flags.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.out or Path(temporary)
        spread = {"workers": given.workers, "players": given.players}
        runs = {}
        if given.episodes:
            for name, share, shots in (("html", 1.0, False), ("html and screenshots", 0.2, True)):
                runs[name], _ = measured(
                    out=scratch / name.replace(" ", "-"),
                    quotas="webgum347k",
                    scale=given.episodes * share / WHOLE,
                    screenshots=shots,
                    **spread,
                )
            print("\n" + "\n".join(table(runs)))
            print("\n" + "\n".join(shares(scratch / "html")))
        if given.farama:
            print("\n| tasks | ours, successful episodes/s | Farama's | ratio | its successes |")
            print("|---|---:|---:|---:|---:|")
            print("\n".join(beside(given.farama, scratch)))


if __name__ == "__main__":
    sys.exit(main())
