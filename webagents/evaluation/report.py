"""The report as data: success, reward and steps of each task and set, and ``report.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import fmean
from typing import Any, NamedTuple

from webagents.evaluation.asked import Asked, total
from webagents.evaluation.compositions import Composition, compare
from webagents.evaluation.measures import Estimate, macro, wilson
from webagents.evaluation.outcomes import Outcome, latest
from webagents.types import NOTHING, TaskSpec


class EpisodeResult(NamedTuple):
    """One episode in the report; reward and success are None when it is void.

    subtasks: which parts of a composed task were done, in logical order; empty for other tasks.
    asked: what its policy's language model was asked; None without one.
    """

    task: str
    seed: int
    reward: float | None
    success: bool | None
    steps: int
    failure: str
    subtasks: Mapping[str, bool] = NOTHING
    asked: Asked | None = None

    def as_dict(self) -> dict[str, Any]:
        """The episode as JSON values, `subtasks` and `asked` only where there are any."""
        named = self._asdict()
        del named["subtasks"], named["asked"]
        if self.subtasks:
            named["subtasks"] = dict(self.subtasks)
        if self.asked is not None:
            named["asked"] = self.asked.as_dict()
        return named

    @classmethod
    def from_dict(cls, episode: Mapping[str, Any]) -> EpisodeResult:
        """The episode of a ``report.json``."""
        asked = Asked(**episode["asked"]) if "asked" in episode else None
        return cls(**{**episode, "asked": asked})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What came of one task.

    episodes: those that count; `void` ones are not among them.
    success: the rate with Wilson's 95% interval.
    reward, steps: means over the episodes that count, None of none.
    """

    episodes: int
    void: int
    success: Estimate
    reward: float | None
    steps: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResult:
    """What came of a named set of tasks, each task weighing the same.

    tasks, of: how many of its tasks have an episode that counts, and how many it has: the result
        is the set's only where both are the same.
    episodes, void: as in `TaskResult`, summed.
    success: the mean over tasks with `measures.macro`'s 95% interval.
    reward, steps: means over the tasks' means, None of none.
    """

    tasks: int
    of: int
    episodes: int
    void: int
    success: Estimate
    reward: float | None
    steps: float | None

    @property
    def partial(self) -> bool:
        """Whether some of its tasks are missing, so that this is not the set's result."""
        return self.tasks != self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An evaluation's results; `as_dict` is what ``report.json`` holds.

    planned: how many episodes were to be played; more than there are in an interrupted run.
    seconds: wall time of playing, over all the sessions of a resumed run.
    composition: what it tells of composed tasks beside their parts; None where none counts.
    asked: what the policy's language model was asked in each task, void episodes' questions too;
        empty without one.
    """

    policy: str
    tasks: Mapping[str, TaskResult]
    sets: Mapping[str, SetResult]
    episodes: tuple[EpisodeResult, ...]
    planned: int
    seconds: float
    steps_per_second: float | None
    versions: Mapping[str, str]
    config: Mapping[str, Any]
    composition: Composition | None = None
    asked: Mapping[str, Asked] = field(default_factory=dict)

    @property
    def player(self) -> str:
        """The policy, with the language model that it asks."""
        model = self.config.get("llm")
        return f"{self.policy} ({model})" if model else self.policy

    @property
    def asked_in_all(self) -> Asked | None:
        """What the policy's language model was asked; None without one."""
        return total(self.asked.values())

    @property
    def overall(self) -> SetResult:
        """All that was played, as if it were one set."""
        return pooled(self.tasks, self.tasks, self.episodes)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values; numbers that do not exist are None."""
        report = {
            "policy": self.policy,
            "tasks": {name: _as_dict(result) for name, result in self.tasks.items()},
            "sets": {name: _as_dict(result) for name, result in self.sets.items()},
            "episodes": [episode.as_dict() for episode in self.episodes],
            "planned": self.planned,
            "seconds": self.seconds,
            "steps_per_second": self.steps_per_second,
            "versions": dict(self.versions),
            "config": dict(self.config),
        }
        if self.composition:
            report["composition"] = self.composition.as_dict()
        if (asked := self.asked_in_all) is not None:
            tasks = {name: each.as_dict() for name, each in self.asked.items()}
            report["asked"] = {**asked.as_dict(), "tasks": tasks}
        return report

    @classmethod
    def from_dict(cls, report: Mapping[str, Any]) -> Report:
        """The report of a ``report.json``."""
        read = {
            "tasks": {
                name: TaskResult(**{**task, "success": _estimate(task["success"])})
                for name, task in report["tasks"].items()
            },
            "sets": {
                name: SetResult(**{**group, "success": _estimate(group["success"])})
                for name, group in report["sets"].items()
            },
            "episodes": tuple(map(EpisodeResult.from_dict, report["episodes"])),
        }
        if "asked" in report:
            tasks = report["asked"]["tasks"]
            read["asked"] = {name: Asked(**each) for name, each in tasks.items()}
        if "composition" in report:
            read["composition"] = Composition.from_dict(report["composition"])
        return cls(**{**report, **read})

    def as_json(self) -> str:
        """The text of ``report.json``."""
        return json.dumps(self.as_dict(), indent=2, allow_nan=False) + "\n"


def build(
    outcomes: Iterable[Outcome],
    config: Mapping[str, Any],
    *,
    sets: Mapping[str, Collection[str]] | None = None,
    specs: Mapping[str, TaskSpec] = NOTHING,
    versions: Mapping[str, str] | None = None,
    planned: int | None = None,
) -> Report:
    """The report of these outcomes; where one (task, seed) was played again, the later counts.

    config: the settings, of which ``policy`` is one.
    sets: the tasks of each named set; those of which none was played are left out.
    specs: the catalogue entries by id, which say what a composed task is made of.
    planned: how many episodes were to be played; by default those that were.
    """
    played = list(outcomes)
    final = latest(played)
    tasks = {
        name: _task_result(list(of_task)) for name, of_task in groupby(final, lambda o: o.task)
    }
    episodes = tuple(
        EpisodeResult(o.task, o.seed, o.reward, o.success, o.steps, o.failure, o.subtasks, o.asked)
        for o in final
    )
    groups = {
        name: pooled(tasks, members, episodes)
        for name, members in (sets or {}).items()
        if any(tasks[task].episodes for task in tasks.keys() & set(members))
    }
    seconds = math.fsum(outcome.seconds for outcome in played)
    return Report(
        policy=str(config["policy"]),
        tasks=tasks,
        sets=groups,
        episodes=episodes,
        planned=len(final) if planned is None else planned,
        seconds=round(seconds, 3),
        steps_per_second=(
            round(sum(outcome.steps for outcome in played) / seconds, 3) if seconds else None
        ),
        versions=versions or {},
        config=config,
        composition=compare(final, specs, sets),
        asked=_asked(final),
    )


def pooled(
    tasks: Mapping[str, TaskResult], members: Collection[str], episodes: Sequence[EpisodeResult]
) -> SetResult:
    """The result of a set with these members, of which some may not have been played."""
    played = [tasks[name] for name in members if name in tasks]
    counted = [task for task in played if task.episodes]
    successes = dict.fromkeys(members, 0)
    for episode in episodes:
        if episode.success and episode.task in successes:
            successes[episode.task] += 1
    return SetResult(
        tasks=len(counted),
        of=len(members),
        episodes=sum(task.episodes for task in played),
        void=sum(task.void for task in played),
        success=macro((successes[n], tasks[n].episodes) for n in members if n in tasks),
        reward=_mean(task.reward for task in counted),
        steps=_mean(task.steps for task in counted),
    )


def _task_result(outcomes: Sequence[Outcome]) -> TaskResult:
    counted = [outcome for outcome in outcomes if not outcome.void]
    return TaskResult(
        episodes=len(counted),
        void=len(outcomes) - len(counted),
        success=wilson(sum(bool(outcome.success) for outcome in counted), len(counted)),
        reward=_mean(outcome.reward for outcome in counted),
        steps=_mean(outcome.steps for outcome in counted),
    )


def _asked(outcomes: Iterable[Outcome]) -> dict[str, Asked]:
    """What was asked in each task, of the tasks in which anything was."""
    by_task = groupby(outcomes, lambda outcome: outcome.task)
    found = {task: total(outcome.asked for outcome in of_task) for task, of_task in by_task}
    return {task: asked for task, asked in found.items() if asked is not None}


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _as_dict(result: TaskResult | SetResult) -> dict[str, Any]:
    named = {name: getattr(result, name) for name in result.__dataclass_fields__}
    success = result.success._asdict()
    return {**named, "success": {k: None if math.isnan(v) else v for k, v in success.items()}}


def _estimate(success: Mapping[str, float | None]) -> Estimate:
    return Estimate(**{k: math.nan if v is None else v for k, v in success.items()})
