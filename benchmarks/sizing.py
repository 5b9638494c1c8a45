"""How large a cluster is worth having: what an episode costs here, and what 1,000 cores would do.

``python benchmarks/sizing.py [--policies expert models/pointer-html] [--episodes 4] [--out FILE]``

1. Measured, each policy in a process of its own, one page at a time, no screenshots: the processor
   time of each episode (Python and browser apart from the policy), of a decision by how many are
   made at once, of what the process that hands out and writes down does for an episode, of
   starting; memory (PSS). Processor time, so that other work on the machine matters less.
2. Simulated, with the episodes that were measured, task for task: actors of two pages on a core
   each, jobs handed out as `crews.dispatch` does, a page's next step after the slowest page of its
   actor, policy actors that take all who wait at once, one process that hears of every episode.
   Networks and Ray itself cost nothing there.

``--measured FILE`` simulates again what an earlier ``--out`` holds.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import itertools
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import ray

from webagents.crews import dispatch
from webagents.crews.ray_crew import RayCrew
from webagents.envs.catalogue import select
from webagents.evaluation.folder import RunFolder
from webagents.evaluation.run import record
from webagents.evaluation.spread import PAGES_AN_ACTOR, Jobs
from webagents.evaluation.spread import Shown as Spread
from webagents.policies import load_policy
from webagents.rollout import Job, Rollout
from webagents.types import Batching, Decision, Demanding, Episode, Needs, Policy

AT_ONCE = (1, 8, 64)
CORES = (1, 10, 100, 1000)


# ---------------------------------------------------------------------- measuring
class Timed:
    """A policy whose processor time is counted.

    begun: the episodes that it was shown at their first page, as it saw them.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy, self.seconds = policy, 0.0
        self.begun: list[Episode] = []

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The policy's decisions."""
        begun = time.process_time()
        decisions = self.policy.act(episodes)
        self.seconds += time.process_time() - begun
        self.begun += [episode for episode in episodes if not episode.steps]
        return decisions

    def needs(self, task: str) -> Needs:
        """What the policy has to see."""
        return self.policy.needs(task) if isinstance(self.policy, Demanding) else Needs()


def processor() -> float:
    """Processor seconds of this process and all it ever started."""
    own = psutil.Process()
    return sum(map(_seconds, [own, *own.children(recursive=True)]))


def _seconds(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:4]))  # with those of its children that have ended
    except psutil.NoSuchProcess:
        return 0.0


def memory_mib() -> float:
    """PSS of this process and all below it, MiB."""
    own = psutil.Process()
    every = [own, *own.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in every) / 2**20


def measure(policy_name: str, tasks: str, episodes: int, seed_start: int) -> dict[str, Any]:
    """Measures one policy; for a process of its own."""
    policy = Timed(load_policy(policy_name))
    names = [spec.id for spec in select(tasks)]
    jobs = [Job(t, s) for t in names for s in range(seed_start, seed_start + episodes)]
    found: dict[str, Any] = {"policy": policy_name, "batching": isinstance(policy.policy, Batching)}
    played: list[Episode] = []
    with Rollout(policy, workers=1, browsers=1, screenshots=False) as pages:
        list(pages.play([Job(names[0], seed_start)]))  # whatever is loaded at first
        found["start"] = processor()
        rows = []
        for job in jobs:
            before, decided = processor(), policy.seconds
            (episode,) = pages.play([job])
            deciding = policy.seconds - decided
            page = max(0.0, processor() - before - deciding)
            rows.append([job.task, len(episode.steps), page, deciding])
            played.append(episode)
        found["episodes"] = rows
        found["void"] = sum(bool(episode.void) for episode in played)
    with Rollout(policy, workers=PAGES_AN_ACTOR, browsers=1, screenshots=False) as pages:
        list(pages.play(jobs[:PAGES_AN_ACTOR]))
        before = processor()
        for _ in pages.play(jobs):
            pass
        found["side_by_side"] = (processor() - before) / len(jobs)
        found["mib"] = memory_mib()
    found["decisions"] = {n: _deciding(policy, n) for n in AT_ONCE}
    ray.init(
        "local",
        num_cpus=1,
        log_to_driver=False,
        logging_level=logging.ERROR,
        include_dashboard=False,
    )
    found["hearing"] = {size: _hearing(played, size) for size in CORES}
    return found


