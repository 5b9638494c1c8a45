"""The texts that lie in folders: of datasets, of Parquet files, of pages of HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from webagents.errors import UserError

COLUMNS = ("html", "text", "instruction", "action")
"""What is read of Parquet files, as far as they have it."""

PAGES = (".html", ".htm", ".xhtml")


def texts_in(folder: Path, *, limit_bytes: float | None = None) -> Iterator[str]:
    """The folder's texts, each once, in an order that only their names decide.

    folder: of Parquet files (`COLUMNS` of them; datasets are such), or of pages, at any depth. All
        Parquet files are read before the first page.
    limit_bytes: about where to stop, in bytes of UTF-8. Pages come in an order that mixes folders,
        so that the first ones are like the rest.

    Bytes of a page that are no UTF-8 are read as U+FFFD.

    Raises:
        UserError: the folder holds no such file.
    """
    tables = sorted(folder.rglob("*.parquet"))
    pages = sorted(
        (path for path in folder.rglob("*") if path.suffix in PAGES and path.is_file()),
        key=lambda path: (_mixed(path.relative_to(folder)), path),
    )
    if not tables and not pages:
        raise UserError(f"no *.parquet and no {', '.join(PAGES)} files in {folder}")
    seen: set[bytes] = set()
    size = 0
    for text in (*map(_of_table, tables), *map(_of_page, pages)):
        for part in text:
            raw = part.encode("utf-8", "replace")
            digest = hashlib.blake2b(raw, digest_size=16).digest()
            if not raw or digest in seen:
                continue
            seen.add(digest)
            size += len(raw)
            yield part
            if limit_bytes is not None and size >= limit_bytes:
                return


def _of_table(path: Path) -> Iterator[str]:
    with pq.ParquetFile(path) as file:
        columns = [name for name in COLUMNS if name in file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=256, columns=columns):
            for name in columns:
                yield from (text for text in batch.column(name).to_pylist() if text)


def _of_page(path: Path) -> Iterator[str]:
    yield path.read_bytes().decode("utf-8", "replace")


def _mixed(path: Path) -> bytes:
    return hashlib.blake2b(path.as_posix().encode(), digest_size=8).digest()
