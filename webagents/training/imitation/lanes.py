"""Demonstrated steps as micro-batches, from any of them on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from webagents.data import Demonstration
from webagents.data.stream import Stream
from webagents.errors import UserError
from webagents.training.denoising.batches import shuffled
from webagents.training.imitation.balancing import BY_RATES, Balance, Rates, shares_of
from webagents.training.imitation.teaching import Taught, Teacher
from webagents.training.running.lanes import MicroBatch, State

BARREN = 10
"""After how many epochs in a row without a step a balanced lane is given up: a small one may draw
none by chance."""


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
    seed: what the order of micro-batches follows from, and changes of prompts.
    balance: how often which task is learned from, see `shares_of`.
    rates: the success rates that are known before any are told.
    augment: whether prompts are changed, see `augmented`: in each epoch in another way.
    """

    number: int
    demonstrations: Callable[[], Stream[Demonstration]]
    teacher: Teacher
    rows: int
    window: int
    seed: int
    balance: Balance = "none"
    rates: Rates = field(default_factory=dict)
    augment: bool = False

    def batches(self, state: State | None) -> Iterator[MicroBatch]:
        """The micro-batches from a state on.

        A state is where the window began, how many of its micro-batches were given, and the success
        rates that were told last.

        Raises:
            UserError: there is nothing to learn, or the state is of other demonstrations.
        """
        at = {"number": 0, "window": 0, "given": 0, **(state or {})}
        told = {"rates": at["rates"]} if "rates" in at else {}
        stream = self._stream(at.get("rates", self.rates))
        if "stream" in at:
            stream.resume(at["stream"])
        coming = self._examples(stream, int(at["number"]))
        given = int(at["given"])
        size = max(1, self.window // self.rows) * self.rows
        for window in range(int(at["window"]), 2**31):
            held = list(islice(coming, size))
            begin = {**held[0][0]._asdict(), "window": window, **told}
            taught = [one for _, one in held]
            batches = shuffled(taught, self.rows, seed=self.seed, key=(self.number, window))
            for number, batch in enumerate(batches, start=1):
                if number > given:
                    arrays = self.teacher.collated(batch)
                    yield MicroBatch(arrays, {**begin, "given": number})
            given = 0

    def after_trial(self, state: State, rates: Rates) -> State:
        """Where the lane goes on once it is told success rates: with a new epoch and window.

        The same state where the balance does not look at them.
        """
        if self.balance not in BY_RATES:
            return state
        stream = self._stream(rates)
        stream.epoch = int(state["stream"]["epoch"]) + 1
        window = int(state["window"]) + 1
        begin = {"stream": stream.state(), "number": 0, "window": window, "given": 0}
        return {**begin, "rates": dict(rates)}

    def _stream(self, rates: Rates) -> Stream[Demonstration]:
        stream = self.demonstrations()
        if self.balance != "none":
            stream.thin(shares_of(self.balance, stream.tasks, rates))
        return stream

    def _examples(
        self, stream: Stream[Demonstration], skipped: int
    ) -> Iterator[tuple[_Place, Taught]]:
        """All examples, epoch after epoch, but for the first of the first episode."""
        barren = 0
        while True:
            found = stream.position > 0  # what was there before counts as found
            begin = stream.state()
            changes = f"{self.seed}/{self.number}/{stream.epoch}" if self.augment else ""
            for demonstration in stream:
                examples = self.teacher.of(demonstration.episode, augment=changes)
                for number, taught in enumerate(examples):
                    found = True
                    if number >= skipped:
                        yield _Place(begin, number), taught
                skipped = 0
                begin = stream.state()
            barren = 0 if found else barren + 1
            if barren >= (1 if self.balance == "none" else BARREN):
                raise UserError(
                    "the demonstrations have no step to learn from; left out: "
                    f"{dict(self.teacher.left_out) or 'nothing'}"
                )