def _deciding(policy: Timed, at_once: int) -> float:
    """Processor seconds of a call with so many episodes that have just begun, the median."""
    asked = itertools.cycle(tuple(policy.begun))
    seconds = []
    for _ in range(max(3, 128 // at_once)):
        before = policy.seconds
        policy.act(list(itertools.islice(asked, at_once)))
        seconds.append(policy.seconds - before)
    return statistics.median(seconds)


class Wide(RayCrew[Spread]):
    """A crew of any number of players that are all in one process and only send episodes."""

    def __init__(self, played: Sequence[Episode], size: int) -> None:
        self._stage = ray.remote(max_concurrency=2 * size + 2)(_Sender).remote(list(played))
        self._numbers = itertools.count()
        super().__init__(lambda: None, size)  # type: ignore[arg-type,return-value]

    def give(self, player: int, jobs: Sequence[Job]) -> None:
        """Gives a player jobs."""
        self._stage.give.remote(player, list(jobs))

    def sent(self) -> None:
        """Waits until every player has sent something."""
        ray.wait([stream for _, stream in self._players], num_returns=self.size)

    def close(self) -> None:
        """Ends the process."""
        ray.kill(self._stage)

    def _begun(self) -> tuple[Any, Any]:
        stream = self._stage.play.options(num_returns="streaming").remote(next(self._numbers))
        return self._stage, stream


class _Sender:
    def __init__(self, played: Sequence[Episode]) -> None:
        self._played = itertools.cycle(played)
        self._queues: defaultdict[int, asyncio.Queue[Job]] = defaultdict(asyncio.Queue)

    async def give(self, player: int, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._queues[player].put_nowait(job)

    async def play(self, player: int) -> AsyncIterator[Spread]:
        while True:
            job = await self._queues[player].get()
            yield Spread(job, replace(next(self._played), task=job.task, seed=job.seed))


def _hearing(played: Sequence[Episode], size: int) -> float:
    """Processor seconds of the process that hands out and writes down, an episode."""
    count = max(500, 5 * size)
    with tempfile.TemporaryDirectory() as path, closing(Wide(played, size)) as crew:
        folder = RunFolder.open(Path(path), {}, {}, free=set())
        heard = dispatch(Jobs([Job("t", n) for n in range(count)]), crew, 2 * PAGES_AN_ACTOR)
        next(heard)
        crew.sent()  # so many are there at once when this process has too much to do
        before = time.process_time()
        for _ in record((shown.episode for shown in heard), folder):
            pass
        return (time.process_time() - before) / (count - 1)


def measured(policy: str) -> dict[str, Any]:
    """The numbers of one policy."""
    command = [sys.executable, *sys.argv, "--one", policy]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said)
    return found


# ---------------------------------------------------------------------- simulating
class Cost(NamedTuple):
    """What an episode costs, in processor seconds.

    look: of each look at the page, of which there is one more than steps. decide: of a decision.
    """

    steps: int
    look: float
    decide: float


class Cluster(NamedTuple):
    """What is simulated.

    cores: an actor with its pages on each. deciders: cores beside these, each with a policy that
        all ask; 0 where every actor has its own.
    fixed, each: seconds of a decision for any number at once, and for each of them more.
    hearing: seconds of the process that hands out and hears, an episode.
    start: seconds until an actor has loaded what it needs.
    """

    cores: int
    deciders: int
    fixed: float
    each: float
    hearing: float
    start: float


class Actor:
    """Pages that take each step together, as `Rollout` does, and jobs that wait for them."""

    def __init__(self) -> None:
        self.waiting: deque[Cost] = deque()
        self.seats: list[list[Any]] = []  # an episode's cost, and the steps it has yet to take
        self.held = 0
        self.idle = True

    def begin(self) -> float:
        """Begins episodes on free pages; the seconds that takes."""
        seconds = 0.0
        while self.waiting and len(self.seats) < PAGES_AN_ACTOR:
            cost = self.waiting.popleft()
            self.seats.append([cost, cost.steps])
            seconds += cost.look
        return seconds

    def step(self) -> int:
        """Takes a step on each page; how many episodes ended with it."""
        for seat in self.seats:
            seat[1] -= 1
        before = len(self.seats)
        self.seats = [seat for seat in self.seats if seat[1] > 0]
        return before - len(self.seats)


class Simulation:
    """An evaluation on a cluster, from event to event."""

    def __init__(self, cluster: Cluster, jobs: Sequence[Cost]) -> None:
        self.cluster, self.jobs = cluster, deque(jobs)
        self.actors = [Actor() for _ in range(cluster.cores)]
        self.asked: list[list[int]] = [[] for _ in range(cluster.deciders)]
        self.deciding = [False] * cluster.deciders
        self.events: list[tuple[float, int, str, int]] = []
        self.numbers = itertools.count()
        self.driver_free = self.page_seconds = 0.0

    def run(self) -> float:
        """Seconds until the last episode has been heard of."""
        now = 0.0
        for number in range(len(self.actors)):
            self._give(number)
            self._at(self.cluster.start, "awake", number)
        while self.events:
            now, _, what, number = heapq.heappop(self.events)
            getattr(self, f"_{what}")(now, number)
        return now

    def _at(self, when: float, what: str, number: int) -> None:
        heapq.heappush(self.events, (when, next(self.numbers), what, number))

    def _give(self, number: int) -> None:
        """As `dispatch` does."""
        actor, ahead = self.actors[number], 2 * PAGES_AN_ACTOR
        if actor.held <= ahead // 2:
            while actor.held < ahead and self.jobs:
                actor.waiting.append(self.jobs.popleft())
                actor.held += 1

    def _awake(self, now: float, number: int) -> None:
        """An actor goes on: begins what it can, and asks for decisions."""
        actor = self.actors[number]
        begun = actor.begin()
        actor.idle = not actor.seats
        self.page_seconds += begun
        if not actor.seats:
            return
        if self.cluster.deciders:
            self._at(now + begun, "asks", number)
        else:
            deciding = sum(cost.decide for cost, _ in actor.seats)
            self._at(now + begun + deciding, "acts", number)

    def _asks(self, now: float, number: int) -> None:
        decider = number % self.cluster.deciders
        self.asked[decider].append(number)
        if not self.deciding[decider]:
            self._decides(now, decider)

    def _decides(self, now: float, decider: int) -> None:
        """All who wait are answered together."""
        together, self.asked[decider] = self.asked[decider], []
        self.deciding[decider] = bool(together)
        if together:
            rows = sum(len(self.actors[number].seats) for number in together)
            then = now + self.cluster.fixed + self.cluster.each * rows
            for number in together:
                self._at(then, "acts", number)
            self._at(then, "decides", decider)

    def _acts(self, now: float, number: int) -> None:
        """An actor's pages take the step that was decided."""
        looking = sum(cost.look for cost, _ in self.actors[number].seats)
        self.page_seconds += looking
        self._at(now + looking, "stepped", number)

    def _stepped(self, now: float, number: int) -> None:
        for _ in range(self.actors[number].step()):
            self.driver_free = max(self.driver_free, now) + self.cluster.hearing
            self._at(self.driver_free, "heard", number)
        self._awake(now, number)

    def _heard(self, now: float, number: int) -> None:
        actor = self.actors[number]
        actor.held -= 1
        self._give(number)
        if actor.idle and actor.waiting:
            self._awake(now, number)


def costs(found: Mapping[str, Any], episodes: int, seed: int = 0) -> list[Cost]:
    """So many episodes of each task, each as one that was measured, in an evaluation's order."""
    dice, by_task = random.Random(seed), defaultdict(list)
    for task, steps, page, deciding in found["episodes"]:
        if steps:
            by_task[task].append(Cost(steps, page / (steps + 1), deciding / steps))
    return [dice.choice(known) for known in by_task.values() for _ in range(episodes)]


def row_of(found: Mapping[str, Any], cores: int, deciders: int, jobs: Sequence[Cost]) -> list[str]:
    """A row of the table: a simulated evaluation."""
    most, one = max(AT_ONCE), found["decisions"]["1"]
    each = (found["decisions"][str(most)] - one) / (most - 1)
    cluster = Cluster(
        cores=cores,
        deciders=deciders,
        fixed=max(0.0, one - each),
        each=each,
        hearing=found["hearing"][str(cores)],
        start=found["start"],
    )
    run = Simulation(cluster, jobs)
    seconds = run.run()
    playing = seconds - cluster.start
    return [
        f"{cores:,}",
        str(deciders) if deciders else "each its own",
        f"{seconds:,.0f}",
        f"{len(jobs) / playing:,.1f}",
        f"{run.page_seconds / playing / cores:.0%}",
        f"{len(jobs) * cluster.hearing / playing:.0%}",
    ]


def told(found: Mapping[str, Any], episodes: int) -> list[str]:
    """What was measured and simulated for a policy, as Markdown."""
    rows = [row for row in found["episodes"] if row[1]]
    page, deciding = (statistics.mean(row[n] for row in rows) for n in (2, 3))
    total = sorted(row[2] + row[3] for row in rows)
    cuts = [total[int(len(total) * part)] for part in (0.5, 0.95)] + [total[-1]]
    rate = 1 / found["side_by_side"]
    steps, at_once = statistics.mean(row[1] for row in rows), found["decisions"].items()
    decided = ", ".join(f"{number}: {1e3 * s / int(number):.1f} ms" for number, s in at_once)
    heard = ", ".join(f"{number}: {1e3 * s:.2f} ms" for number, s in found["hearing"].items())
    lines = [
        f"**{found['policy']}**: {len(rows)} episodes, {found['void']} void, {steps:.1f} steps",
        "",
        "| processor time | |",
        "| --- | --- |",
        f"| an episode: its page, its policy | {1e3 * page:.0f} ms, {1e3 * deciding:.0f} ms |",
        f"| both: half, 95%, all below | {', '.join(f'{1e3 * cut:.0f}' for cut in cuts)} ms |",
        f"| an episode, {PAGES_AN_ACTOR} pages at once | {1e3 * found['side_by_side']:.0f} ms |",
        f"| episodes/s a core | {rate:.1f} |",
        f"| episodes/s a GiB ({found['mib']:.0f} MiB a core) | {rate * 1024 / found['mib']:.1f} |",
        f"| a decision, so many at once | {decided} |",
        f"| handing out and hearing of an episode, so many actors | {heard} |",
        f"| starting | {found['start']:.1f} s |",
        "",
        f"{episodes * len({row[0] for row in rows}):,} episodes, simulated:",
        "",
        "| cores | policy actors | seconds | episodes/s | pages busy | driver busy |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    jobs = costs(found, episodes)
    for cores in CORES:
        every = [0]
        if found["batching"]:
            every += sorted({n for n in (1, 10, 100) if n <= cores})
        for deciders in every:
            lines.append(f"| {' | '.join(row_of(found, cores, deciders, jobs))} |")
    return [*lines, ""]


def main() -> None:
    """Measures, simulates and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--policies", nargs="+", default=["expert", "models/pointer-html"])
    parser.add_argument("--tasks", default="@webgum56")
    parser.add_argument("--episodes", type=int, default=3, help="a task, to measure")
    parser.add_argument("--simulated", type=int, default=1000, help="episodes a task, to simulate")
    parser.add_argument("--seed-start", type=int, default=720_000_000)
    parser.add_argument("--out", type=Path, help="a file for what was measured, as JSON")
    parser.add_argument("--measured", type=Path, help="such a file, to measure nothing again")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if given.one:
        print(json.dumps(measure(given.one, given.tasks, given.episodes, given.seed_start)))
        return
    if given.measured:
        found = json.loads(given.measured.read_text())
    else:
        found = map(measured, given.policies)
    kept = []
    for each in found:
        kept.append(each)
        if given.out:
            given.out.write_text(json.dumps(kept, indent=1) + "\n")
        print("\n".join(told(each, given.simulated)), flush=True)


if __name__ == "__main__":
    main()
