"""Records on disk, found through arrays that processes share, a few decoded at a time.

A store is a handful of files with one name: ``NAME.json`` lines up the records' JSON without
separators, ``NAME.ends.npy`` says where each ends. With keys there are two more, for looking a
record up: ``NAME.keys.npy`` (UTF-8 bytes) and ``NAME.sorted.npy`` (the rows in the keys' order).
Nothing of a store lies on the heap, but for the records that were read last; the arrays are mapped
into memory, and the records read where they lie, so that they count to no process's memory.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, overload
from weakref import finalize

import numpy as np
import numpy.typing as npt
import orjson

from webagents.errors import UserError

KEPT = 2048
"""How many decoded records a store keeps."""
_WRITTEN_AT_ONCE = 1 << 20


class RecordWriter:
    """Writes a store, record by record; it can be read once `close` was called.

    stem: the path of its files without their endings.
    """

    def __init__(self, stem: Path) -> None:
        self._stem = stem
        self._file = _path(stem, ".json").open("wb", buffering=_WRITTEN_AT_ONCE)
        self._ends = array("q")
        self._keys: list[bytes] = []
        self._end = 0

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()

    def append(self, record: Any, key: str | None = None) -> None:
        """Adds a record, a JSON value; either all of a store have a key, without NULs, or none.

        Of records with the same key the last is found.
        """
        self._end += self._file.write(orjson.dumps(record))
        self._ends.append(self._end)
        if key is not None:
            self._keys.append(key.encode())

    def close(self) -> None:
        """Writes the rest."""
        self._file.close()
        save(_path(self._stem, ".ends.npy"), np.array(self._ends, dtype=np.int64))
        if self._keys:
            keys = np.array(self._keys)
            save(_path(self._stem, ".keys.npy"), keys)
            order = np.argsort(keys, kind="stable").astype(np.intp)
            save(_path(self._stem, ".sorted.npy"), order)


class Records(Sequence[Any]):
    """The records of a store, in the order in which they were written.

    make: what a record is made into when it is read.

    Raises:
        UserError: files of the store are missing or do not belong together.
    """

    def __init__(self, stem: Path, make: Callable[[Any], Any] | None = None) -> None:
        self._make = make or (lambda value: value)
        self._ends = load(_path(stem, ".ends.npy"))
        self._file = _opened(_path(stem, ".json"))
        finalize(self, os.close, self._file)
        found, size = os.fstat(self._file).st_size, int(self._ends[-1]) if len(self._ends) else 0
        if found != size:
            raise UserError(
                f"{_path(stem, '.json')} has {found:,} bytes, not {size:,}: "
                "it was damaged; import the shop again"
            )
        self._kept = lru_cache(maxsize=KEPT)(self._read)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return self._kept(range(len(self))[index])

    def __iter__(self) -> Iterator[Any]:
        """Reads one after the other, keeping none."""
        return map(self._read, range(len(self)))

    def _read(self, row: int) -> Any:
        start = int(self._ends[row - 1]) if row else 0
        data = os.pread(self._file, int(self._ends[row]) - start, start)
        try:
            return self._make(orjson.loads(data))
        except orjson.JSONDecodeError as error:
            raise UserError(
                f"record {row} of an imported shop is broken ({error}); import the shop again, "
                "with --replace"
            ) from error


class KeyedRecords(Mapping[str, Any]):
    """The records of a store by their keys, in the order in which they were written.

    records: them without their keys.
    """

    def __init__(self, stem: Path) -> None:
        self.records = Records(stem)
        empty = not len(self.records)
        self._keys = np.array([], "S1") if empty else load(_path(stem, ".keys.npy"))
        self._sorted = np.array([], np.intp) if empty else load(_path(stem, ".sorted.npy"))
        self._row = lru_cache(maxsize=KEPT)(self._look_up)

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[str]:
        return (key.decode() for key in self._keys)

    def __getitem__(self, key: str) -> Any:
        return self.records[self.row(key)]

    def __contains__(self, key: object) -> bool:
        try:
            self._row(key)
        except KeyError:
            return False
        return True

    def row(self, key: str) -> int:
        """The place of a key's record.

        Raises:
            KeyError: there is none of that key.
        """
        return self._row(key)

    def _look_up(self, key: object) -> int:
        try:
            wanted = key.encode()  # type: ignore[attr-defined]
        except (AttributeError, UnicodeEncodeError):
            raise KeyError(key) from None
        # A longer key would have numpy copy all of the keys to widen them.
        if len(wanted) <= self._keys.dtype.itemsize:
            place = np.searchsorted(self._keys, wanted, side="right", sorter=self._sorted) - 1
            if place >= 0:
                row = int(self._sorted[place])
                if self._keys[row] == wanted:
                    return row
        raise KeyError(key)


def save(path: Path, values: npt.NDArray[Any]) -> None:
    """Writes an array as it is read by `load`."""
    with path.open("wb") as file:
        np.save(file, values, allow_pickle=False)


def load(path: Path) -> npt.NDArray[Any]:
    """A saved array, memory-mapped and read-only.

    Raises:
        UserError: there is none, or it was damaged.
    """
    try:
        # Without the class memmap around it, each look at an element takes half as long.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path} cannot be read ({error}); import the shop again") from error


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error}); import the shop again") from error


def _path(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)
