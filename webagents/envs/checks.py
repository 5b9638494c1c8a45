"""Checks that run over every task: exact repeatability, and Gymnasium's own checker.

Commands: ``python -m webagents.envs.checks repeat|gymnasium [TASKS]``; the exit status is 1 when a
task fails. Progress goes to stderr, the summary to stdout.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import random
import re
import sys
import time
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env

from webagents.actions import Action, sample
from webagents.browsers.base import Browser
from webagents.envs.catalogue import select
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv
from webagents.errors import MachineError, UserError, clipped
from webagents.types import TaskSpec

STEPS = 10
PAUSE = 0.1  # seconds
_REF = re.compile(r' ref="(\d+)"')
_KEYS = ("w", "7", "Enter", "Tab", "Backspace", "ArrowLeft")
MOST_STEPS = 1000  # no step limit: episodes end where the page ends them

Moment = dict[str, Any]
"""What was seen at one step, by name; the first is ``did``: the action, or the reset's seed."""

Trace = list[Moment]
"""A task's moments, one a reset or a step."""


class Difference(NamedTuple):
    """Where two traces of a task part for the first time.

    step: the moment's number; moments are resets and actions.
    keys: the names of what differs.
    told: the action, and the first key's two values where they part.
    """

    task: str
    step: int
    keys: tuple[str, ...]
    told: str


# ---------------------------------------------------------------------- exact repeatability
def repeat(
    tasks: Sequence[str], *, seed: int = 0, steps: int = STEPS, pause: float = PAUSE
) -> Iterator[tuple[str, Difference | None]]:
    """Plays each task twice and compares everything seen, byte for byte.

    Two processes, each with a browser of its own; the second plays while every processor is busy
    and waits `pause` seconds before each action. Same seed, same actions, drawn by `drawn` from
    the page's refs; an episode that ends is followed by the next seed's.

    Yields:
        The task and where its two traces first differ, None where they do not.
    """
    first = dict(zip(tasks, _traces(tasks, seed, steps, 0.0), strict=True))
    with busy():
        for task, second in zip(tasks, _traces(tasks, seed, steps, pause), strict=True):
            yield task, difference(task, first.pop(task), second)


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


def difference(task: str, first: Trace, second: Trace) -> Difference | None:
    """Where the traces first differ; a broken machine is a difference too."""
    nothing: Moment = {}
    for step, (here, there) in enumerate(itertools.zip_longest(first, second, fillvalue=nothing)):
        keys = tuple(key for key in {**here, **there} if here.get(key) != there.get(key))
        if "broken" in here or "broken" in there:
            keys = ("broken", *keys)
        if keys:
            parts = _parts(keys[0], here.get(keys[0]), there.get(keys[0]))
            did = here.get("did", there.get("did"))
            return Difference(task, step, keys, f"{did}: {keys[0]} {parts}")
    return None


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


def _parts(key: str, first: Any, second: Any) -> str:
    """Two values where they part, in few words."""
    if key == "screenshot" and first and second and first[0] == second[0]:
        pictures = [
            np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape)
            for shape, data in (first, second)
        ]
        rows, columns = np.nonzero((pictures[0] != pictures[1]).any(axis=2))
        return (
            f"differs in {len(rows)} pixels, x {columns.min()} to {columns.max()}, "
            f"y {rows.min()} to {rows.max()}"
        )
    here, there = str(first), str(second)
    pairs = enumerate(zip(here, there, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(here), len(there)))
    start = max(0, same - 50)
    return f"{clipped(here[start : same + 50], 110)} | {clipped(there[start : same + 50], 110)}"


