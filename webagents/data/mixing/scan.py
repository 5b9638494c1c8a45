"""The episodes of a dataset by what tells them apart: its narrow columns, read once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from webagents.data.dataset import Dataset

_NARROW = ["episode_id", "task", "seed", "source", "success", "instruction", "action"]


class Candidate(NamedTuple):
    """An episode that may be taken.

    place: which dataset it is in, and its place there.
    instance: what page was played: a number made from the task and its seed; without a seed (one
        below 0, as in imported data), from the task, the instruction and the first page.
    play: the instance and the actions, as a number: two of the same are duplicates.
    """

    place: tuple[int, int]
    task: str
    source: str
    success: bool
    seeded: bool
    instance: int
    play: int


def scan(dataset: Dataset, number: int) -> Iterator[Candidate]:
    """The episodes of the dataset that is `number` of several, in order."""
    pages = _first_pages(dataset)
    names: dict[str, str] = {}
    for at, rows in enumerate(_episodes(dataset, _NARROW)):
        first = rows[0]
        seeded = first["seed"] >= 0
        which = first["seed"] if seeded else [first["instruction"], next(pages)]
        instance = [first["task"], which]
        yield Candidate(
            place=(number, at),
            task=names.setdefault(first["task"], first["task"]),
            source=names.setdefault(first["source"], first["source"]),
            success=first["success"],
            seeded=seeded,
            instance=digest(instance),
            play=digest([instance, [row["action"] for row in rows]]),
        )


def digest(value: Any) -> int:
    """64 bits that follow from a JSON value, the same in every process.

    Of a million values, two are the same with a chance of 1 in 40 million.
    """
    return int.from_bytes(hashlib.blake2b(orjson.dumps(value), digest_size=8).digest())


def _episodes(dataset: Dataset, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    for batch in dataset.batches_of_episodes(columns=columns):
        yield batch.to_pylist()


def _first_pages(dataset: Dataset) -> Iterator[int]:
    """What tells the first pages of the episodes without a seed; nothing is read before the first.

    Pages are wide: they are read only where they are needed.
    """
    for batch in dataset.batches(columns=["seed", "step", "html"]):
        first = pc.and_(pc.less(batch.column("seed"), 0), pc.equal(batch.column("step"), 0))
        chosen: pa.RecordBatch = batch.filter(first)
        for html in chosen.column("html").to_pylist():
            yield digest(html)
