"""Examples into batches of like lengths, and batches into arrays.

Legend: B examples of a batch, T the longest inputs, U the longest targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from webagents.errors import UserError
from webagents.training.denoising.corruption import Example, Tokens

Arrays = dict[str, NDArray[Any]]
"""A batch under the names that ``transformers``' encoder-decoders take."""

NO_LABEL = -100
"""What a label is where there is none: what PyTorch's cross entropy leaves out."""


class Sized(Protocol):
    """What batches are made of, such as an `Example`."""

    @property
    def lengths(self) -> tuple[int, int]:
        """How long it is for the encoder and for the decoder."""
        ...


Item = TypeVar("Item", bound=Sized)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSize:
    """How large batches are: just one of the two is set.

    rows: examples.
    tokens: the most inputs and targets, padding included; an example that is longer by itself
        makes a batch by itself.
    """

    rows: int | None = None
    tokens: int | None = None

    def __post_init__(self) -> None:
        given = [size for size in (self.rows, self.tokens) if size is not None]
        if len(given) != 1 or given[0] < 1:
            raise UserError(f"{self}: set either rows or tokens, to one or more")

    def parted(self, examples: Sequence[Item]) -> Iterator[Sequence[Item]]:
        """The examples in batches of this size, in their order."""
        if self.rows is not None:
            for start in range(0, len(examples), self.rows):
                yield examples[start : start + self.rows]
        elif self.tokens is not None:
            yield from _within(examples, self.tokens)


def bucketed(
    examples: Iterable[Item], size: BatchSize, *, seed: int, window: int = 4096
) -> Iterator[Sequence[Item]]:
    """Batches of examples of like lengths, in random order.

    window: how many examples are sorted by length at a time, and then held in memory; made a
        multiple of ``size.rows``, so that one batch alone, in the last window, can be smaller. More
        make for less padding, and for batches that are more of a kind.
    seed: what batches are shuffled by, window by window; the order is the same in any process.
    """
    rows = size.rows or 1
    window = max(1, window // rows) * rows
    stream = iter(examples)
    number = 0
    while held := list(islice(stream, window)):
        held.sort(key=lambda example: example.lengths)
        batches = list(size.parted(held))
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        for place in generator.permutation(len(batches)):
            yield batches[place]
        number += 1


def shuffled(
    examples: Sequence[Item], rows: int, *, seed: int, key: tuple[int, ...]
) -> Iterator[Sequence[Item]]:
    """A lane's window as batches of like lengths, in an order that the seed and the key give.

    rows: examples of a batch.
    key: the numbers of the lane and of the window.
    """
    state = np.random.SeedSequence(seed, spawn_key=key).generate_state(1)
    return bucketed(examples, BatchSize(rows=rows), seed=int(state[0]), window=len(examples))


def collate(
    examples: Sequence[Example],
    *,
    pad: int = 0,
    multiple_of: int = 1,
    inputs_length: int | None = None,
    targets_length: int | None = None,
) -> Arrays:
    """A batch as arrays, padded on the right.

    pad: the id that fills up, and that the decoder starts from, as in T5.
    multiple_of: what T and U are rounded up to.
    inputs_length, targets_length: T and U, where they are to be the same for all batches.

    Gives int64 ``input_ids`` and ``attention_mask`` (B, T), ``labels`` (B, U) with `NO_LABEL` where
    there is none, ``decoder_input_ids`` (B, U), the labels one later, and
    ``decoder_attention_mask`` (B, U).

    Raises:
        UserError: no examples, or one that is longer than the lengths asked for.
    """
    if not examples:
        raise UserError("no examples to make a batch of; one is the least")
    inputs = [example.inputs for example in examples]
    targets = [example.targets for example in examples]
    input_ids, attended = _padded(inputs, pad, multiple_of, inputs_length)
    labels, labelled = _padded(targets, NO_LABEL, multiple_of, targets_length)
    said = np.where(labelled, labels, pad)
    decoder = np.full_like(said, pad)
    decoder[:, 1:] = said[:, :-1]
    return {
        "input_ids": input_ids,
        "attention_mask": attended.astype(np.int64),
        "labels": labels,
        "decoder_input_ids": decoder,
        "decoder_attention_mask": labelled.astype(np.int64),
    }


def padding_share(batches: Iterable[Sequence[Example]]) -> float:
    """The share of positions, of inputs and targets, that would be padding; 0 for no batch."""
    real = positions = 0
    for batch in batches:
        for sizes in zip(*((len(inputs), len(targets)) for inputs, targets in batch), strict=True):
            real += sum(sizes)
            positions += len(batch) * max(sizes)
    return 1 - real / positions if positions else 0.0


def _within(examples: Sequence[Item], tokens: int) -> Iterator[Sequence[Item]]:
    """Runs of examples whose padded size is at most `tokens`."""
    start = longest_inputs = longest_targets = 0
    for place, example in enumerate(examples):
        inputs, targets = example.lengths
        longest_inputs = max(longest_inputs, inputs)
        longest_targets = max(longest_targets, targets)
        rows = place - start + 1
        if rows > 1 and rows * (longest_inputs + longest_targets) > tokens:
            yield examples[start:place]
            start, longest_inputs, longest_targets = place, inputs, targets
    if examples:
        yield examples[start:]


def _padded(
    rows: Sequence[Tokens], fill: int, multiple_of: int, length: int | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows side by side, and where they are real: both (B, length)."""
    sizes = np.array([row.size for row in rows])
    longest = int(sizes.max())
    width = -(-longest // multiple_of) * multiple_of if length is None else length
    if longest > width:
        raise UserError(f"an example of {longest} tokens does not fit into {width}")
    real = np.arange(width) < sizes[:, None]
    array = np.full(real.shape, fill, np.int64)
    array[real] = np.concatenate(rows)
    return array, real
