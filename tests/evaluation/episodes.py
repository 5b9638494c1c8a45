"""Finished episodes written by hand, for what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from webagents.evaluation.outcomes import Outcome
from webagents.types import Episode, Observation, Step, TaskSpec


def episode(
    task: str = "miniwob.click-test",
    seed: int = 0,
    *,
    success: bool = True,
    reward: float | None = None,
    errors: tuple[str, ...] = ("",),
    truncated: bool = False,
    void: str = "",
    instruction: str = "Click the button.",
    action: str = "click('1')",
    screenshots: bool = False,
    html: str = "<p>{number}</p>",
    subtasks: Mapping[str, bool] | None = None,
) -> Episode:
    """An episode of one step for each of `errors`, the reward and the end at the last."""
    last = len(errors) - 1
    end = (1.0 if success else -1.0) if reward is None else reward
    seen = [
        Observation(
            instruction=instruction,
            html=html.format(number=number),
            screenshot=np.full((4, 5, 3), number, np.uint8) if screenshots else None,
        )
        for number in range(len(errors) + 1)
    ]
    steps = tuple(
        Step(
            observation=seen[number],
            action=action,
            error=error,
            reward=end if number == last else 0.0,
            terminated=number == last and not truncated,
            truncated=number == last and truncated,
        )
        for number, error in enumerate(errors)
    )
    return Episode(
        task=task,
        seed=seed,
        observation=seen[-1],
        steps=steps,
        success=success and not void,
        void=void,
        info={} if subtasks is None else {"success": success, "subtasks": subtasks},
    )


def ended(
    task: str,
    successes: Sequence[float],
    *,
    seeds: Sequence[int] | None = None,
    instruction: str = "Do it.",
    depth: int | None = 4,
    flags: Sequence[Mapping[str, bool]] | None = None,
) -> list[Outcome]:
    """How a task's episodes ended: 1 a success, 0 a failure, nan void; by default from seed 0."""
    outcomes = []
    for number, success in enumerate(successes):
        void = success != success
        outcomes.append(
            Outcome(
                task=task,
                seed=number if seeds is None else seeds[number],
                reward=None if void else 2.0 * success - 1,
                success=None if void else bool(success),
                steps=2,
                failure="void" if void else "" if success else "wrong",
                instruction=instruction,
                depth=depth,
                subtasks={} if flags is None else flags[number],
            )
        )
    return outcomes


def composed(id_: str, *parts: str, tags: Sequence[str] = ()) -> TaskSpec:
    """A catalogue entry of a task made of these parts."""
    return TaskSpec(
        id=id_,
        page="page.html",
        tags=frozenset(tags),
        max_steps=9,
        width=160,
        height=210,
        window=(500, 240),
        source="tests",
        parts=parts,
    )
