"""Reading datasets for training: shuffled, shared out over ranks, resumable, in little memory.

::

    stream = steps("demos", columns=("instruction", "html", "screenshot", "action"), rank=0, of=8)
    for epoch in range(3):
        for row in stream:          # a dict; row["screenshot"] is a uint8 array
            ...
            saved = stream.state()  # JSON; stream.resume(saved) goes on with the next row

In which order they come, `webagents.data.stream` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from webagents.data.blocks import blocks_of_episodes, blocks_of_steps
from webagents.data.columns import SCHEMA, Pictures, demonstrations
from webagents.data.dataset import Dataset
from webagents.data.demonstration import Demonstration
from webagents.data.pictures import decoded
from webagents.data.stream import BUFFER_BYTES, Share, Stream
from webagents.data.writer import shards
from webagents.errors import UserError, clipped

COLUMNS = ("instruction", "html", "action")
PICTURES = ("screenshot", "final_screenshot")

Folders = str | Path | Sequence[str | Path]
Row = dict[str, Any]


def steps(
    folders: Folders,
    *,
    columns: Sequence[str] = COLUMNS,
    split: str | None = "train",
    pictures: Pictures | None = decoded,
    seed: int = 0,
    shuffle: bool = True,
    rank: int = 0,
    of: int = 1,
    even: bool = False,
    buffer_bytes: int = BUFFER_BYTES,
    threads: int = 2,
) -> Stream[Row]:
    """A stream of steps: dicts of the columns chosen, screenshots as uint8 (height, width, 3).

    folders: one dataset, or several.
    columns: of `columns.SCHEMA`; without pictures among them, none is read.
    split: only this one; None: all.
    pictures: what decodes screenshots, in threads; None leaves them the bytes they are.
    seed, shuffle, rank, of, even, buffer_bytes: see `Share`.
    threads: how many make rows ready at once.

    Raises:
        UserError: there is no such dataset, column or rank.
    """
    unknown = [name for name in columns if name not in SCHEMA.names]
    if unknown or not columns:
        raise UserError(
            f"no columns {clipped(unknown)}; there is {', '.join(SCHEMA.names)}"
            if unknown
            else "no columns to read; name one at least"
        )
    blocks = [block for shard in _shards(folders, split) for block in blocks_of_steps(shard)]
    share = Share(seed, shuffle, rank, of, even, buffer_bytes)
    return Stream(blocks, columns, partial(_rows, pictures=pictures), share, threads)


def episodes(
    folders: Folders,
    *,
    split: str | None = "train",
    pictures: Pictures | None = decoded,
    seed: int = 0,
    shuffle: bool = True,
    rank: int = 0,
    of: int = 1,
    even: bool = False,
    buffer_bytes: int = BUFFER_BYTES,
    threads: int = 2,
) -> Stream[Demonstration]:
    """A stream of whole episodes; see `steps`.

    pictures: what decodes screenshots, in threads; None leaves them out, unread.

    Raises:
        UserError: there is no such dataset or rank.
    """
    unread = () if pictures else PICTURES
    columns = [name for name in SCHEMA.names if name not in unread]
    blocks = [block for shard in _shards(folders, split) for block in blocks_of_episodes(shard)]
    share = Share(seed, shuffle, rank, of, even, buffer_bytes)
    return Stream(blocks, columns, partial(_episodes, pictures=pictures), share, threads)


def _shards(folders: Folders, split: str | None) -> list[Path]:
    paths = [folders] if isinstance(folders, str | Path) else folders
    return [shard for path in paths for shard in shards(Dataset(path).folder, split)]


def _rows(batch: pa.RecordBatch, *, pictures: Pictures | None) -> list[Row]:
    rows: list[Row] = batch.to_pylist()
    for name in set(PICTURES) & set(batch.schema.names):
        for row in rows:
            if row[name] is not None:
                data = row[name]["bytes"]
                row[name] = pictures(data) if pictures else data
    return rows


def _episodes(batch: pa.RecordBatch, *, pictures: Pictures | None) -> list[Demonstration]:
    rows = batch.to_pylist()
    if not pictures:
        rows = [{**row, **dict.fromkeys(PICTURES)} for row in rows]
    return list(demonstrations(rows, pictures=pictures))
