"""What the formats share: the rows of a dataset, episode by episode, with their pictures as PNG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from webagents.data.columns import SCHEMA
from webagents.data.dataset import Dataset
from webagents.data.pictures import decoded, encoded

PICTURES = ("screenshot", "final_screenshot")
PLAIN = tuple(name for name in SCHEMA.names if name not in PICTURES)
"""The columns that are no pictures."""

_PNG = b"\x89PNG\r\n\x1a\n"

Row = Mapping[str, Any]


class Copied(NamedTuple):
    """What progress is told of an episode that was copied."""

    success: bool
    steps: int
    void: bool = False

    @classmethod
    def of(cls, rows: list[Row]) -> Copied:
        """An episode, by its rows."""
        return cls(success=rows[-1]["success"], steps=len(rows))


class Numbered(NamedTuple):
    """An episode of a dataset, by its rows.

    number: counts all the episodes of the dataset, from 0.
    """

    number: int
    split: str
    rows: list[Row]


def episodes(dataset: Dataset) -> Iterator[Numbered]:
    """The episodes, split by split; a few are in memory at a time."""
    number = 0
    for split in dataset.splits:
        for batch in dataset.batches_of_episodes(split=split):
            yield Numbered(number, split, batch.to_pylist())
            number += 1


def png(row: Row, column: str) -> bytes | None:
    """A row's picture as PNG, None where it has none."""
    picture = row[column]
    if picture is None:
        return None
    data: bytes = picture["bytes"]
    return data if data.startswith(_PNG) else encoded(decoded(data))


def plain(row: Row) -> dict[str, Any]:
    """A row without its pictures."""
    return {name: row[name] for name in PLAIN}


def picture(data: bytes | None) -> dict[str, Any] | None:
    """A picture's bytes as the table keeps them."""
    return None if data is None else {"bytes": data, "path": None}
