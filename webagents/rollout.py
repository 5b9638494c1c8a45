"""The one loop: plays episodes with a policy, many pages at once.

Evaluation, collection and training all play through here::

    for episode in rollout([Job("miniwob.click-test", 0)], policy):
        print(episode.task, episode.success)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from webagents.browsers.loop import run_all
from webagents.envs.places import NOWHERE, Pages, Place, Places
from webagents.envs.play import Transition
from webagents.envs.remote.places import Servers
from webagents.envs.task import PlayOptions, play_options
from webagents.errors import MachineError, UserError
from webagents.html import text_view
from webagents.types import Demanding, Episode, Needs, Observation, Policy, Step, TaskSpec


class Job(NamedTuple):
    """One episode to play: a task's id and a seed."""

    task: str
    seed: int


class _Seat:
    """A place of the rollout, and the episode in play there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.episode: Episode | None = None


class _Shown:
    """What the policy is shown, and what the caller asked to be shown, which may be less."""

    def __init__(self, asked: PlayOptions, policy: Policy) -> None:
        self._asked = asked
        self._needs = policy.needs if isinstance(policy, Demanding) else lambda task: Needs()

    def options(self, task: str) -> PlayOptions:
        """How a task's episodes are played for the policy."""
        asked, needs = self._asked, self._needs(task)
        return replace(
            asked,
            view="visual" if "visual" in (asked.view, needs.view) else "text",
            screenshots=asked.screenshots or needs.screenshots,
        )

    def as_asked(self, episode: Episode) -> Episode:
        """An episode without what only the policy needed."""
        if self.options(episode.task) == self._asked:
            return episode
        steps = (replace(s, observation=self._seen(s.observation)) for s in episode.steps)
        return replace(episode, observation=self._seen(episode.observation), steps=tuple(steps))

    def _seen(self, observation: Observation) -> Observation:
        page, picture = observation.html, observation.screenshot
        return replace(
            observation,
            html=text_view(page) if self._asked.view == "text" else page,
            screenshot=picture if self._asked.screenshots else None,
        )


