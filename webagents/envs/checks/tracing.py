"""Playing a task by random actions, and keeping everything that is seen."""

from __future__ import annotations

import itertools
import random
import re
import time
import zlib
from collections.abc import Mapping
from typing import Any

import gymnasium

from webagents.actions import Action, sample
from webagents.browsers.base import Browser
from webagents.envs.web_env import WebEnv
from webagents.errors import MachineError
from webagents.types import TaskSpec

_REF = re.compile(r' ref="(\d+)"')
_KEYS = ("w", "7", "Enter", "Tab", "Backspace", "ArrowLeft")
MOST_STEPS = 1000  # no step limit: episodes end where the page ends them

Moment = dict[str, Any]
"""What was seen at one step, by name; the first is ``did``: the action, or the reset's seed."""

Trace = list[Moment]
"""A task's moments, one a reset or a step."""


def trace(task: str, seed: int, steps: int, pause: float, browser: Browser) -> Trace:
    """Plays `steps` actions of a task; a broken machine ends the trace, with its words."""
    env = WebEnv(task, browser=browser, max_steps=MOST_STEPS)
    try:
        return traced(env, env.task.spec, seed, steps, pause)
    finally:
        env.close()


def traced(
    env: gymnasium.Env[dict[str, Any], str], spec: TaskSpec, seed: int, steps: int, pause: float
) -> Trace:
    """Plays `steps` actions of a task on an environment of it; see `trace`."""
    dice = random.Random(f"{spec.id}/{seed}")
    moments: Trace = []
    seeds = itertools.count(seed)
    action = "reset"

    def begin() -> str:
        chosen = next(seeds)
        observation, info = env.reset(seed=chosen)
        moments.append(_moment(f"reset({chosen})", observation, 0.0, (False, False), info))
        return str(observation["html"])

    try:
        html = begin()
        for _ in range(steps):
            action = drawn(dice, html, spec.width, spec.height)
            time.sleep(pause)
            observation, reward, terminated, truncated, info = env.step(action)
            ends = (terminated, truncated)
            moments.append(_moment(action, observation, float(reward), ends, info))
            html = begin() if terminated or truncated else str(observation["html"])
    except MachineError as broken:
        moments.append({"did": action, "broken": str(broken)})
    return moments


def drawn(dice: random.Random, html: str, width: int, height: int) -> str:
    """A random action on the page: three in four by `sample`, else by mouse, key or waiting."""
    refs = [int(ref) for ref in _REF.findall(html)]
    if dice.random() < 0.75:
        return sample(dice, refs, width, height).text
    x, y = dice.randrange(width), dice.randrange(height)
    to_x, to_y = dice.randrange(width), dice.randrange(height)
    drag = {"from_x": x, "from_y": y, "to_x": to_x, "to_y": to_y}
    others = (
        Action(name="noop"),
        Action(name="noop", arguments={"wait_ms": 1500}),
        Action(name="mouse_move", arguments={"x": x, "y": y}),
        Action(name="mouse_drag_and_drop", arguments=drag),
        Action(name="keyboard_type", arguments={"text": "we b7"}),
        Action(name="keyboard_press", arguments={"key": dice.choice(_KEYS)}),
        Action(
            name="scroll_at",
            arguments={"x": x, "y": y, "delta_x": 0, "delta_y": dice.choice((-60, 60))},
        ),
    )
    return dice.choice(others).text


def _moment(
    did: str,
    observation: Mapping[str, Any],
    reward: float,
    ends: tuple[bool, bool],
    info: Mapping[str, Any],
) -> Moment:
    picture = observation.get("screenshot")
    return {
        "did": did,
        **{key: observation[key] for key in ("instruction", "html", "url", "error")},
        "reward": reward,
        "terminated": ends[0],
        "truncated": ends[1],
        "info": repr(info),
        "screenshot": picture is not None and (picture.shape, zlib.compress(picture.tobytes(), 1)),
    }
