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

from webagents.browsers.base import Browser
from webagents.browsers.loop import Pump, Work, run_all
from webagents.envs.launch import launch
from webagents.envs.play import Play, Transition, patience
from webagents.envs.task import PlayOptions, Task, play_options
from webagents.envs.tasks import make_task
from webagents.errors import MachineError, UserError
from webagents.html import text_view
from webagents.types import Demanding, Episode, Needs, Observation, Policy, Step


class Job(NamedTuple):
    """One episode to play: a task's id and a seed."""

    task: str
    seed: int


class _Seat:
    """One page's place in the rollout: its play, the job in hand and its episode so far.

    place: the number of the browser process that it has its pages from.
    browser: where the episode is played, which may be a task's own.
    """

    def __init__(self, place: int, play: Play, max_steps: int | None) -> None:
        self.place = place
        self.browser: Browser | None = None
        self.play = play
        self.max_steps = max_steps
        self.job: Job | None = None
        self.episode: Episode | None = None

    @property
    def source(self) -> Pump | None:
        """What its operations wait on."""
        return None if self.browser is None else self.browser.source


class _Browsers:
    """The browsers of a rollout; one that died is replaced when it is next asked for."""

    def __init__(self, number: int, backend: str, path: str | None) -> None:
        self._how = (backend, path)
        self._browsers: list[Browser | None] = [None] * number

    def __getitem__(self, index: int) -> Browser:
        browser = self._browsers[index]
        if browser is None or not browser.alive:
            if browser is not None:
                browser.close()
            browser = self._browsers[index] = launch(*self._how)
        return browser

    def close(self) -> None:
        for browser in self._browsers:
            if browser is not None:
                browser.close()


class _Tasks:
    """One task object per id."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}

    def __getitem__(self, id_: str) -> Task:
        if id_ not in self._tasks:
            self._tasks[id_] = make_task(id_)
        return self._tasks[id_]

    def close(self) -> None:
        for task in self._tasks.values():
            task.close()


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
    """Pages and browsers on which episodes are played; a context manager, for they have to end.

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
        self._fleet, self._tasks = _Browsers(number, backend, browser), _Tasks()
        self._seats = [_Seat(n % number, Play(chosen), max_steps) for n in range(workers)]

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
            yield from _begin(self._seats, queue, self._fleet, self._tasks, self._shown)
            acting = [seat for seat in self._seats if seat.episode is not None]
            if not acting:
                return
            yield from map(self._shown.as_asked, _act(acting, self._policy))

    def close(self) -> None:
        """Ends the browsers and the sites; safe to call again."""
        self._fleet.close()
        self._tasks.close()


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
        max_steps: the step limit of every episode; None: each task's own.
        All others: how episodes are played, see `PlayOptions`.

    Raises:
        UserError: a task, seed or option that is none, or fewer than one page.
        BrowserMissing, BrowserStartError: no browser to play in.
    """
    with Rollout(policy, **options) as pages:
        yield from pages.play(jobs)


def _begin(
    seats: Sequence[_Seat],
    queue: Iterator[Job],
    fleet: _Browsers,
    tasks: _Tasks,
    shown: _Shown,
) -> list[Episode]:
    """Gives free seats an episode while there are jobs; returns those that came to nothing."""
    voids = []
    while free := [seat for seat in seats if seat.episode is None]:
        beginning = []
        for seat in free:
            seat.job = next(queue, None)
            if seat.job is not None:
                beginning.append(seat)
        if not beginning:
            break
        works = []
        for seat in beginning:
            assert seat.job is not None
            task = tasks[seat.job.task]
            browser = seat.browser = task.browser or fleet[seat.place]
            seat.play.options = shown.options(task.spec.id)
            operation = seat.play.reset(browser, task, seat.job.seed, seat.max_steps)
            works.append(Work(operation, browser.source))
        for seat, outcome in zip(beginning, run_all(works, patience(len(works))), strict=True):
            assert seat.job is not None
            task = tasks[seat.job.task]
            if outcome.failure is None:
                began: Transition = outcome.value
                seat.episode = Episode(
                    task=task.spec.id,
                    seed=seat.job.seed,
                    observation=began.observation,
                    info=began.info,
                )
            else:
                unseen = Observation(instruction="", html="")
                nothing = Episode(task=task.spec.id, seed=seat.job.seed, observation=unseen)
                voids.append(_void(nothing, outcome.failure))
    return voids


def _act(acting: Sequence[_Seat], policy: Policy) -> list[Episode]:
    """One step of every episode in play; returns those that ended with it."""
    episodes = [seat.episode for seat in acting if seat.episode is not None]
    decisions = policy.act(episodes)
    if len(decisions) != len(episodes):
        raise UserError(f"the policy gave {len(decisions)} decisions for {len(episodes)} episodes")
    works = [
        Work(seat.play.step(decision.action), seat.source)
        for seat, decision in zip(acting, decisions, strict=True)
    ]
    done = []
    for seat, episode, decision, outcome in zip(
        acting, episodes, decisions, run_all(works, patience(len(works))), strict=True
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


def _void(episode: Episode, failure: Exception) -> Episode:
    """The episode as void; what is no broken machine is a bug, or the caller's, and surfaces."""
    if not isinstance(failure, MachineError):
        raise failure
    return replace(episode, void=f"{type(failure).__name__}: {failure}")


def play_one(task: str, seed: int, policy: Policy, **options: Any) -> Episode:
    """One episode, played and returned; `options`: see `rollout`."""
    return next(rollout([Job(task, seed)], policy, workers=1, **options))