def _traces(tasks: Sequence[str], seed: int, steps: int, pause: float) -> Iterator[Trace]:
    """The tasks' traces, from a process of their own."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    given = (theirs, tuple(tasks), seed, steps, pause)
    process = context.Process(target=_play, args=given, daemon=True)
    process.start()
    theirs.close()
    try:
        for task in tasks:
            try:
                yield ours.recv()
            except EOFError as error:
                raise MachineError(f"the process that played {task} has ended") from error
    finally:
        process.terminate()
        process.join()


def _play(pipe: Any, tasks: tuple[str, ...], seed: int, steps: int, pause: float) -> None:
    browser = launch()
    try:
        for task in tasks:
            if not browser.alive:
                browser.close()
                browser = launch()
            pipe.send(trace(task, seed, steps, pause, browser))
    finally:
        browser.close()


@contextmanager
def busy() -> Iterator[None]:
    """Keeps every processor busy meanwhile."""
    context = multiprocessing.get_context("spawn")
    loops = [context.Process(target=_burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.join()


def _burn() -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # ends with its parent, however that ends
        for _ in range(1_000_000):
            pass


# ---------------------------------------------------------------------- Gymnasium's checker
def gymnasium_check(id_: str, **options: Any) -> tuple[str, list[str]]:
    """Runs `gymnasium.utils.env_checker.check_env` on the environment of that id, unwrapped.

    Returns:
        What failed, "" when nothing did, and the warnings.
    """
    failure = ""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        env = gymnasium.make(id_, disable_env_checker=True, **options).unwrapped
        try:
            check_env(env)
        except Exception as error:  # noqa: BLE001 (whatever the checker found is the result)
            failure = f"{type(error).__name__}: {error}"
        finally:
            env.close()
    return failure, [str(each.message) for each in told]


# ---------------------------------------------------------------------- the command
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a check over tasks; 1 when one of them fails."""
    parser = argparse.ArgumentParser(prog="python -m webagents.envs.checks", description=__doc__)
    parser.add_argument("check", choices=("repeat", "gymnasium"))
    parser.add_argument("tasks", nargs="*", default=["@miniwob"], help="default: @miniwob")
    parser.add_argument("--seed", type=int, default=0, help="repeat: of each task's first episode")
    parser.add_argument("--steps", type=int, default=STEPS, help="repeat: actions a task")
    parser.add_argument("--pause", type=float, default=PAUSE, help="repeat: seconds before each")
    chosen = parser.parse_intermixed_args(arguments)
    try:
        specs = select(chosen.tasks)
    except UserError as error:
        parser.error(str(error))
    if chosen.check == "repeat":
        ids = [spec.id for spec in specs]
        made = repeat(ids, seed=chosen.seed, steps=chosen.steps, pause=chosen.pause)
        return _report_repeat(made, len(ids), chosen.steps)
    return _report_gymnasium([spec.env_id for spec in specs])


def _report_repeat(made: Iterable[tuple[str, Difference | None]], number: int, steps: int) -> int:
    differing = []
    for index, (task, found) in enumerate(made, 1):
        _progress(f"[{index}/{number}] {task}")
        if found is not None:
            differing.append(task)
            _say(f"{task} differs at step {found.step} in {', '.join(found.keys)}: {found.told}")
    _say(
        f"repeat: {number - len(differing)} of {number} tasks identical over {steps} actions "
        f"in two processes, the second paused and under load"
    )
    return _verdict("differ", differing)


def _report_gymnasium(ids: Sequence[str]) -> int:
    failed: list[str] = []
    warned: list[str] = []
    for index, id_ in enumerate(ids, 1):
        for screenshots in (True, False):
            how = f"{id_} with{'' if screenshots else 'out'} screenshots"
            _progress(f"[{index}/{len(ids)}] {how}")
            failure, told = gymnasium_check(id_, screenshots=screenshots)
            if failure:
                failed.append(id_)
                _say(f"{how} fails: {failure[:300]}")
            warned += told
    for text in dict.fromkeys(warned):
        _say(f"warning, {warned.count(text)} times: {text[:300]}")
    passed = len(ids) - len(set(failed))
    _say(
        f"gymnasium: check_env passes on {passed} of {len(ids)} ids, with and without "
        f"screenshots; {len(warned)} warnings"
    )
    return _verdict("fail", list(dict.fromkeys(failed)))


def _verdict(verb: str, tasks: Sequence[str]) -> int:
    if tasks:
        _say(f"{len(tasks)} {verb}: {', '.join(tasks)}")
    return 1 if tasks else 0


def _say(line: str) -> None:
    _write(sys.stdout.write, f"{line}\n")


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        _write(sys.stderr.write, f"\r\x1b[K{line}")


def _write(write: Callable[[str], int], text: str) -> None:
    write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
