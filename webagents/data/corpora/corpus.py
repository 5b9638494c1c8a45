"""Reading a corpus: its counts, and its examples in an order that a seed gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from webagents.data.blocks import Block, Indices, blocks_of_steps
from webagents.data.corpora.build import load
from webagents.data.corpora.shards import SCHEMA
from webagents.data.stream import BUFFER_BYTES, Share, Stream
from webagents.data.writer import shards
from webagents.errors import UserError, clipped

Row = dict[str, Any]


class Corpus:
    """A corpus' folder.

    ::

        stream = Corpus("corpus").stream(seed=0, rank=0, of=8)
        for epoch in range(3):
            for row in stream:            # a dict: row["html"]
                saved = stream.state()    # JSON; stream.resume(saved) goes on with the next row

    known: the content of ``corpus.json``.
    """

    def __init__(self, folder: str | Path) -> None:
        """Opens a corpus.

        Raises:
            UserError: there is none, or it is still being built.
        """
        self.folder = Path(folder)
        self.known: Mapping[str, Any] = load(self.folder)

    def __len__(self) -> int:
        """How many examples all splits have."""
        return int(self.known["examples"]["kept"])

    def __iter__(self) -> Iterator[Row]:
        """All examples, in the order of the shards, a few in memory at a time."""
        return self.rows()

    def rows(
        self,
        *,
        columns: Sequence[str] = SCHEMA.names,
        split: str | None = None,
        kinds: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> Iterator[Row]:
        """The examples in the order of the shards.

        split, kinds: only these; None: all.
        without: the sources that are left out.

        Raises:
            UserError: there is no such source.
        """
        chosen = self._chosen(kinds, without)
        read = [*columns, *(name for name in chosen.columns if name not in columns)]
        for shard in shards(self.folder, split):
            with pq.ParquetFile(shard, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=64, columns=read):
                    kept = batch.filter(chosen.mask(batch)) if chosen.columns else batch
                    yield from kept.select(list(columns)).to_pylist()

    def stream(
        self,
        *,
        columns: Sequence[str] = ("html",),
        split: str | None = "train",
        kinds: Collection[str] | None = None,
        without: Collection[str] = (),
        seed: int = 0,
        shuffle: bool = True,
        rank: int = 0,
        of: int = 1,
        even: bool = False,
        buffer_bytes: int = BUFFER_BYTES,
        threads: int = 1,
    ) -> Stream[Row]:
        """A stream of examples for training: dicts of the columns chosen; see `streaming.Stream`.

        split, kinds: only these; None: all.
        without: the sources that are left out.
        seed, shuffle, rank, of, even, buffer_bytes: see `streaming.Share`.
        threads: how many make rows ready at once.

        Raises:
            UserError: there is no such column, source or rank.
        """
        unknown = [name for name in columns if name not in SCHEMA.names]
        if unknown or not columns:
            raise UserError(f"no columns {clipped(unknown)}; there is {', '.join(SCHEMA.names)}")
        blocks = [block for shard in shards(self.folder, split) for block in blocks_of_steps(shard)]
        chosen = self._chosen(kinds, without)
        if chosen.columns:
            blocks = [some for block in blocks if (some := _some_of(block, chosen)).items]
        share = Share(seed, shuffle, rank, of, even, buffer_bytes)
        return Stream(blocks, columns, _rows, share, threads)

    def _chosen(self, kinds: Collection[str] | None, without: Collection[str]) -> _Chosen:
        known = self.known["sources"]
        if unknown := sorted(set(without) - set(known)):
            raise UserError(f"no source {clipped(unknown[0])}; there is {', '.join(known)}")
        return _Chosen(None if kinds is None else frozenset(kinds), frozenset(without))


class _Chosen(NamedTuple):
    """Which rows are wanted; see `Corpus.rows`."""

    kinds: frozenset[str] | None
    without: frozenset[str]

    @property
    def columns(self) -> list[str]:
        """The columns that say it; none: every row is wanted."""
        return ["kind"] * (self.kinds is not None) + ["source"] * bool(self.without)

    def mask(self, rows: pa.RecordBatch | pa.Table) -> pa.BooleanArray:
        """Whether each row is wanted."""
        tests = []
        if self.kinds is not None:
            tests.append(pc.is_in(rows.column("kind"), pa.array(sorted(self.kinds), pa.string())))
        if self.without:
            named = pa.array(sorted(self.without), pa.string())
            tests.append(pc.invert(pc.is_in(rows.column("source"), named)))
        return reduce(pc.and_, tests)


class _ChosenBlock(Block):
    """A block of which only some rows are items: `starts` holds where they are."""

    __slots__ = ()

    def rows(self, items: Indices) -> list[Indices]:
        """The rows of each of some items."""
        assert self.starts is not None
        return list(self.starts[items][:, None])


def _some_of(block: Block, chosen: _Chosen) -> Block:
    with pq.ParquetFile(block.shard, pre_buffer=False) as file:
        held = file.read_row_groups(list(block.groups), columns=chosen.columns)
    at = np.flatnonzero(chosen.mask(held).to_numpy())
    return _ChosenBlock(block.shard, block.groups, len(at), at, block.bytes)


def _rows(batch: pa.RecordBatch) -> list[Row]:
    rows: list[Row] = batch.to_pylist()
    return rows
