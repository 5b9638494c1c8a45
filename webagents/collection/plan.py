"""Which episodes are to be played, and which are kept: the same whoever plays them, in any order.

Of each task the first seeds that give episodes worth keeping are kept, as many as are wanted. Seeds
are given out only as they are needed: one more for each that turned out not to be worth keeping.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from webagents.rollout import Job

TRIES = 5
"""How many seeds a task is given for each episode wanted, and some more, before it is given up."""


class TaskPlan:
    """The seeds of one task.

    task: its id.
    wanted: how many episodes are to be kept.
    """

    def __init__(self, task: str, wanted: int, seed_start: int) -> None:
        self.task, self.wanted = task, wanted
        self._start = seed_start
        self._most = TRIES * wanted + 20
        self._kept: dict[int, bool] = {}
        self._out: set[int] = set()
        self._given = 0  # seeds before this one were looked at
        self._hoped = 0  # and as many of them are kept, or may be
        self._settled = 0  # seeds before this one have their place, or none
        self._placed = 0

    def next_seed(self) -> int | None:
        """A seed to play; None where no more are needed for now."""
        while self._hoped < self.wanted and self._given < self._most:
            seed = self._start + self._given
            self._given += 1
            self._hoped += self._kept.get(seed, True)
            if seed not in self._kept:
                self._out.add(seed)
                return seed
        return None

    def heard(self, seed: int, keep: bool) -> None:
        """Takes down whether a seed's episode is worth keeping."""
        if seed in self._out:
            self._out.remove(seed)
            self._hoped -= not keep
        self._kept[seed] = keep

    def settled(self) -> Iterator[int]:
        """The seeds whose episodes come next in the dataset, as far as that is known by now."""
        while self._placed < self.wanted and self._settled < self._most:
            seed = self._start + self._settled
            if seed not in self._kept:
                return
            self._settled += 1
            if self._kept[seed]:
                self._placed += 1
                yield seed

    @property
    def complete(self) -> bool:
        """Whether all that will be kept has its place."""
        return self._placed == self.wanted or self._settled == self._most


class Plan:
    """The tasks of a collection, one after the other."""

    def __init__(self, quotas: Mapping[str, int], seed_start: int) -> None:
        """`quotas`: how many episodes are wanted of each task, in the order of the dataset."""
        self.tasks = {task: TaskPlan(task, n, seed_start) for task, n in quotas.items()}
        self._unplaced = deque(self.tasks.values())
        self._again: deque[Job] = deque()

    def next_job(self) -> Job | None:
        """An episode to play, the earliest that is needed; None where none is for now."""
        if self._again:
            return self._again.popleft()
        for plan in self._unplaced:
            seed = plan.next_seed()
            if seed is not None:
                return Job(plan.task, seed)
        return None

    def lost(self, jobs: Sequence[Job]) -> None:
        """Takes back episodes that were given out and not played."""
        self._again.extend(jobs)

    def heard(self, job: Job, keep: bool) -> None:
        """Takes down whether an episode is worth keeping."""
        if job.task in self.tasks:
            self.tasks[job.task].heard(job.seed, keep)

    @property
    def complete(self) -> bool:
        """Whether all that will be kept has its place."""
        return not self._unplaced

    def settled(self) -> Iterator[Job]:
        """The episodes that come next in the dataset, as far as that is known by now."""
        while self._unplaced:
            plan = self._unplaced[0]
            yield from (Job(plan.task, seed) for seed in plan.settled())
            if not plan.complete:
                return
            self._unplaced.popleft()
