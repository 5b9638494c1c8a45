"""Finished episodes written by hand, for what is made of them."""

from __future__ import annotations

import numpy as np

from webagents.types import Episode, Observation, Step


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
) -> Episode:
    """An episode of one step for each of `errors`, the reward and the end at the last."""
    last = len(errors) - 1
    end = (1.0 if success else -1.0) if reward is None else reward
    seen = [
        Observation(
            instruction=instruction,
            html=f"<p>{number}</p>",
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
    )
