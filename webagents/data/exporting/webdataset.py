"""WebDataset: tar files of about 100 MB, one sample a step, in the order of the dataset.

::

    train-000000.tar
        000012-003.json       the step: the columns of `columns.SCHEMA` that are no pictures
        000012-003.png        what was seen before it; absent where no screenshot was taken
        000012-003.final.png  what was seen after it; with an episode's last step alone

``webdataset.WebDataset(".../train-{000000..000004}.tar").decode("rgb8").to_tuple("png", "json")``
gives uint8 arrays and dicts. An episode lies whole in one file. The files depend on the dataset
alone: the same one gives the same bytes.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from webagents.data.columns import demonstrations
from webagents.data.dataset import Dataset
from webagents.data.demonstration import Demonstration
from webagents.data.exporting.rows import (
    PICTURES,
    PLAIN,
    Copied,
    Numbered,
    Row,
    episodes,
    picture,
    plain,
    png,
)
from webagents.errors import UserError, clipped
from webagents.progress import Told

TAR_BYTES = 100 * 2**20
"""How large a tar file is, about."""

_SUFFIXES = dict(zip(PICTURES, ("png", "final.png"), strict=True))


def write_webdataset(
    dataset: Dataset, out: Path, told: Told, *, tar_bytes: int = TAR_BYTES
) -> None:
    """Writes a dataset into the empty folder `out`."""
    with ExitStack() as stack:
        tars: dict[str, _Tars] = {}
        for episode in episodes(dataset):
            if episode.split not in tars:
                tars[episode.split] = _Tars(out, episode.split, tar_bytes)
                stack.callback(tars[episode.split].close)
            tars[episode.split].add(episode)
            told(Copied.of(episode.rows))


def read_webdataset(source: str | Path) -> Iterator[Demonstration]:
    """The demonstrations of a folder that `write_webdataset` wrote, or of one of its files.

    Raises:
        UserError: there is none, or one holds something else.
    """
    source = Path(source)
    files = [source] if source.is_file() else sorted(source.glob("*.tar"))
    if not files:
        raise UserError(f"{source} has no .tar file")
    for file in files:
        try:
            yield from demonstrations(_rows(file))
        except tarfile.TarError as error:
            raise UserError(f"{file} cannot be read: {error}") from error


class _Tars:
    """The tar files of one split, of which the last is being written."""

    def __init__(self, folder: Path, split: str, tar_bytes: int) -> None:
        self._folder, self._split, self._limit = folder, split, tar_bytes
        self._number = 0
        self._tar = self._next()

    def add(self, episode: Numbered) -> None:
        if self._tar.offset >= self._limit:
            self.close()
            self._number += 1
            self._tar = self._next()
        for row in episode.rows:
            key = f"{episode.number:06}-{row['step']:03}"
            self._put(f"{key}.json", orjson.dumps(plain(row)))
            for column, suffix in _SUFFIXES.items():
                if (data := png(row, column)) is not None:
                    self._put(f"{key}.{suffix}", data)

    def close(self) -> None:
        self._tar.close()

    def _next(self) -> tarfile.TarFile:
        path = self._folder / f"{self._split}-{self._number:06}.tar"
        return tarfile.open(path, "w", format=tarfile.USTAR_FORMAT)

    def _put(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        self._tar.addfile(entry, io.BytesIO(data))
        _forget(self._tar)


def _forget(tar: tarfile.TarFile) -> None:
    # It remembers every entry there was, and grows with each.
    tar.members.clear()  # type: ignore[attr-defined]  # public, but typeshed leaves it out


def _rows(file: Path) -> Iterator[Row]:
    key, sample = "", dict[str, bytes]()
    with tarfile.open(file, "r|") as tar:
        for entry in tar:
            _forget(tar)
            name, _, suffix = entry.name.partition(".")
            if name != key and sample:
                yield _row(file, key, sample)
                sample = {}
            key = name
            if (content := tar.extractfile(entry)) is not None:
                sample[suffix] = content.read()
    if sample:
        yield _row(file, key, sample)


def _row(file: Path, key: str, sample: dict[str, bytes]) -> dict[str, Any]:
    try:
        row = orjson.loads(sample["json"])
    except (KeyError, orjson.JSONDecodeError) as error:
        raise UserError(f"{file}: {key}.json is missing or no JSON") from error
    if not isinstance(row, dict) or not row.keys() >= set(PLAIN):
        raise UserError(f"{file}: {key}.json is no step of ours; it has {clipped(sorted(row))}")
    return {**row, **{name: picture(sample.get(suffix)) for name, suffix in _SUFFIXES.items()}}
