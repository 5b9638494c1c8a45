"""The journal: finished episodes on disk at once, until a shard takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from webagents.data.columns import SCHEMA


class Journal:
    """A file of record batches, one an episode, that grows by whole batches.

    A kill at any moment loses at most the batch being written: reading stops at a torn end.
    """

    def __init__(self, path: Path) -> None:
        """The journal at `path`, which is made where there is none."""
        self._path = path
        self.batches: list[pa.RecordBatch] = _read(path)
        self._begin()

    def append(self, batch: pa.RecordBatch) -> None:
        """Adds an episode's rows; they are the operating system's when this returns."""
        self._writer.write_batch(batch)
        self._file.flush()
        self.batches.append(batch)

    def rewrite(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Begins anew with these batches; a kill leaves the old journal or the new one."""
        self._end()
        self.batches = list(batches)
        self._begin()

    def close(self) -> None:
        """Closes the file, and removes it where it holds nothing."""
        self._end()
        if not self.batches:
            self._path.unlink(missing_ok=True)

    def _begin(self) -> None:
        new = self._path.with_name(self._path.name + ".new")
        self._file = new.open("wb")
        self._writer = pa.ipc.new_stream(self._file, SCHEMA)
        for batch in self.batches:
            self._writer.write_batch(batch)
        self._file.flush()
        new.replace(self._path)

    def _end(self) -> None:
        self._writer.close()
        self._file.close()


def _read(path: Path) -> list[pa.RecordBatch]:
    """The whole batches in a file."""
    if not path.exists():
        return []
    batches: list[pa.RecordBatch] = []
    try:
        with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
            for batch in stream:
                batches.append(_own(batch))
    except (pa.ArrowInvalid, OSError):
        pass  # the end was torn by a kill; what is before it is whole
    return batches


def _own(batch: pa.RecordBatch) -> pa.RecordBatch:
    # A batch that was written by an older version of the table is told before anything is lost.
    if not batch.schema.equals(SCHEMA):
        raise TypeError(f"another table's columns: {batch.schema.names}")
    return batch
