"""Writing a dataset: episodes are safe as soon as they are kept, and leave in shards of Parquet.

The shards are a function of the episodes and their order alone: the same episodes in the same order
give the same files, byte for byte, however often the writing was cut off and taken up again.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from webagents.data import summary
from webagents.data.columns import SCHEMA, batch_of
from webagents.data.demonstration import Demonstration
from webagents.data.journal import Journal
from webagents.data.summary import About, Counts
from webagents.errors import UserError, clipped

JOURNAL = "journal.arrows"
SHARD_BYTES = 64 * 2**20
GROUP_ROWS = 100
"""Rows of a row group: few, for the episodes of a task lie side by side, and what a reader shuffles
together is a number of groups (`streaming`). With 1,000 a window had those of a few tasks."""

# Screenshots are compressed as they are.
_COMPRESSION = {
    name: "none" if name.endswith("screenshot.bytes") else "zstd"
    for name in (
        *(field.name for field in SCHEMA if not pa.types.is_struct(field.type)),
        *(f"{at}screenshot.{part}" for at in ("", "final_") for part in ("bytes", "path")),
    )
}


class DatasetWriter:
    """A dataset being written; a context manager, which after an error may be gone on with.

    An episode is kept first, and then placed: its place in the shards is settled. `add` does both.
    What was kept and not placed when the writing ended is found in `waiting` when it goes on.

    waiting: the rows of episodes that are kept and not placed, by their id.
    """

    def __init__(
        self,
        folder: Path,
        about: About,
        *,
        resume: bool = False,
        split: str = "train",
        shard_bytes: int = SHARD_BYTES,
    ) -> None:
        """A writer into `folder`.

        resume: whether a dataset that is there is gone on with.
        split: the part of the data that episodes are placed in where `place` names no other.
        shard_bytes: how large the episodes of a shard are in memory, about.

        Raises:
            UserError: the folder cannot be written, or holds something else.
        """
        self._folder, self._split, self._shard_bytes = folder, split, shard_bytes
        self.about = about
        _open(folder, resume=resume)
        self.counts = Counts()
        self.ids: set[str] = set()
        for shard in shards(folder):
            self._count_shard(shard)
        self._journal = Journal(folder / JOURNAL)
        self.waiting: dict[str, pa.RecordBatch] = {
            _id(batch): batch for batch in self._journal.batches if _id(batch) not in self.ids
        }
        self._closed = False
        self._placed: dict[str, list[pa.RecordBatch]] = {}
        self._bytes: Counter[str] = Counter()

    def __contains__(self, id_: str) -> bool:
        return id_ in self.ids or id_ in self.waiting

    def __enter__(self) -> DatasetWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.suspend()

    def add(self, demonstration: Demonstration, *, split: str | None = None) -> None:
        """Keeps an episode and places it next; see `place`."""
        self.keep(batch_of(demonstration))
        self.place(demonstration.id, split=split)

    def keep(self, batch: pa.RecordBatch) -> None:
        """Makes an episode's rows safe; where they go is settled by `place`.

        Raises:
            UserError: an episode of that id is there.
        """
        id_ = _id(batch)
        if id_ in self:
            raise UserError(f"the dataset has an episode {clipped(id_)} already")
        self._journal.append(batch)
        self.waiting[id_] = batch

    def place(self, id_: str, *, split: str | None = None) -> None:
        """Puts a kept episode at the end of a split, None: the writer's own."""
        split = split or self._split
        batch = self.waiting.pop(id_)
        self.ids.add(id_)
        self._placed.setdefault(split, []).append(batch)
        self._bytes[split] += batch.nbytes
        if self._bytes[split] >= self._shard_bytes:
            self._write_shard(split)

    def place_rest(self) -> None:
        """Places what waits, in the order in which it was kept."""
        for id_ in list(self.waiting):
            self.place(id_)

    def drop(self, id_: str) -> None:
        """Forgets a kept episode that is not wanted after all."""
        del self.waiting[id_]

    def save_summary(self) -> None:
        """Writes ``dataset.json`` and ``card.md`` for the shards that are written."""
        summary.save(self._folder, self.counts, self.about)

    def close(self) -> None:
        """Writes what is placed; what waits stays in the journal. Safe to call again."""
        if self._closed:
            return
        for split in list(self._placed):
            self._write_shard(split)
        self._end()

    def suspend(self) -> None:
        """Stops in the middle: what is not in a shard yet stays in the journal."""
        if not self._closed:
            self._end()

    def _end(self) -> None:
        self._closed = True
        self._journal.rewrite(self._not_in_shards())
        self._journal.close()
        self.save_summary()

    def _write_shard(self, split: str) -> None:
        placed = self._placed.pop(split)
        number = len(shards(self._folder, split))
        path = self._folder / f"{split}-{number:05}.parquet"
        new = path.with_name(path.name + ".new")
        table = pa.Table.from_batches(placed, SCHEMA)
        pq.write_table(table, new, row_group_size=GROUP_ROWS, compression=_COMPRESSION)
        new.replace(path)
        for batch in placed:
            self.counts.add(batch, split)
        del self._bytes[split]
        self._journal.rewrite(self._not_in_shards())
        self.save_summary()

    def _not_in_shards(self) -> list[pa.RecordBatch]:
        placed = (batch for batches in self._placed.values() for batch in batches)
        return [*placed, *self.waiting.values()]

    def _count_shard(self, path: Path) -> None:
        split = split_of(path)
        columns = ["episode_id", "task", "source", "step", "success", "screenshot.path"]
        with pq.ParquetFile(path) as file:
            for rows in file.iter_batches(columns=columns):
                self.counts.add(rows, split)
                self.ids.update(rows.column("episode_id").to_pylist())


def shards(folder: Path, split: str | None = None) -> list[Path]:
    """The dataset's shards in order, of one split or all."""
    return sorted(folder.glob(f"{split or '*'}-[0-9][0-9][0-9][0-9][0-9].parquet"))


def split_of(shard: Path) -> str:
    """The split that a shard belongs to."""
    return shard.name.rpartition("-")[0]


def _id(batch: pa.RecordBatch) -> str:
    return str(batch.column("episode_id")[0].as_py())


def _open(folder: Path, *, resume: bool) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error
    ours = bool({summary.INDEX, JOURNAL} & set(found)) or bool(shards(folder))
    if found and not ours:
        raise UserError(
            f"{folder} is not empty and holds no dataset (it has {clipped(found)}); "
            "name a new folder"
        )
    if found and not resume:
        raise UserError(f"{folder} holds a dataset already; resume it, or name a new folder")
