"""Training in rounds (DAgger): the policy plays, the expert labels, training goes on over it all.

A round is two things that there are by themselves: a collection with ``dagger:BETA:MODEL``, and a
training that begins with the model of the round before, on the data and all collections so far. In
the run's folder they are ``demos-1``, ``demos-2`` ... and ``round-0``, ``round-1`` ..., of which
the first learns from the data alone.

Source: Ross, Gordon, Bagnell 2011, "A Reduction of Imitation Learning and Structured Prediction to
No-Regret Online Learning", algorithm 3.1; the expert's share falls as beta to the power of the
round, section 3.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from webagents.collection.collect import CollectConfig, Collected, MakeCrew, collect
from webagents.data import Dataset
from webagents.envs import catalogue
from webagents.errors import UserError, check_least, clipped
from webagents.policies.expert import ExpertPolicy
from webagents.progress import Shown, silent
from webagents.prompt import PromptForm
from webagents.provenance import CONFIG
from webagents.training import seeds
from webagents.training.imitation import Imitation, imitate
from webagents.training.running.folders import MODEL, open_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds(Imitation):
    """Training on demonstrations, and in rounds on what the policy meets when it plays itself.

    dagger: rounds in which the policy plays, the expert says what it would have done on each page,
        and training goes on over all there is by then; 0 for none. By one process.
    dagger_tasks: what is played: ids, sets and globs, by comma; by default the tasks of the data
        that have an expert.
    dagger_episodes: episodes of each task in a round, on seeds from 600,000,000 on.
    dagger_beta: how likely it is in the first round that the expert's action is played and not the
        policy's; in round n, this to the power of n.
    dagger_variant: which of the ways that are equally good the expert takes, "" or as in
        expert:VARIANT; best that by which the data was collected.
    dagger_steps: optimiser steps of a round; 0 for as many as `steps`.
    """

    dagger: int = 0
    dagger_tasks: str = ""
    dagger_episodes: int = 20
    dagger_beta: float = 0.5
    dagger_variant: str = ""
    dagger_steps: int = 0

    def __post_init__(self) -> None:
        Imitation.__post_init__(self)
        check_least(self, dagger=0, dagger_steps=0, dagger_episodes=1)
        if not 0 <= self.dagger_beta <= 1:
            raise UserError(f"dagger_beta is from 0 to 1, not {self.dagger_beta}")
        if self.dagger_variant not in ("", "steady") and not self.dagger_variant.isdecimal():
            raise UserError(
                f'dagger_variant is a number from 0 or "steady", not {clipped(self.dagger_variant)}'
            )

    def imitation(self, **changes: Any) -> Imitation:
        """The settings of one training, but for the changes."""
        own = {field.name: getattr(self, field.name) for field in fields(Imitation)}
        return Imitation(**(own | changes))


def train_in_rounds(
    config: Rounds,
    *,
    progress: Shown = silent,
    crew: MakeCrew | None = None,
    browser: str = "",
) -> Path:
    """Trains a policy; gives the folder of its checkpoint, which `load_policy` reads.

    Without rounds it is `imitate`. Killed at any moment, it goes on where it was with `resume`.

    crew: what makes the players; see `collect`.
    browser: its name and version, for the collections' cards.

    Raises:
        UserError: see `imitate` and `collect`; no task to play, or several processes.
        KeyboardInterrupt: it was stopped; the same call with `resume` goes on.
    """
    if not config.dagger:
        return imitate(config.imitation(), progress=progress)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise UserError(
            "rounds are for one process; on several, run `webagents collect --policy "
            "dagger:BETA:MODEL --keep all` and `webagents train` in turn"
        )
    tasks = _tasks(config)
    open_run(config, "training in rounds", known={})
    end = time.monotonic() + (config.stop_after * 60 or math.inf)
    data, model = list(config.data), Path()
    for number in range(config.dagger + 1):
        if number:
            settings = _collection(config, number, tasks, model)
            if not _begun(_round(config, number)):
                collected = collect(settings, progress=progress, crew=crew, browser=browser)
                _check_whole(collected)
            data.append(settings.out)
        before, model = model, _round(config, number) / MODEL
        if not _begun(_demos(config, number + 1)):
            _train(config, number, data, before, end, progress)
    return model


def _collection(config: Rounds, number: int, tasks: str, model: Path) -> CollectConfig:
    """How a round's episodes are played; failed ones are kept, for their labels are as good."""
    form = PromptForm.read(model)
    out = _demos(config, number)
    how = (f"{config.dagger_beta**number:g}", config.dagger_variant, str(model))
    return CollectConfig(
        policy=":".join(("dagger", *filter(None, how))),
        source=f"dagger-{number}",
        tasks=tasks,
        episodes=config.dagger_episodes,
        seed_start=seeds.DAGGER + (number - 1) * seeds.A_ROUND,
        keep="all",
        screenshots=form.screenshots > 0,
        view=form.recorded,
        workers=config.play_workers,
        out=out,
        resume=out.exists(),
    )


def _check_whole(collected: Collected) -> None:
    if collected.void:
        raise UserError(
            f"{collected.void} episodes of {collected.out} are missing as the browser broke; "
            "--resume tries again"
        )


def _train(
    config: Rounds, number: int, data: list[Path], before: Path, end: float, progress: Shown
) -> None:
    """A round's training, from the model of the one before."""
    left = (end - time.monotonic()) / 60
    if left <= 0:
        raise KeyboardInterrupt
    out = _round(config, number)
    changes: dict[str, Any] = {
        "data": list(data),
        "out": out,
        "resume": _begun(out),
        "stop_after": 0.0 if math.isinf(left) else left,
    }
    if number:
        weights = {"model": str(before), "changes": "", "text_weights": "", "vision_weights": ""}
        changes |= {**weights, "steps": config.dagger_steps or config.steps}
    imitate(config.imitation(**changes), progress=progress)


def _tasks(config: Rounds) -> str:
    """What is played, as `catalogue.select` takes it.

    Raises:
        UserError: nothing.
    """
    if config.dagger_tasks:
        return config.dagger_tasks
    there = {task for path in config.data for task in Dataset(path).tasks}
    known = [task for task in catalogue.load() if task in there and ExpertPolicy.knows(task)]
    if not known:
        raise UserError("the data has no task with an expert; give dagger_tasks")
    return ",".join(known)


def _round(config: Rounds, number: int) -> Path:
    return config.out / f"round-{number}"


def _demos(config: Rounds, number: int) -> Path:
    return config.out / f"demos-{number}"


def _begun(folder: Path) -> bool:
    return (folder / CONFIG).exists()
