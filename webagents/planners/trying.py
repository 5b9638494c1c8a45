"""Programs tried out on an environment, each from a fresh start."""

from __future__ import annotations

from typing import Any, Protocol

from webagents.planners.driver import Driver
from webagents.planners.repair import Verdict
from webagents.planners.sandbox import Halt, run
from webagents.types import Observation


class Env(Protocol):
    """What is asked of an environment: what every Gymnasium one of ours has."""

    def reset(self, *, seed: int) -> tuple[Any, dict[str, Any]]:
        """Begins an episode."""
        ...

    def step(self, action: str, /) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Performs one action's text."""
        ...


class Finished(Halt):
    """The episode is over."""


class Live:
    """Performs a program's actions on an environment, until its episode is over.

    Attributes:
        success: the environment's own judgement so far.
        steps: how many actions were performed.
    """

    def __init__(self, env: Env) -> None:
        self.success = False
        self.steps = 0
        self._env = env

    def __call__(self, action: str) -> Observation:
        """What is seen after an action.

        Raises:
            Finished: the episode is over.
        """
        seen, _, terminated, truncated, info = self._env.step(action)
        self.steps += 1
        self.success = bool(info.get("success", False))
        if terminated or truncated:
            raise Finished("the episode is over")
        return Observation.from_dict(seen)


def attempt(
    program: str,
    env: Env,
    seed: int,
    *,
    seconds: float = 30.0,
    memory_mb: float = 64.0,
    max_actions: int = 50,
) -> Verdict:
    """What comes of a program on a fresh episode.

    seconds: what it may take, the page's own time included.

    Raises:
        MachineError: the environment broke.
    """
    seen, _ = env.reset(seed=seed)
    live = Live(env)
    outcome = run(
        program,
        Driver(live, Observation.from_dict(seen)),
        seconds=seconds,
        memory_mb=memory_mb,
        max_actions=max_actions,
    )
    return Verdict(outcome=outcome, success=live.success)
