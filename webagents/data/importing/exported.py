"""Reads back what `webagents export` wrote: JSON lines, WebDataset and Minari."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from webagents.data.demonstration import Demonstration
from webagents.data.exporting import read_jsonl, read_minari, read_webdataset
from webagents.data.importing.records import Dropped, Importer, Keep, Record
from webagents.errors import UserError

Read = Callable[[Path], Iterator[Demonstration]]


def _files(src: Path) -> list[Path]:
    if not src.exists():
        raise UserError(f"there is no {src}")
    return [src]


def _records(read: Read, path: Path, src: Path, keep: Keep) -> Iterator[Record]:
    """The export's episodes; one that cannot be read ends it, and is told."""
    number = 0
    try:
        for number, demonstration in enumerate(read(path), start=1):
            place = f"{path.name}#{number}"
            if keep == "all" or demonstration.episode.success:
                yield Record(place, demonstration)
            else:
                yield Record(place, None, Dropped.failed(demonstration.episode.reward))
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Record(f"{path.name}#{number + 1}", None, Dropped("unreadable", str(error)))


def _importer(read: Read, name: str) -> Importer:
    about = (
        f"Demonstrations read back from {name}",
        f"Exported by webagents as {name}.",
        "unknown",
    )
    return Importer(_files, partial(_records, read), about)


JSONL = _importer(read_jsonl, "JSON lines")
WEBDATASET = _importer(read_webdataset, "WebDataset")
MINARI = _importer(read_minari, "Minari")
