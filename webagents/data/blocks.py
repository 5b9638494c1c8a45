"""The shards of a dataset in blocks: what is read at once, and what lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from webagents.data.opening import opened
from webagents.errors import UserError

Indices = NDArray[np.int64]
Names = NDArray[np.object_]


class Block(NamedTuple):
    """What is read at once: whole items of a shard.

    groups: the row groups that they lie in.
    items: how many they are.
    starts: (items + 1) where they begin and the last one ends, in rows of the groups; None: every
        row is an item.
    bytes: how large they are in memory, about.
    tasks: (items) the task of each, where items are episodes.
    """

    shard: Path
    groups: range
    items: int
    starts: Indices | None
    bytes: int
    tasks: Names | None = None

    def rows(self, items: Indices) -> list[Indices]:
        """The rows of each of some items."""
        if self.starts is None:
            return list(items[:, None])
        return [np.arange(*self.starts[item : item + 2]) for item in items]


def blocks_of_steps(shard: Path) -> Iterator[Block]:
    """The row groups of a shard, of which every row is an item."""
    known = pq.read_metadata(shard)
    for number in range(known.num_row_groups):
        group = known.row_group(number)
        yield Block(shard, range(number, number + 1), group.num_rows, None, group.total_byte_size)


def blocks_of_episodes(shard: Path) -> Iterator[Block]:
    """The episodes that begin in each row group of a shard; the last may end in a later group.

    Raises:
        UserError: the shard cannot be read, or steps are missing from it or out of order.
    """
    groups = list(blocks_of_steps(shard))
    ends = np.cumsum([group.items for group in groups])
    with opened(shard) as file:
        rows = file.read(columns=["step", "task"])
    numbers = rows.column("step").to_numpy()
    follows = numbers == np.append(-1, numbers[:-1]) + 1
    if lost := np.flatnonzero(~follows & (numbers != 0)).tolist():
        raise UserError(
            f"{shard} has a step {numbers[lost[0]]} in row {lost[0]} that follows no step "
            f"{numbers[lost[0]] - 1}"
        )
    starts = np.append(np.flatnonzero(numbers == 0), len(numbers))
    tasks = np.array(rows.column("task").take(starts[:-1]).to_pylist(), object)
    for number, group in enumerate(groups):
        begin = ends[number] - group.items
        first, after = np.searchsorted(starts[:-1], (begin, ends[number]))
        if first < after:
            last = int(np.searchsorted(ends, starts[after]))
            yield Block(
                shard,
                range(number, last + 1),
                int(after - first),
                starts[first : after + 1] - begin,
                group.bytes,
                tasks[first:after],
            )
