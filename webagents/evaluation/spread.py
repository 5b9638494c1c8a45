"""An evaluation over a Ray cluster: actors with the pages, and one or more with the policy.

A policy that reads many episodes at once (`types.Batching`: networks) is held by actors of its own,
on GPUs where the cluster has some, and asked by all others; any other is held by each.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from webagents.crews import dispatch
from webagents.crews.ray_crew import RayCrew, at_home, cluster
from webagents.evaluation.judging import Judge
from webagents.planners.settings import LanguageSettings
from webagents.policies import load_policy
from webagents.rollout import Job, Rollout
from webagents.types import Batching, Decision, Episode, Needs, Policy

PAGES_AN_ACTOR = 2


class Shown(NamedTuple):
    """An episode that was played."""

    job: Job
    episode: Episode

    @property
    def void(self) -> str:
        """Why the machinery broke, "" when it did not."""
        return self.episode.void


class Jobs:
    """Episodes to play, in their order; what was lost comes before the rest."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._left = deque(jobs)

    def next_job(self) -> Job | None:
        """The next one, None after the last."""
        return self._left.popleft() if self._left else None

    def lost(self, jobs: Sequence[Job]) -> None:
        """Puts back what was not played after all."""
        self._left.extendleft(reversed(jobs))


class Stage:
    """Pages in a process of their own, see `rollout`."""

    def __init__(self, load: Callable[[], Policy], pages: int, options: Mapping[str, Any]) -> None:
        self._rollout = Rollout(load(), workers=pages, browsers=1, **options)

    def play(self, jobs: Iterable[Job]) -> Iterator[Shown]:
        """Plays every job, in any order."""
        for episode in self._rollout.play(jobs):
            yield Shown(Job(episode.task, episode.seed), episode)


class Asking:
    """A policy that asks the actor which holds the real one."""

    def __init__(self, judge: Any) -> None:
        self._judge = judge
        self._needs: dict[str, Needs] = {}

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The real one's decisions."""
        decisions: list[Decision] = self._asked("act", list(episodes))
        return decisions

    def needs(self, task: str) -> Needs:
        """What the real one has to see."""
        if task not in self._needs:
            self._needs[task] = self._asked("needs", task)
        return self._needs[task]

    def _asked(self, method: str, what: object) -> Any:
        import ray

        try:
            return ray.get(getattr(self._judge, method).remote(what))
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error


def play_on_ray(
    name: str,
    how: LanguageSettings,
    *,
    workers: int,
    players: int | None = None,
    deciders: int = 1,
    options: Mapping[str, Any],
) -> Callable[[Sequence[Job]], Iterator[Episode]]:
    """What plays jobs with a policy on a cluster, whose nodes find the policy by the same name.

    workers: pages in all. players: the actors they are spread over; None: one for two pages.
    deciders: the actors that hold the policy, where it is `Batching`.
    options: see `rollout`.

    Raises:
        UnknownPolicy: nothing of that name here.
    """
    policy = load_policy(name, how)
    number = min(workers, players or math.ceil(workers / PAGES_AN_ACTOR))
    pages = math.ceil(workers / number)

    def play(jobs: Sequence[Job]) -> Iterator[Episode]:
        with cluster() as ray, ExitStack() as ends:
            load: Callable[[], Policy] = partial(load_policy, name, how)
            if isinstance(policy, Batching):
                judges = _judges(ray, load, deciders)
                ends.callback(lambda: [ray.kill(judge) for judge in judges])
                load = partial(_asking_one, judges)
            crew: RayCrew[Shown] = RayCrew(partial(Stage, load, pages, options), number)
            ends.callback(crew.close)
            for shown in dispatch(Jobs(jobs), crew, ahead=2 * pages):
                yield shown.episode

    return play


def _judges(ray: Any, load: Callable[[], Policy], number: int) -> list[Any]:
    """The actors that hold the policy; where the node of one is lost, it begins again on another.

    On GPUs where there are free ones, which they share if they must.
    """
    free = int(ray.available_resources().get("GPU", 0))
    gpus = 1 / math.ceil(number / free) if free else 0
    lives = {"max_restarts": -1, "max_task_retries": -1}
    made = ray.remote(num_gpus=gpus, scheduling_strategy="SPREAD", **lives)(_Judge)
    return [made.remote(load, Path.cwd()) for _ in range(number)]


def _asking_one(judges: Sequence[Any]) -> Asking:
    """Asks any of them, always the same one."""
    return Asking(random.choice(judges))


class _Judge:
    """A `Judge` in a process of the cluster."""

    def __init__(self, load: Callable[[], Policy], folder: Path) -> None:
        at_home(folder)
        self._load = load

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._load())  # when it is asked, so that whoever asks hears of its errors

    async def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """See `Judge.act`."""
        return await self._judge.act(episodes)

    async def needs(self, task: str) -> Needs:
        """See `Judge.needs`."""
        return await self._judge.needs(task)
