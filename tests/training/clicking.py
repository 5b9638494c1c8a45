"""Demonstrations of clicks on what is asked for, for tests of learning from them."""

from pathlib import Path

from tests.data.demos import dataset as written
from webagents.data import Demonstration
from webagents.types import Episode, Observation, Step


def episode(
    seed: int = 0, *, steps: int = 2, success: bool = True, task: str = "", **last: object
) -> Episode:
    """An episode of clicks on what is asked for; `last` changes its last step."""
    seen = Observation(instruction=f"Click {seed}.", html=f'<p ref="{seed}">')
    played = Episode(task=task or f"t.{seed % 2}", seed=seed, observation=seen)
    for number in range(steps):
        ends = {"terminated": True, **last} if number == steps - 1 else {}
        step = Step(observation=seen, **{"action": f"click('{seed}')", **ends})
        played = played.extended(step, seen, {"success": success})
    return played


def dataset(folder: Path, *played: Episode) -> Path:
    """The folder, with a dataset of these episodes."""
    return written(folder, [Demonstration.of(each, "expert") for each in played])
