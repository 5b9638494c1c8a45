"""Demonstrated steps as micro-batches, from any of them on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from webagents.data import Demonstration
from webagents.data.streaming import Stream
from webagents.errors import UserError
from webagents.training.denoising.batches import shuffled
from webagents.training.imitation.teaching import Taught, Teacher
from webagents.training.running.lanes import MicroBatch, State


class _Place(NamedTuple):
    """Where an example is: the stream's state before its episode, and its number therein."""

    stream: dict[str, Any]
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImitationLane:
    """The micro-batches of a lane: its own part of the demonstrations, shuffled, without an end.

    number: the lane's.
    demonstrations: makes the stream of its part.
    teacher: makes examples of their steps.
    rows: examples of a micro-batch.
    window: how many examples are sorted by length together, and in memory.
    seed: what the order of micro-batches follows from.
    """

    number: int
    demonstrations: Callable[[], Stream[Demonstration]]
    teacher: Teacher
    rows: int
    window: int
    seed: int

    def batches(self, state: State | None) -> Iterator[MicroBatch]:
        """The micro-batches from a state on.

        A state is where the window began, and how many of its micro-batches were given.

        Raises:
            UserError: there is nothing to learn, or the state is of other demonstrations.
        """
        at = {"number": 0, "window": 0, "given": 0, **(state or {})}
        stream = self.demonstrations()
        if "stream" in at:
            stream.resume(at["stream"])
        coming = self._examples(stream, int(at["number"]))
        given = int(at["given"])
        size = max(1, self.window // self.rows) * self.rows
        for window in range(int(at["window"]), 2**31):
            held = list(islice(coming, size))
            begin = {**held[0][0]._asdict(), "window": window}
            taught = [one for _, one in held]
            batches = shuffled(taught, self.rows, seed=self.seed, key=(self.number, window))
            for number, batch in enumerate(batches, start=1):
                if number > given:
                    arrays = self.teacher.collated(batch)
                    yield MicroBatch(arrays, {**begin, "given": number})
            given = 0

    def _examples(
        self, stream: Stream[Demonstration], skipped: int
    ) -> Iterator[tuple[_Place, Taught]]:
        """All examples, epoch after epoch, but for the first of the first episode."""
        while True:
            found = stream.position > 0  # what was there before counts as found
            begin = stream.state()
            for demonstration in stream:
                for number, taught in enumerate(self.teacher.of(demonstration.episode)):
                    found = True
                    if number >= skipped:
                        yield _Place(begin, number), taught
                skipped = 0
                begin = stream.state()
            if not found:
                raise UserError(
                    "the demonstrations have no step to learn from; left out: "
                    f"{dict(self.teacher.left_out) or 'nothing'}"
                )
