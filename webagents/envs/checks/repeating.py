"""Exact repeatability: a task played twice, in two processes, is the same byte for byte."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from webagents.envs.checks.differing import Difference, difference
from webagents.envs.checks.tracing import Trace, trace
from webagents.envs.launch import launch
from webagents.errors import MachineError

STEPS = 10
PAUSE = 0.1  # seconds


def repeat(
    tasks: Sequence[str], *, seed: int = 0, steps: int = STEPS, pause: float = PAUSE
) -> Iterator[tuple[str, Difference | None]]:
    """Plays each task twice and compares everything seen, byte for byte.

    Two processes, each with a browser of its own; the second plays while every processor is busy
    and waits `pause` seconds before each action. Same seed, same actions, drawn by `tracing.drawn`
    from the page's refs; an episode that ends is followed by the next seed's.

    Yields:
        The task and where its two traces first differ, None where they do not.
    """
    first = dict(zip(tasks, _traces(tasks, seed, steps, 0.0), strict=True))
    with busy():
        for task, second in zip(tasks, _traces(tasks, seed, steps, pause), strict=True):
            yield task, difference(task, first.pop(task), second)


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
