"""Trials during a run: the weights of now play, and what comes of it chooses and ends.

The best weights by success are kept apart from the latest ones; a run whose success no longer
rises may be ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple, Protocol, runtime_checkable

from transformers import PreTrainedModel

from webagents.training.running.lanes import State
from webagents.training.running.metrics import VOID

TASK = "success/"
"""What the name of a task's figure begins with."""


class Tried(NamedTuple):
    """One episode of a trial; `success` is None where a machine broke and it does not count."""

    task: str
    success: bool | None


Play = Callable[[PreTrainedModel, int, int, Callable[[], bool]], Sequence[Tried]]
"""Plays the part of a trial that is of process `rank` of `of`, with a model in evaluation mode:
``play(model, rank, of, asked)``. Where `asked` says that the run is to stop, it may break off."""


class Trials(NamedTuple):
    """How a run is tried out.

    play: see `Play`.
    every: steps between trials; the last step has one too.
    patience: how many trials in a row without a better one end the run; 0: none do.
    """

    play: Play
    every: int
    patience: int = 0


@runtime_checkable
class Adaptive(Protocol):
    """A lane that goes on otherwise once it is told how well the model does."""

    def after_trial(self, state: State, rates: Mapping[str, float]) -> State:
        """Where it goes on, from where it is and each task's success rate; see `Lane.batches`."""
        ...


class Standing(NamedTuple):
    """How the trials of a run stand, part of its checkpoints.

    tried: the step of the latest one; 0 before the first.
    best, best_step: the highest success, and its step; None before the first.
    worse: how many trials came after it.
    """

    tried: int = 0
    best: float | None = None
    best_step: int = 0
    worse: int = 0

    def after(self, step: int, success: float | None) -> Standing:
        """The standing after a trial; success is None where none of its episodes counts."""
        if success is None:
            return self._replace(tried=step)
        if self.best is None or success > self.best:
            return Standing(step, success, step, 0)
        return self._replace(tried=step, worse=self.worse + 1)


def rates_of(tried: Iterable[Tried]) -> dict[str, float]:
    """Each task's success rate, in alphabetical order, over the episodes that count."""
    tasks: dict[str, list[bool]] = {}
    for one in tried:
        if one.success is not None:
            tasks.setdefault(one.task, []).append(one.success)
    return {task: fmean(tasks[task]) for task in sorted(tasks)}


def figures(rates: Mapping[str, float], tried: Sequence[Tried]) -> dict[str, float]:
    """A trial's figures: ``success``, the mean over tasks, each task's, and ``void`` episodes."""
    found = {"success": fmean(rates.values())} if rates else {}
    void = sum(one.success is None for one in tried)
    return {**found, **{f"{TASK}{task}": rate for task, rate in rates.items()}, VOID: void}
