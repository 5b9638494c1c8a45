"""What comes when of a dataset: one epoch after the other, shuffled, shared out, resumable.

An epoch's order follows from the seed and the epoch. The row groups of all shards are shuffled, and
the rows in each; every rank gets an even part of the result, and shuffles it once more over windows
of several groups, which are what is in memory. What comes when is computed from the sizes of the
groups, so that going on in the middle of an epoch reads no more than the window it is in.

`Stream.thin` leaves a share of each task's episodes out of every epoch, others each time.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Generic, NamedTuple, TypeVar
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from webagents.data.blocks import Block, Indices
from webagents.data.opening import opened
from webagents.errors import UserError, clipped

BUFFER_BYTES = 64 * 2**20

_TOGETHER = 16  # items that a thread makes ready at once
# What is shuffled or drawn, each with random numbers of its own.
_ORDER, _WITHIN, _MIXED, _THINNED = range(4)

Item = TypeVar("Item")


class _Part(NamedTuple):
    """The items of a block that a rank gets, in order."""

    block: Block
    items: Indices


class _Window(NamedTuple):
    """What is in memory together, and the order in which its items are given."""

    parts: list[_Part]
    order: Indices


class Held(NamedTuple):
    """How many episodes of a task there are, and how many steps they have together."""

    episodes: int
    steps: int


class Share(NamedTuple):
    """Which part of a dataset is given, and in what order.

    seed: what the order follows from, with the epoch.
    shuffle: whether it is not the dataset's own.
    rank, of: which of how many readers this one is; a worker of a data loader is a reader.
    even: whether all readers get the same number, so that up to ``of - 1`` items are left out of
        an epoch; otherwise their numbers may differ by one.
    buffer_bytes: how large a window is, about; with the one that is read ahead, and a copy, about
        four times this is used.
    """

    seed: int
    shuffle: bool
    rank: int
    of: int
    even: bool
    buffer_bytes: int


class Stream(Generic[Item]):
    """An iterable over the items of one epoch after the other; `steps` and `episodes` make it.

    epoch, position: where it is: how many epochs are over, and how many items of this one.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        columns: Sequence[str],
        make: Callable[[pa.RecordBatch], list[Item]],
        share: Share,
        threads: int,
    ) -> None:
        """A stream of the items that `make` makes of their rows."""
        if not 0 <= share.rank < share.of:
            raise UserError(f"rank is from 0 to below {share.of}, not {share.rank}")
        if threads < 1:
            raise UserError(f"threads is at least 1, not {threads}")
        self._blocks, self._columns, self._make = blocks, list(columns), make
        self._share, self._threads = share, threads
        self._all = sum(block.items for block in blocks)
        self._thinned = 0
        self._chances: list[NDArray[np.float64]] | None = None
        self.epoch = self.position = 0

    @property
    def tasks(self) -> dict[str, Held]:
        """What there is of each task for all ranks together, in a stream of episodes."""
        found: dict[str, Held] = {}
        for block in self._blocks:
            if block.tasks is not None and block.starts is not None:
                for task, steps in zip(block.tasks, np.diff(block.starts), strict=True):
                    held = found.get(task, Held(0, 0))
                    found[task] = Held(held.episodes + 1, held.steps + int(steps))
        return dict(sorted(found.items()))

    def thin(self, shares: Mapping[str, float]) -> None:
        """Has each epoch take a share of each task's episodes, drawn anew every time.

        Where the stream is, `epoch` and `position`, is then told in what is left.

        shares: by task, from 0 to 1; of a task that is not named, all.
        """
        self._chances = [
            np.array([shares.get(task, 1.0) for task in block.tasks])
            if block.tasks is not None
            else np.ones(block.items)
            for block in self._blocks
        ]
        self._thinned = crc32(repr(sorted(shares.items())).encode())

    def __len__(self) -> int:
        """How many items this epoch has for this rank."""
        begin, end = self._range()
        return end - begin

    def __iter__(self) -> Iterator[Item]:
        """The items from the position to the end of the epoch, after which the next one is on."""
        with ExitStack() as stack:
            pool, reader = (ThreadPoolExecutor(n) for n in (self._threads, 1))
            for executor in (pool, reader):
                stack.callback(executor.shutdown, cancel_futures=True)
            for item in self._made(pool, reader):
                self.position += 1
                yield item
        self.epoch, self.position = self.epoch + 1, 0

    def state(self) -> dict[str, Any]:
        """Where the stream is, as JSON values: after the item that was given last."""
        return {"epoch": self.epoch, "position": self.position, **self._identity()}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Goes to where a stream was; the next iteration goes on from there.

        Raises:
            UserError: the state is of another dataset, or of other settings.
        """
        for name, here in self._identity().items():
            if state.get(name) != here:
                raise UserError(
                    f"the state is of another stream: {name} {clipped(state.get(name))} there, "
                    f"{clipped(here)} here"
                )
        self.epoch, self.position = int(state["epoch"]), int(state["position"])

    def _identity(self) -> dict[str, Any]:
        thinned = {"thinned": self._thinned} if self._chances else {}
        sizes = {"items": self._all, "blocks": len(self._blocks)}
        return {**self._share._asdict(), **sizes, **thinned}

    def _made(self, pool: ThreadPoolExecutor, reader: ThreadPoolExecutor) -> Iterator[Item]:
        """The items, made in threads a little ahead."""
        coming: deque[Future[list[Item]]] = deque()
        for rows, order in self._read(reader):
            for begin in range(0, len(order), _TOGETHER):
                chosen = order[begin : begin + _TOGETHER]
                coming.append(pool.submit(self._together, rows, chosen))
                if len(coming) > self._threads + 1:
                    yield from coming.popleft().result()
        while coming:
            yield from coming.popleft().result()

    def _read(
        self, reader: ThreadPoolExecutor
    ) -> Iterator[tuple[tuple[pa.RecordBatch, list[Indices]], Indices]]:
        """The windows' rows; the next one's are read meanwhile."""
        coming = (
            (reader.submit(self._load, window.parts), window.order)
            for window in self._windows(self.position)
        )
        following = next(coming, None)
        while following is not None:
            rows, order = following[0].result(), following[1]
            following = next(coming, None)
            yield rows, order
            del rows

    def _load(self, parts: list[_Part]) -> tuple[pa.RecordBatch, list[Indices]]:
        """All rows of some parts, and which of them are each item's."""
        tables: list[pa.Table] = []
        rows: list[Indices] = []
        before = 0
        for block, items in parts:
            with opened(block.shard) as file:
                tables.append(file.read_row_groups(list(block.groups), columns=self._columns))
            rows += [before + at for at in block.rows(items)]
            before += len(tables[-1])
        # One batch, because choosing rows from many is slow.
        together = pa.concat_tables(tables).combine_chunks()
        return together.to_batches()[0], rows

    def _together(self, rows: tuple[pa.RecordBatch, list[Indices]], chosen: Indices) -> list[Item]:
        batch, of_items = rows
        at = np.concatenate([of_items[item] for item in chosen])
        return self._make(batch.take(pa.array(at)))

    def _windows(self, skipped: int) -> Iterator[_Window]:
        """The windows of an epoch without its first items."""
        held: list[_Part] = []
        number = size = 0
        for part in itertools.chain(self._parts(), (None,)):
            full = part is None or size + part.block.bytes > self._share.buffer_bytes
            if held and full:
                order = self._permuted(sum(len(each.items) for each in held), _MIXED, number)
                if skipped < len(order):
                    yield _Window(held, order[skipped:])
                skipped = max(0, skipped - len(order))
                held, size, number = [], 0, number + 1
            if part is not None:
                held.append(part)
                size += part.block.bytes

    def _parts(self) -> Iterator[_Part]:
        """This rank's part of the shuffled items."""
        begin, end = self._range()
        at = 0
        for number in self._permuted(len(self._blocks), _ORDER):
            left = self._left(int(number))
            if len(left) and at < end and begin < at + len(left):
                items = left[self._permuted(len(left), _WITHIN, int(number))]
                yield _Part(self._blocks[number], items[max(0, begin - at) : end - at])
            at += len(left)

    def _left(self, number: int) -> Indices:
        """The items of a block that this epoch has, in their own order."""
        if self._chances is None:
            return np.arange(self._blocks[number].items)
        dice = np.random.default_rng([self._share.seed, self.epoch, _THINNED, number])
        chances = self._chances[number]
        return np.flatnonzero(dice.random(len(chances)) < chances)

    def _range(self) -> tuple[int, int]:
        items, rank, of = self._all, self._share.rank, self._share.of
        if self._chances:
            items = sum(len(self._left(number)) for number in range(len(self._blocks)))
        if self._share.even:
            return rank * (items // of), (rank + 1) * (items // of)
        return rank * items // of, (rank + 1) * items // of

    def _permuted(self, number: int, *what: int) -> Indices:
        if not self._share.shuffle:
            return np.arange(number)
        return np.random.default_rng([self._share.seed, self.epoch, *what]).permutation(number)
