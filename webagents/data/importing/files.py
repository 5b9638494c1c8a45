"""Finding the files of a dataset, and the bytes of one, compressed or not."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import orjson

from webagents.data.importing.records import Dropped
from webagents.errors import UserError

_GZIP = b"\x1f\x8b"


def found(src: Path, endings: tuple[str, ...]) -> list[Path]:
    """The files below `src` (or `src` itself) whose names end so, in order; hidden ones are not.

    Raises:
        UserError: there is nothing of that name, or no such file below it.
    """
    if src.is_file():
        return [src]
    if not src.is_dir():
        raise UserError(f"there is no {src}; name a file or a folder to import")
    paths = [
        Path(folder, name)
        for folder, inner, names in os.walk(src)
        for name in _seen(names, inner)
        if name.lower().endswith(endings)
    ]
    if not paths:
        raise UserError(f"{src} holds no file ending in {', '.join(endings)}")
    return sorted(paths)


def content(path: Path) -> bytes:
    """The file's bytes, uncompressed whatever its name says.

    Raises:
        Dropped: they cannot be had, or there are none.
    """
    try:
        data = path.read_bytes()
        if data.startswith(_GZIP):
            data = gzip.decompress(data)
    except EOFError as error:
        raise Dropped("truncated", str(error)) from error
    except (OSError, zlib.error) as error:
        raise Dropped("unreadable", str(error)) from error
    if not data.strip():
        raise Dropped("empty")
    return data


def json_values(path: Path) -> Iterator[object | Dropped]:
    """The values of a file of JSON or of JSON lines, one at a time; what is none says so.

    Of a list each entry is a value. Lines are read as they come, so that their number is no matter.
    Of an archive (zip) all files of JSON lines are read.
    """
    try:
        if zipfile.is_zipfile(path):
            yield from _zipped(path)
            return
        if path.name.lower().removesuffix(".gz").endswith(".json"):
            data = content(path)
            value = _value(data)
            first, *more = data.strip().split(b"\n", 1)
            lines_of_json = more and not isinstance(_value(first), Dropped)
            if not isinstance(value, Dropped) or not lines_of_json:
                yield from value if isinstance(value, list) else [value]
                return
        with path.open("rb") as file:
            packed = file.peek(2).startswith(_GZIP)
            with gzip.GzipFile(fileobj=file) if packed else nullcontext(file) as lines:
                for line in lines:
                    if line.strip():
                        yield _value(line)
    except Dropped as dropped:
        yield dropped
    except EOFError as error:
        yield Dropped("truncated", str(error))
    except (OSError, zlib.error, zipfile.BadZipFile) as error:
        yield Dropped("unreadable", str(error))


def _zipped(path: Path) -> Iterator[object | Dropped]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename
            if not name.lower().endswith((".jsonl", ".ndjson")) or name.startswith("__MACOSX"):
                continue
            if member.flag_bits & 1:
                yield Dropped("unreadable", f"{name} is encrypted")
                continue
            with archive.open(member) as lines:
                for line in lines:
                    if line.strip():
                        yield _value(line)


def parsed(data: bytes) -> object:
    """The value of JSON, also of what only Python's own reader takes, such as NaN.

    Halves of characters, which no file can hold, become "?", and what is no number null.

    Raises:
        Dropped: it is none.
    """
    try:
        try:
            value: object = orjson.loads(data)
        except ValueError:
            whole = json.dumps(json.loads(data), ensure_ascii=False)
            value = json.loads(whole.encode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Dropped("not JSON", str(error)) from error
    return value


def _value(data: bytes) -> object:
    try:
        return parsed(data)
    except Dropped as dropped:
        return dropped


def named(path: Path, src: Path) -> str:
    """The path as it is told: relative to what is imported, "?" for what is no character."""
    name = path.name if path == src else path.relative_to(src).as_posix()
    return name.encode("utf-8", "replace").decode()


def stem(file: str) -> str:
    """A relative path without the endings that say how it is written."""
    for ending in (".zip", ".gz", ".json", ".jsonl", ".ndjson"):
        file = file.removesuffix(ending)
    return file


def _seen(names: list[str], inner: list[str]) -> list[str]:
    inner[:] = [name for name in inner if not name.startswith(".")]
    return [name for name in names if not name.startswith(".")]
