"""Denoised documents as micro-batches, from any of them on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from webagents.data.stream import Stream
from webagents.training.denoising import (
    Cutter,
    Denoiser,
    Example,
    collate,
    shuffled,
)
from webagents.training.denoising.corruption import Tokens
from webagents.training.running.lanes import MicroBatch, State

MULTIPLE = 8
"""What lengths are rounded up to: what matrix units of GPUs want."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoisingLane:
    """The micro-batches of a lane: its own part of the documents, and random numbers of its own.

    number: the lane's; its examples are numbered through, epoch after epoch of the documents.
    documents: makes the stream of its part of the corpus, of one document or more.
    tokens_of: the token ids of a document's text.
    denoiser: makes the examples.
    rows: examples of a micro-batch.
    together: see `Cutter`.
    window: how many examples are sorted by length together, and in memory.
    pad: the id that fills up.
    """

    number: int
    documents: Callable[[], Stream[dict[str, Any]]]
    tokens_of: Callable[[str], Tokens]
    denoiser: Denoiser
    rows: int
    together: bool
    window: int
    pad: int

    def batches(self, state: State | None) -> Iterator[MicroBatch]:
        """The micro-batches from a state on.

        A state is where the window began, and how many of its micro-batches were given.

        Raises:
            UserError: the state is of other documents.
        """
        stream = self.documents()
        at = {"rest": [], "index": 0, "window": 0, "given": 0, **(state or {})}
        if "stream" in at:
            stream.resume(at["stream"])
        cutter = Cutter(self._tokens(stream), together=self.together, rest=at["rest"])
        index, given = int(at["index"]), int(at["given"])
        size = max(1, self.window // self.rows) * self.rows
        for window in range(int(at["window"]), 2**31):
            begin = {
                "stream": stream.state(),
                "rest": cutter.rest.tolist(),
                "index": index,
                "window": window,
            }
            examples = [self._example(cutter, index + place) for place in range(size)]
            index += size
            batches = shuffled(
                examples, self.rows, seed=self.denoiser.seed, key=(self.number, window)
            )
            for number, batch in enumerate(batches, start=1):
                if number > given:
                    arrays = collate(batch, pad=self.pad, multiple_of=MULTIPLE)
                    yield MicroBatch(arrays, {**begin, "given": number})
            given = 0

    def _tokens(self, stream: Stream[dict[str, Any]]) -> Iterator[Tokens]:
        while True:
            for row in stream:
                yield self.tokens_of(row["html"])

    def _example(self, cutter: Cutter, index: int) -> Example:
        piece = cutter.piece(self.denoiser.raw_length(self.number, index))
        assert piece is not None, "documents come epoch after epoch"
        return self.denoiser.example(piece, self.number, index)
