"""The search index: which documents hold each term, as arrays in memory or in files mapped into it.

Postings lie term after term in the terms' order, each term's documents ascending. Documents are
numbered as they came; `ranks` tells their order by asin.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from webagents.errors import UserError

VERSION = 1
"""Of the files; whoever changes what they hold raises it."""
FORMAT = "webagents webshop search index"
SUMMARY = "index.json"
_CHECKED_BYTES = 1 << 20
"""Files up to this size are read and compared on opening, larger ones by their size alone."""
_LOOKED_UP = 1 << 16
"""Terms that a process remembers the number of."""


class Room(Protocol):
    """Makes the array of a name, to be filled."""

    def __call__(self, name: str, dtype: str, length: int) -> NDArray[Any]:
        """An array of that many values."""
        ...


@dataclass(frozen=True)
class Index:
    """N documents, V terms, P postings.

    asins: (N,) bytes, UTF-8.
    ranks: (N,) int32, each document's place when all are ordered by asin.
    terms: (bytes,) uint8, all terms in UTF-8, in byte order, one after the other.
    term_ends: (V + 1,) int64, where each term begins in `terms`, and the end of the last.
    starts: (V + 1,) int64, where each term's postings begin, and the end of the last.
    peaks: (V,) float32, the highest saturation among each term's postings.
    docs: (P,) int32, the document of each posting.
    saturations: (P,) float32, what its score comes from (see `webagents.envs.webshop.search.bm25`).
    counted: (1,) int64, how many documents hold any term at all.
    """

    asins: NDArray[np.bytes_]
    ranks: NDArray[np.int32]
    terms: NDArray[np.uint8]
    term_ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    peaks: NDArray[np.float32]
    docs: NDArray[np.int32]
    saturations: NDArray[np.float32]
    counted: NDArray[np.int64]

    def term_number(self, term: str) -> int | None:
        """Which term this is; None where no document holds it."""
        known = self._known
        if term not in known:
            if len(known) >= _LOOKED_UP:
                known.clear()
            known[term] = self._found(term.encode())
        return known[term]

    @cached_property
    def _known(self) -> dict[str, int | None]:
        return {}

    def _found(self, term: bytes) -> int | None:
        low, high = 0, len(self.term_ends) - 1
        while low < high:
            middle = (low + high) // 2
            if self._term(middle) < term:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.term_ends) - 1 and self._term(low) == term else None

    def _term(self, number: int) -> bytes:
        return self.terms[self.term_ends[number] : self.term_ends[number + 1]].tobytes()


NAMES = tuple(field.name for field in fields(Index))


def in_memory(name: str, dtype: str, length: int) -> NDArray[Any]:
    """Room for an array in memory."""
    return np.empty(length, dtype)


@dataclass(frozen=True)
class Files:
    """Room for an index's arrays in the files of a folder."""

    folder: Path

    def __call__(self, name: str, dtype: str, length: int) -> NDArray[Any]:
        """An array whose values go to its file; one without values is all there is of it."""
        path = self.folder / f"{name}.npy"
        if not length:  # nothing cannot be mapped
            empty = np.empty(0, dtype)
            np.save(path, empty)
            return empty
        return np.lib.format.open_memmap(path, "w+", dtype, (length,))

    def finish(self, index: Index) -> None:
        """Writes what tells a whole index from a broken one."""
        for name in NAMES:
            array = getattr(index, name)
            if isinstance(array, np.memmap):
                array.flush()
        files = {name: _measured(self.folder / f"{name}.npy") for name in NAMES}
        summary = {"format": FORMAT, "version": VERSION, "files": files}
        (self.folder / SUMMARY).write_text(json.dumps(summary, indent=1) + "\n", "utf-8")


def open_index(folder: Path, *, thorough: bool = False) -> Index:
    """The index in a folder, mapped into memory.

    thorough: also reads every byte and compares it with what was written.

    Raises:
        UserError: there is no index, one of another version, or files of it are missing or broken.
    """
    try:
        summary = json.loads((folder / SUMMARY).read_text("utf-8"))
        if summary["format"] != FORMAT:
            raise ValueError("its index.json is another program's")
        if summary["version"] != VERSION:
            raise UserError(
                f"the search index in {folder} is of version {summary['version']}, this program "
                f"reads version {VERSION}: build it again"
            )
        arrays = {
            name: _mapped(folder / f"{name}.npy", summary["files"][name], thorough)
            for name in NAMES
        }
    except UserError:
        raise
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise UserError(f"there is no whole search index in {folder}: no {missing}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"the search index in {folder} is broken ({error}): build it again"
        ) from error
    return Index(**arrays)


def _mapped(path: Path, known: dict[str, int], thorough: bool) -> NDArray[Any]:
    if path.stat().st_size != known["bytes"]:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, not {known['bytes']}")
    if (thorough or known["bytes"] <= _CHECKED_BYTES) and _measured(path) != known:
        raise ValueError(f"{path.name} is not as it was written")
    mapped: NDArray[Any] = np.load(path, mmap_mode="r" if known["values"] else None)
    return mapped.view(np.ndarray)  # memmap's own slices are slow


def _measured(path: Path) -> dict[str, int]:
    check = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            check = zlib.crc32(chunk, check)
    values = len(np.load(path, mmap_mode="r"))
    return {"bytes": path.stat().st_size, "values": values, "crc32": check}
