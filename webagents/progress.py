"""How a run is going, told on stderr: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Finished(Protocol):
    """What is told of an episode that has finished; an finished, for one."""

    @property
    def success(self) -> bool | None:
        """Whether it succeeded; None where it is void."""
        ...

    @property
    def void(self) -> bool:
        """Whether the machinery broke, so that it does not count."""
        ...

    @property
    def steps(self) -> int:
        """How many steps it took."""
        ...


Told = Callable[[Finished], None]
"""Hears of each episode as it finishes."""


@dataclass(slots=True)
class Tally:
    """The running counts. Rates are of this session, success is of the whole run.

    total: how many episodes there are to be in the end.
    doing: what is being done, in a word.
    counts: which episodes bring the total nearer.
    unit: what is counted, in a word.
    """

    total: int
    doing: str = "evaluating"
    counts: Callable[[Finished], bool] = lambda finished: True
    done: int = 0
    voids: int = 0
    counted: int = 0
    successes: int = 0
    fresh_done: int = 0
    steps: int = 0
    started: float = field(default_factory=time.monotonic)
    unit: str = "episodes"

    def after(self, earlier: Iterable[Finished]) -> Tally:
        """Itself, with the episodes of earlier sessions counted."""
        for finished in earlier:
            self._count(finished)
        return self

    def _count(self, finished: Finished) -> None:
        self.done += self.counts(finished)
        self.voids += finished.void
        self.counted += not finished.void
        self.successes += bool(finished.success)

    def add(self, finished: Finished) -> None:
        """Counts an episode of this session."""
        self._count(finished)
        self.fresh_done += self.counts(finished)
        self.steps += finished.steps

    def __str__(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-9)
        words = []
        if self.counted:
            words.append(f"success {self.successes / self.counted:.1%}")
        if self.voids:
            words.append(f"{self.voids} void")
        if fresh := self.fresh_done:
            words.append(f"{fresh / seconds:.1f} episodes/s")
            words.append(f"{self.steps / seconds:.0f} steps/s")
            words.append(f"{duration((self.total - self.done) * seconds / fresh)} left")
        return " · ".join(words)


def duration(seconds: float) -> str:
    """A length of time for people: "42 s", "3 min 05 s", "2 h 10 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


Shown = Callable[["Tally"], AbstractContextManager[Told]]
"""A way to show progress: entered before playing, told each episode, left at the end."""


def shown(tally: Tally, *, stream: TextIO | None = None) -> AbstractContextManager[Told]:
    """A bar where stderr (or `stream`) is a terminal, otherwise lines."""
    stream = stream or sys.stderr
    return (bar if stream.isatty() else lines)(tally, stream=stream)


@contextmanager
def silent(_: Tally) -> Iterator[Told]:
    """Shows nothing."""
    yield lambda _: None


@contextmanager
def bar(tally: Tally, *, stream: TextIO) -> Iterator[Told]:
    """A live bar with success, rates and the time left."""
    columns = (
        TextColumn(tally.doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(file=stream)) as progress:
        task = progress.add_task(str(tally), total=tally.total, completed=tally.done)

        def told(finished: Finished) -> None:
            tally.add(finished)
            progress.update(task, completed=tally.done, description=str(tally))

        yield told


@contextmanager
def lines(tally: Tally, *, stream: TextIO, every_seconds: float = 5.0) -> Iterator[Told]:
    """A line now and then, and one at the end."""
    said_at, said = time.monotonic(), -1

    def say() -> None:
        nonlocal said_at, said
        if tally.done != said:
            stream.write(
                f"{tally.done}/{tally.total} {tally.unit} · {tally}\n".replace(" · \n", "\n")
            )
            stream.flush()
        said_at, said = time.monotonic(), tally.done

    def told(finished: Finished) -> None:
        tally.add(finished)
        if time.monotonic() - said_at >= every_seconds:
            say()

    say()
    try:
        yield told
    finally:
        say()