class Rollout:
    """Places to play episodes on; a context manager, for browsers and sessions have to end.

    ``with Rollout(policy, workers=4) as pages: pages.play(jobs)``; `rollout` is the short form.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        workers: int = 4,
        browsers: int | None = None,
        backend: str = "chromium",
        browser: str | None = None,
        servers: Sequence[str] = (),
        max_steps: int | None = None,
        **play: Any,
    ) -> None:
        """Makes the places to play in; browsers start when the first episode begins.

        For the parameters and errors see `rollout`.
        """
        if workers < 1:
            raise UserError(f"workers={workers!r}; at least one page is needed to play on")
        chosen = play_options(play)
        number = browsers or max(1, min(workers, os.cpu_count() or 1))
        self._policy = policy
        self._shown = _Shown(chosen, policy)
        self._max_steps = max_steps
        self._places: Places = (
            Servers(workers, servers) if servers else Pages(workers, number, backend, browser)
        )
        self._seats = [_Seat(place) for place in self._places.all]

    def __enter__(self) -> Rollout:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def play(self, jobs: Iterable[Job]) -> Iterator[Episode]:
        """Plays every job; see `rollout`.

        jobs: asked for more whenever a page is free, also after it had none: a queue that others
            fill may run dry for a while. Playing ends when it has none and no episode is in play.
        """
        queue = iter(jobs)
        while True:
            yield from self._begin(queue)
            acting = [seat for seat in self._seats if seat.episode is not None]
            if not acting:
                return
            yield from map(self._shown.as_asked, self._act(acting))

    def close(self) -> None:
        """Ends the browsers and the sites, or the sessions; safe to call again."""
        self._places.close()

    def _begin(self, queue: Iterator[Job]) -> list[Episode]:
        """Gives free seats an episode while there are jobs; returns those that came to nothing."""
        voids = []
        while free := [seat for seat in self._seats if seat.episode is None]:
            beginning: list[tuple[_Seat, TaskSpec, Job]] = []
            for seat in free:
                job = next(queue, None)
                if job is not None:
                    beginning.append((seat, self._places.spec(job.task), job))
            if not beginning:
                break
            works = [
                seat.place.reset(spec, job.seed, self._shown.options(spec.id), self._max_steps)
                for seat, spec, job in beginning
            ]
            outcomes = run_all(works, self._places.patience(len(works)))
            for (seat, spec, job), outcome in zip(beginning, outcomes, strict=True):
                if outcome.failure is None:
                    began: Transition = outcome.value
                    seat.episode = Episode(
                        task=spec.id, seed=job.seed, observation=began.observation, info=began.info
                    )
                elif isinstance(outcome.failure, NOWHERE):
                    raise outcome.failure
                else:
                    unseen = Observation(instruction="", html="")
                    nothing = Episode(task=spec.id, seed=job.seed, observation=unseen)
                    voids.append(_void(nothing, outcome.failure))
        return voids

    def _act(self, acting: Sequence[_Seat]) -> list[Episode]:
        """One step of every episode in play; returns those that ended with it."""
        episodes = [seat.episode for seat in acting if seat.episode is not None]
        decisions = self._policy.act(episodes)
        if len(decisions) != len(episodes):
            raise UserError(
                f"the policy gave {len(decisions)} decisions for {len(episodes)} episodes"
            )
        works = [
            seat.place.step(decision.action)
            for seat, decision in zip(acting, decisions, strict=True)
        ]
        outcomes = run_all(works, self._places.patience(len(works)))
        done = []
        for seat, episode, decision, outcome in zip(
            acting, episodes, decisions, outcomes, strict=True
        ):
            if outcome.failure is not None:
                done.append(_void(episode, outcome.failure))
                seat.episode = None
                continue
            made: Transition = outcome.value
            step = Step(
                observation=episode.observation,
                action=decision.action,
                reward=made.reward,
                terminated=made.terminated,
                truncated=made.truncated,
                error=made.observation.error,
                time_ms=made.info["time_ms"],
                notes=decision.notes,
            )
            seat.episode = episode.extended(step, made.observation, made.info)
            if seat.episode.done:
                done.append(seat.episode)
                seat.episode = None
        return done


def rollout(jobs: Iterable[Job], policy: Policy, **options: Any) -> Iterator[Episode]:
    """Plays every job and yields its episode when it is done, in any order.

    Episodes show what was asked for (`view`, `screenshots`); a policy that `needs` more is shown
    more. A broken machine voids its episode (`Episode.void` says why), and the rollout goes on.

    jobs: what to play; taken one by one, so that it may be endless.
    policy: acts for all pages at once.
    options:
        workers: how many pages are played side by side; 4.
        browsers: over how many browser processes; None: one a processor, at most one a page.
        backend, browser: see `launch.launch`.
        servers: addresses of environment servers (`webagents serve`) on which the pages are,
            instead of in browsers here, `workers` in all and on each as many as on any other; they
            are shown $WEBAGENTS_TOKEN.
        max_steps: the step limit of every episode; None: each task's own.
        All others: how episodes are played, see `PlayOptions`.

    Raises:
        UserError: a task, seed or option that is none, or fewer than one page.
        BrowserMissing, BrowserStartError: no browser to play in.
        ServerGone, ServerFull: no server is there to begin an episode on, or none has room.
    """
    with Rollout(policy, **options) as pages:
        yield from pages.play(jobs)


def _void(episode: Episode, failure: Exception) -> Episode:
    """The episode as void; what is no broken machine is a bug, or the caller's, and surfaces."""
    if not isinstance(failure, MachineError):
        raise failure
    return replace(episode, void=f"{type(failure).__name__}: {failure}")


def play_one(task: str, seed: int, policy: Policy, **options: Any) -> Episode:
    """One episode, played and returned; `options`: see `rollout`."""
    return next(rollout([Job(task, seed)], policy, workers=1, **options))
