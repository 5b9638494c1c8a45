"""Reading a corpus: its counts, and its examples in an order that a seed gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from webagents.data.blocks import Block, Indices, blocks_of_steps
from webagents.data.corpora.build import load
from webagents.data.corpora.shards import SCHEMA
from webagents.data.streaming import BUFFER_BYTES, Share, Stream
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
    ) -> Iterator[Row]:
        """The examples in the order of the shards.

        split, kinds: only these; None: all.
        """
        read = [*columns, *(() if kinds is None or "kind" in columns else ("kind",))]
        for shard in shards(self.folder, split):
            with pq.ParquetFile(shard, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=64, columns=read):
                    if kinds is not None:
                        wanted = pa.array(sorted(kinds), pa.string())
                        batch = batch.filter(pc.is_in(batch.column("kind"), wanted))
                    yield from batch.select(list(columns)).to_pylist()

    def stream(
        self,
        *,
        columns: Sequence[str] = ("html",),
        split: str | None = "train",
        kinds: Collection[str] | None = None,
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
        seed, shuffle, rank, of, even, buffer_bytes: see `streaming.Share`.
        threads: how many make rows ready at once.

        Raises:
            UserError: there is no such column or rank.
        """
        unknown = [name for name in columns if name not in SCHEMA.names]
        if unknown or not columns:
            raise UserError(f"no columns {clipped(unknown)}; there is {', '.join(SCHEMA.names)}")
        blocks = [block for shard in shards(self.folder, split) for block in blocks_of_steps(shard)]
        if kinds is not None:
            blocks = [chosen for block in blocks if (chosen := _of_kinds(block, kinds)).items]
        share = Share(seed, shuffle, rank, of, even, buffer_bytes)
        return Stream(blocks, columns, _rows, share, threads)


class _ChosenBlock(Block):
    """A block of which only some rows are items: `starts` holds where they are."""

    __slots__ = ()

    def rows(self, items: Indices) -> list[Indices]:
        """The rows of each of some items."""
        assert self.starts is not None
        return list(self.starts[items][:, None])


def _of_kinds(block: Block, kinds: Collection[str]) -> Block:
    with pq.ParquetFile(block.shard, pre_buffer=False) as file:
        held = file.read_row_groups(list(block.groups), columns=["kind"]).column("kind")
    at = np.flatnonzero(pc.is_in(held, pa.array(sorted(kinds), pa.string())).to_numpy())
    return _ChosenBlock(block.shard, block.groups, len(at), at, block.bytes)


def _rows(batch: pa.RecordBatch) -> list[Row]:
    rows: list[Row] = batch.to_pylist()
    return rows
