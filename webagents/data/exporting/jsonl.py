"""JSON lines: a file a split, a line a step, and the screenshots as PNG files beside them.

::

    train.jsonl             one step a line, in the order of the dataset
    screenshots/000/000012-003.png    what was seen before step 3 of episode 12
    screenshots/000/000012-end.png    what was seen after its last step

A line is a training example: it has the columns of `columns.SCHEMA`, every one in every line, and
each of one type throughout, so that ``datasets.load_dataset("json", ...)`` and pandas read the
files as they are. `notes` and `info` are therefore JSON inside a string, as they are in Parquet;
`screenshot` and `final_screenshot` are paths from the file's folder, null where there is no
picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from webagents.data.columns import SCHEMA, demonstrations
from webagents.data.dataset import Dataset
from webagents.data.demonstration import Demonstration
from webagents.data.exporting.rows import PICTURES, Copied, Numbered, episodes, picture, plain, png
from webagents.errors import UserError, clipped
from webagents.progress import Told

FOLDER = "screenshots"
_A_FOLDER = 1000  # episodes whose pictures share a folder


def write_jsonl(dataset: Dataset, out: Path, told: Told) -> None:
    """Writes a dataset into the empty folder `out`."""
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for episode in episodes(dataset):
            if episode.split not in files:
                path = out / f"{episode.split}.jsonl"
                files[episode.split] = stack.enter_context(path.open("wb"))
            files[episode.split].writelines(_lines(episode, out))
            told(Copied.of(episode.rows))


def read_jsonl(source: str | Path) -> Iterator[Demonstration]:
    """The demonstrations of a folder that `write_jsonl` wrote, or of one of its files.

    Raises:
        UserError: there is none, or a line is not ours.
    """
    source = Path(source)
    files = [source] if source.is_file() else sorted(source.glob("*.jsonl"))
    if not files:
        raise UserError(f"{source} has no .jsonl file")
    for file in files:
        yield from demonstrations(_rows(file))


def _lines(episode: Numbered, out: Path) -> Iterator[bytes]:
    folder = Path(FOLDER, f"{episode.number // _A_FOLDER:03}")
    for row in episode.rows:
        line = plain(row)
        for column, name in zip(PICTURES, (f"{row['step']:03}", "end"), strict=True):
            line[column] = None
            if (data := png(row, column)) is not None:
                path = folder / f"{episode.number:06}-{name}.png"
                (out / path).parent.mkdir(parents=True, exist_ok=True)
                (out / path).write_bytes(data)
                line[column] = path.as_posix()
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise UserError(f"{file}, line {number} is no JSON: {error}") from error
            if not isinstance(row, dict) or not row.keys() >= set(SCHEMA.names):
                missing = sorted(set(SCHEMA.names) - set(row if isinstance(row, dict) else ()))
                raise UserError(f"{file}, line {number} is no step of ours: no {clipped(missing)}")
            for column in PICTURES:
                row[column] = _picture(file, number, row[column])
            yield row


def _picture(file: Path, number: int, path: str | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        return picture((file.parent / path).read_bytes())
    except OSError as error:
        raise UserError(f"{file}, line {number}: no picture {clipped(path)}") from error
