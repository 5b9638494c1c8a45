"""Where a run's micro-batches come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

from webagents.training.denoising.batches import Arrays

State = Mapping[str, Any]
"""Where a lane is, as JSON values."""


class MicroBatch(NamedTuple):
    """A lane's share of a step.

    arrays: what the model's forward takes, ``labels`` (B, T) among them.
    state: from where the lane goes on with what comes after.
    """

    arrays: Arrays
    state: State


class Lane(Protocol):
    """A source of micro-batches without an end."""

    def batches(self, state: State | None) -> Iterator[MicroBatch]:
        """The micro-batches from a state on, the same ones every time; None: from the start."""
        ...


def ahead(batches: Iterator[MicroBatch]) -> Iterator[MicroBatch]:
    """The same micro-batches, the next one made in a thread while this one is trained on."""
    with ThreadPoolExecutor(1, thread_name_prefix="lane") as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch
