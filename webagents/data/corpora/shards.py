"""The chosen examples as Parquet shards, a split apart from the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from webagents.data.corpora.choosing import SPLITS
from webagents.data.corpora.parts import TEXTS
from webagents.data.corpora.sources import Input
from webagents.data.corpora.statistics import Statistics

SCHEMA = pa.schema(
    [
        ("html", pa.string()),
        ("source", pa.string()),
        ("url", pa.string()),
        ("site", pa.string()),
        ("licence", pa.string()),
        ("kind", pa.string()),
        ("characters", pa.int32()),
    ]
)
"""A row an example. url: the page's, or its path in the source. kind: see `cutting`."""

SHARD_BYTES = 2**28
GROUP_BYTES = 2**21
_READ_ROWS = 128


class Part(NamedTuple):
    """A part, what it was made from, and the split of each of its examples; see `choosing`."""

    path: Path
    input: Input
    splits: NDArray[np.int8]


def write_shards(
    folder: Path, parts: Sequence[Part], statistics: Statistics, shard_bytes: int = SHARD_BYTES
) -> Iterator[Part]:
    """Writes the shards of some parts into a folder; gives each part when it has been copied.

    shard_bytes: how large a shard's texts are, about.
    """
    writers = [_Shards(folder, split, shard_bytes) for split in SPLITS]
    for part in parts:
        begin = 0
        with pq.ParquetFile(part.path, pre_buffer=False) as file:
            for rows in file.iter_batches(batch_size=_READ_ROWS, columns=list(TEXTS)):
                splits = part.splits[begin : begin + len(rows)]
                begin += len(rows)
                for number, writer in enumerate(writers):
                    if (splits == number).any():
                        chosen = _completed(rows.filter(pa.array(splits == number)), part.input)
                        statistics.add(chosen, SPLITS[number])
                        writer.add(chosen)
        yield part
    for writer in writers:
        writer.close()


class _Shards:
    """The shards of a split being written."""

    def __init__(self, folder: Path, split: str, shard_bytes: int) -> None:
        self._folder, self._split, self._shard_bytes = folder, split, shard_bytes
        self._number = self._written = self._size = 0
        self._held: list[pa.RecordBatch] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.RecordBatch) -> None:
        """Adds rows; a shard that is full is closed."""
        self._held.append(rows)
        self._size += rows.column("html").nbytes
        if self._size >= GROUP_BYTES:
            self._flush()
        if self._written >= self._shard_bytes:
            self.close()

    def close(self) -> None:
        """Ends the shard."""
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._number += 1
            self._written = 0

    def _flush(self) -> None:
        if not self._held:
            return
        if self._writer is None:
            path = self._folder / f"{self._split}-{self._number:05}.parquet"
            self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self._writer.write_table(pa.Table.from_batches(self._held, SCHEMA))
        self._written += self._size
        self._held, self._size = [], 0


def _completed(rows: pa.RecordBatch, source: Input) -> pa.RecordBatch:
    html = rows.column("html")
    columns = {
        "html": html,
        "source": pa.array([source.name] * len(rows), pa.string()),
        "url": rows.column("url"),
        "site": rows.column("site"),
        "licence": pa.array([source.licence] * len(rows), pa.string()),
        "kind": rows.column("kind"),
        "characters": pc.utf8_length(html),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)
