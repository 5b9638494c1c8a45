"""Reading a dataset: episodes, rows, and the counts."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from webagents.data import summary
from webagents.data.columns import SCHEMA, Pictures, demonstrations
from webagents.data.demonstration import Demonstration
from webagents.data.opening import check, opened
from webagents.data.pictures import decoded
from webagents.data.writer import JOURNAL, shards
from webagents.errors import UserError

_BATCH_ROWS = 64


class Dataset:
    """A dataset's folder; iterating gives its demonstrations in order, a few in memory at a time.

    known: the content of ``dataset.json``.
    """

    def __init__(self, folder: str | Path) -> None:
        """Opens a dataset.

        Raises:
            UserError: there is none, it is still being written, or its shards are not what they
                should be (see `opening.check`).
        """
        self.folder = Path(folder)
        if (self.folder / JOURNAL).exists():
            raise UserError(
                f"{self.folder} is still being written; finish it with the command that began it "
                "and --resume (collect also takes --enough, which keeps to what there is)"
            )
        self.known = summary.load(self.folder)
        check(self.folder, self.known, shards(self.folder))

    def __len__(self) -> int:
        return int(self.known["episodes"])

    def __iter__(self) -> Iterator[Demonstration]:
        return self.demonstrations()

    @property
    def tasks(self) -> Mapping[str, Mapping[str, int]]:
        """``episodes``, ``steps`` and ``successes`` of each task."""
        tasks: Mapping[str, Mapping[str, int]] = self.known["tasks"]
        return tasks

    @property
    def splits(self) -> Sequence[str]:
        """The names of its splits, such as ``train``."""
        return list(self.known["splits"])

    def demonstrations(
        self,
        *,
        split: str | None = None,
        tasks: Collection[str] | None = None,
        pictures: Pictures | None = decoded,
    ) -> Iterator[Demonstration]:
        """The demonstrations in order.

        split, tasks: only these; None: all.
        pictures: what decodes screenshots; None leaves them out.
        """
        columns = None if pictures else _without_pictures()
        rows = (
            row
            for batch in self.batches(columns=columns, split=split, tasks=tasks)
            for row in batch.to_pylist()
        )
        return demonstrations(rows, pictures=pictures)

    def batches(
        self,
        *,
        columns: Sequence[str] | None = None,
        split: str | None = None,
        tasks: Collection[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """The rows in order, in small batches; see `columns.SCHEMA`.

        columns: only these; None: all. With `tasks`, ``task`` has to be one of them.
        """
        for shard in shards(self.folder, split):
            with opened(shard) as file:
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
                    chosen = batch if tasks is None else _of_tasks(batch, tasks)
                    if len(chosen):
                        yield chosen

    def batches_of_episodes(self, **chosen: Any) -> Iterator[pa.RecordBatch]:
        """The rows in order, one batch an episode, all columns; for `chosen` see `batches`."""
        held: list[pa.RecordBatch] = []
        for batch in self.batches(**chosen):
            ids = batch.column("episode_id")
            begins = [0, *_changes(ids), len(batch)]
            for begin, end in itertools.pairwise(begins):
                part = batch.slice(begin, end - begin)
                if held and held[-1].column("episode_id")[0] != part.column("episode_id")[0]:
                    yield _joined(held)
                    held = []
                held.append(part)
        if held:
            yield _joined(held)


def _changes(ids: pa.Array) -> list[int]:
    """The places where a value differs from the one before."""
    if len(ids) < 2:
        return []
    differs = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1))
    return [int(i) + 1 for i in pc.indices_nonzero(differs).to_pylist()]


def _joined(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.concat_batches(parts) if len(parts) > 1 else parts[0]


def _of_tasks(batch: pa.RecordBatch, tasks: Collection[str]) -> pa.RecordBatch:
    return batch.filter(pc.is_in(batch.column("task"), pa.array(sorted(tasks), pa.string())))


def _without_pictures() -> list[str]:
    kept = [name for name in SCHEMA.names if not name.endswith("screenshot")]
    return [*kept, "screenshot.path", "final_screenshot.path"]
