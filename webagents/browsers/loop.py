"""Runs page operations, coroutines that wait for a browser's answers, many on one thread.

There is no event loop to own: `run` waits on the browsers' pipes and resumes whatever became ready,
so that environments work in notebooks (inside a running asyncio loop), in threads and in
spawned processes alike. A coroutine may await any `Waitable`.
"""

from __future__ import annotations

import select
import time
from collections.abc import Coroutine, Generator, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple, Protocol

from webagents.errors import PageHung


class Pump(Protocol):
    """A source of answers: one browser's pipe."""

    @property
    def lock(self) -> Any:
        """Held by the thread that reads the pipe."""
        ...

    def fileno(self) -> int:
        """The descriptor to wait on."""
        ...

    def pump(self) -> None:
        """Reads what has come and hands it to whoever waits; never blocks when readable."""
        ...


class Waitable:
    """Something a coroutine waits for: done, or failed, at some later reading of a pipe."""

    __slots__ = ("done", "failure", "value")

    def __init__(self) -> None:
        self.done = False
        self.value: Any = None
        self.failure: Exception | None = None

    def resolve(self, value: Any) -> None:
        """Ends the wait with a value."""
        self.done, self.value = True, value

    def fail(self, failure: Exception) -> None:
        """Ends the wait with an error, raised where it is awaited."""
        self.done, self.failure = True, failure

    def __await__(self) -> Generator[Waitable, None, Any]:
        while not self.done:
            yield self
        if self.failure is not None:
            raise self.failure
        return self.value


class FirstOf:
    """Several waits as one that is over when any of them is."""

    __slots__ = ("_waits",)

    def __init__(self, *waits: Waitable) -> None:
        self._waits = waits

    @property
    def done(self) -> bool:
        """Whether any is over."""
        return any(wait.done for wait in self._waits)

    def __await__(self) -> Generator[FirstOf, None, None]:
        while not self.done:
            yield self


class Work(NamedTuple):
    """One operation and the pipe its answers come through (None: it never has to wait)."""

    operation: Coroutine[Any, None, Any]
    source: Pump | None


class Outcome(NamedTuple):
    """What an operation came to: a value, or the error it raised."""

    value: Any
    failure: Exception | None


def run(operation: Coroutine[Any, None, Any], source: Pump | None, seconds: float) -> Any:
    """Runs one operation to its end and returns its value.

    Raises:
        PageHung: it was not done within `seconds`.
        Exception: whatever the operation raised.
    """
    (outcome,) = run_all([Work(operation, source)], seconds)
    if outcome.failure is not None:
        raise outcome.failure
    return outcome.value


def run_all(works: Sequence[Work], seconds: float) -> list[Outcome]:
    """Runs operations side by side; outcomes come in the order of `works`, errors included."""
    sources = sorted({id(w.source): w.source for w in works if w.source}.items())
    pipes = [source for _, source in sources]
    with ExitStack() as held:
        for pipe in pipes:
            held.enter_context(pipe.lock)
        return _run_all(works, pipes, time.monotonic() + seconds, seconds)


def _run_all(
    works: Sequence[Work], pipes: Sequence[Pump], deadline: float, seconds: float
) -> list[Outcome]:
    outcomes: list[Outcome | None] = [None] * len(works)
    waiting: dict[int, Waitable | FirstOf | None] = dict.fromkeys(range(len(works)))
    try:
        while True:
            for index, wanted in list(waiting.items()):
                if wanted is None or wanted.done:
                    outcome = _resume(works[index].operation, waiting, index)
                    if outcome is not None:
                        outcomes[index] = outcome
                        del waiting[index]
            if not waiting:
                return [outcome for outcome in outcomes if outcome is not None]
            if any(wanted is not None and wanted.done for wanted in waiting.values()):
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                late = PageHung(f"the page did not answer within {seconds:g} s")
                for index in list(waiting):
                    outcomes[index] = _give_up(works[index].operation, late)
                    del waiting[index]
                continue
            _pump(pipes, left)
    finally:
        for index in waiting:
            works[index].operation.close()


def _resume(
    operation: Coroutine[Any, None, Any], waiting: dict[int, Waitable | FirstOf | None], index: int
) -> Outcome | None:
    try:
        waiting[index] = operation.send(None)
    except StopIteration as end:
        return Outcome(end.value, None)
    except Exception as failure:  # noqa: BLE001 (an outcome, raised or told by the caller)
        return Outcome(None, failure)
    return None


def _give_up(operation: Coroutine[Any, None, Any], late: PageHung) -> Outcome:
    try:
        operation.throw(late)
    except StopIteration as end:
        return Outcome(end.value, None)
    except Exception as failure:  # noqa: BLE001 (as above)
        return Outcome(None, failure)
    operation.close()
    return Outcome(None, late)


def _pump(pipes: Iterable[Pump], seconds: float) -> None:
    poll = select.poll()
    by_descriptor = {}
    for pipe in pipes:
        descriptor = pipe.fileno()
        by_descriptor[descriptor] = pipe
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
    for descriptor, _ in poll.poll(max(1, int(seconds * 1000))):
        by_descriptor[descriptor].pump()
