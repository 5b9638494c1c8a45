"""What the wire costs, and how many sessions a server bears.

``python benchmarks/serving.py [--sessions 64] [--seconds 600] [--steps 200]`` starts a server and
prints two tables: the time of a step and of a reset, played here and over the wire by turns, in one
run; then what `sessions` clients at once came to in `seconds`: steps, failures by class, latencies,
and the server's memory (PSS of all its processes) at ten times. Clients play random actions, and
leave and come again after every fifth episode.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psutil

from webagents.envs.catalogue import select
from webagents.envs.remote.env import RemoteEnv
from webagents.envs.web_env import WebEnv
from webagents.errors import WebAgentsError

TASKS = ("miniwob.click-test", "miniwob.email-inbox", "site.social-media")
BLOCK = 20  # steps played in a row before the other side's turn


@contextmanager
def served(sessions: int, browsers: int | None) -> Iterator[tuple[str, psutil.Process]]:
    """The address and the process of a server of its own."""
    command = [sys.executable, "-m", "webagents", "serve", "--port", "0"]
    command += ["--sessions", str(sessions)]
    command += ["--browsers", str(browsers)] if browsers else []
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        if " at http" not in line:
            raise SystemExit(f"the server did not start: {line}{process.stderr.read()}")
        yield line.split()[2].rstrip(";"), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate()


def timed(work: Callable[[], Any], into: list[float]) -> Any:
    """What the work gives; the milliseconds it took go into a list."""
    begun = time.perf_counter()
    value = work()
    into.append((time.perf_counter() - begun) * 1e3)
    return value


def spread(times: list[float]) -> str:
    """Median and 95th percentile of milliseconds."""
    ordered = sorted(times)
    return f"{statistics.median(ordered):.1f} ({ordered[int(len(ordered) * 0.95)]:.1f})"


def latency(url: str, steps: int) -> dict[str, Any]:
    """Prints steps and resets, here and over the wire, and gives the numbers."""
    print("milliseconds: median (95th percentile)\n")
    print("| task | pictures | step here | step there | reset here | reset there |")
    print("|---|---|---|---|---|---|")
    found: dict[str, Any] = {}
    kinds = ("step here", "step there", "reset here", "reset there")
    for task, screenshots in itertools.product(TASKS, (True, False)):
        options: dict[str, Any] = {"screenshots": screenshots, "max_steps": 10**6}
        # Without the page ahead, as on the server: the wire alone is compared.
        envs = {
            "here": WebEnv(task, ahead=False, **options),
            "there": RemoteEnv(url, task, **options),
        }
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(max(1, steps // BLOCK)):
            for name, env in envs.items():
                timed(partial(env.reset, seed=0), times[f"reset {name}"])
                for _ in range(BLOCK):
                    timed(partial(env.step, "noop()"), times[f"step {name}"])
        for env in envs.values():
            env.close()
        cells = [spread(times[kind]) for kind in kinds]
        pictures = "yes" if screenshots else "no"
        print(f"| {task} | {pictures} | {' | '.join(cells)} |", flush=True)
        found[f"{task}, pictures: {pictures}"] = cells
    return found


class Crowd:
    """Clients that play at once, and what became of them."""

    def __init__(self, url: str, tasks: list[str], end: float) -> None:
        self.url, self.tasks, self.end = url, tasks, end
        self.steps: list[float] = []
        self.resets: list[float] = []
        self.failures: Counter[str] = Counter()

    def play(self, number: int) -> None:
        """One client, until the end."""
        dice = random.Random(number)
        while time.monotonic() < self.end:
            try:
                with RemoteEnv(self.url, dice.choice(self.tasks)) as env:
                    env.action_space.seed(dice.randrange(2**31))
                    for _ in range(5):
                        if time.monotonic() < self.end:
                            self.episode(env, dice.randrange(2**31))
            except WebAgentsError as error:
                self.failures[f"{type(error).__name__}: {str(error)[:60]}"] += 1

    def episode(self, env: RemoteEnv, seed: int) -> None:
        """One episode of at most five random actions."""
        timed(lambda: env.reset(seed=seed), self.resets)
        for _ in range(5):
            made = timed(lambda: env.step(env.action_space.sample()), self.steps)
            if made[2] or made[3]:
                return


def memory(process: psutil.Process) -> tuple[int, int]:
    """MiB of a process and of all that it started."""
    own = process.memory_full_info().pss
    below = 0
    for child in process.children(recursive=True):
        try:
            below += child.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return own // 2**20, below // 2**20


def crowd(url: str, process: psutil.Process, sessions: int, seconds: float) -> dict[str, Any]:
    """Prints what many sessions at once came to, and gives the numbers."""
    begun = time.monotonic()
    tasks = [spec.id for spec in select("@webgum56")]
    many = Crowd(url, tasks, begun + seconds)
    threads = [threading.Thread(target=many.play, args=(n,)) for n in range(sessions)]
    for thread in threads:
        thread.start()
    print(f"\n| second | steps | failures | server MiB | its browsers MiB |  ({sessions} sessions)")
    print("|---|---|---|---|---|")
    samples = []
    wait = threading.Event()
    for tenth in range(1, 11):
        wait.wait(max(0.0, begun + seconds * (tenth - 0.2) / 10 - time.monotonic()))
        row = [
            round(time.monotonic() - begun),
            len(many.steps),
            many.failures.total(),
            *memory(process),
        ]
        samples.append(row)
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    for thread in threads:
        thread.join()
    took = time.monotonic() - begun
    print(
        f"\n{len(many.resets)} episodes, {len(many.steps)} steps in {took:.0f} s: "
        f"{len(many.steps) / took:.1f} steps/s; step {spread(many.steps)} ms, "
        f"reset {spread(many.resets)} ms; {many.failures.total()} failures {dict(many.failures)}"
    )
    return {"samples": samples, "failures": dict(many.failures), "steps": len(many.steps)}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--steps", type=int, default=200, help="of each task; 0 leaves latency out")
    parser.add_argument("--browsers", type=int, default=None)
    parser.add_argument("--out", default=None, help="a file for the numbers, as JSON")
    asked = parser.parse_args()
    found: dict[str, Any] = {}
    with served(asked.sessions + 1, asked.browsers) as (url, process):
        if asked.steps:
            found["latency"] = latency(url, asked.steps)
        if asked.seconds:
            found["crowd"] = crowd(url, process, asked.sessions, asked.seconds)
    if asked.out:
        with open(asked.out, "w", encoding="utf-8") as file:  # noqa: PTH123 (a name as given)
            json.dump(found, file, indent=1)


if __name__ == "__main__":
    main()
