"""The pages in archives and folders, read one at a time without unpacking."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self, cast

import pyarrow as pa

from webagents.data.corpora.skipping import Reason

PAGES = (".html", ".htm", ".xhtml", ".shtml")
TEMPLATES = (
    ".php",
    ".phtml",
    ".tpl",
    ".twig",
    ".erb",
    ".ejs",
    ".hbs",
    ".mustache",
    ".jinja",
    ".j2",
)
_FAILURES = (
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    KeyError,
    NotImplementedError,
    tarfile.TarError,
)
UNREADABLE = (*_FAILURES, zipfile.BadZipFile, zlib.error, lzma.LZMAError, pa.ArrowException)
"""What reading an archive raises that is cut off, broken, or none."""

_HEADER_BYTES = 2**20
_LONG_HEADERS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)


class Member(NamedTuple):
    """A page in an input, unread.

    path: where it is in it.
    read: gives at most so many bytes of it; only until the next member is asked for.
    url: where it is from, where that is known.
    charset: what the server said of it.
    wrong: why it is left out unread; None: it is not.
    """

    path: str
    read: Callable[[int], bytes]
    url: str = ""
    charset: str | None = None
    wrong: Reason | None = None


class Container(NamedTuple):
    """How an input is read.

    suffixes: what its name ends in.
    members: the pages in it, in an order that is always the same.
    """

    suffixes: tuple[str, ...]
    members: Callable[[Path, tuple[str, ...]], Iterator[Member]]


def of_folder(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The pages in the files below a folder, links left out."""
    for folder, below, names in os.walk(path):
        below.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if not file.is_symlink() and file.is_file():
                inside = file.relative_to(path).as_posix()
                yield Member(inside, _reader(file, inside), wrong=_wrong(inside, suffixes))


def of_page(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The page that a file is."""
    yield Member(path.name, _reader(path, path.name))


def of_tar(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The pages in a tar archive, compressed or not."""
    with path.open("rb") as file:
        yield from _tarred(file, path.name, suffixes)


def of_deb(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The pages in a Debian package. Source of the format: deb(5), ar(5)."""
    with path.open("rb") as file:
        if file.read(8) != b"!<arch>\n":
            raise tarfile.ReadError("no ar archive")
        while header := file.read(60):
            if len(header) < 60 or header[58:] != b"`\n":
                raise tarfile.ReadError("a broken ar header")
            name, size = header[:16].decode("ascii", "replace").strip(" /"), int(header[48:58])
            if name.startswith("data.tar"):
                yield from _tarred(file, name, suffixes)
                return
            file.seek(size + size % 2, os.SEEK_CUR)


def of_zip(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The pages in a zip archive, or a wheel."""
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if not info.is_dir():
                yield Member(
                    info.filename,
                    _zipped(archive, info),
                    wrong=_wrong(info.filename, suffixes),
                )


def of_lines(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The pages in JSON lines: objects of ``html`` and, where it is known, ``url``."""
    with path.open("rb") as stored, _opened(stored, path.name) as file:
        number = 0
        while line := file.readline(_LINE_BYTES):
            number += 1
            where = f"{path.name}:{number}"
            if not line.endswith(b"\n") and len(line) == _LINE_BYTES:
                while (rest := file.readline(_LINE_BYTES)) and not rest.endswith(b"\n"):
                    pass
                yield Member(where, _nothing, wrong=Reason.HUGE)
                continue
            if line.strip():
                yield _line(line, where)


_LINE_BYTES = 2**25


def _line(line: bytes, where: str) -> Member:
    try:
        held = json.loads(line)
    except (ValueError, RecursionError):
        return Member(where, _nothing, wrong=Reason.UNREADABLE)
    html = held.get("html") if isinstance(held, dict) else None
    if not isinstance(html, str):
        return Member(where, _nothing, wrong=Reason.NOT_HTML)
    url = held.get("url")
    data = html.encode("utf-8", "ignore")
    known = url if isinstance(url, str) else ""
    return Member(where, lambda most: data[:most], url=known, charset="utf-8")


def urls_in(path: Path, inside: str) -> Mapping[str, str]:
    """Where the pages of a zip archive or a folder are from, by the end of their path.

    inside: the path in it of a JSON object: from a page's path to its url, or to an object with it.
    """
    if path.is_dir():
        text = path.joinpath(inside).read_bytes()
    else:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(inside)
    held = json.loads(text)
    if not isinstance(held, dict):
        raise ValueError(f"{inside} is no JSON object")
    folder = inside.rpartition("/")[0]
    return {
        f"{folder}/{page}".lstrip("/"): str(value["url"] if isinstance(value, dict) else value)
        for page, value in held.items()
    }


def _tarred(file: BinaryIO, name: str, suffixes: tuple[str, ...]) -> Iterator[Member]:
    with tarfile.open(fileobj=_unpacked(file, name), mode="r|", tarinfo=_Header) as archive:
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]  # it would remember every one
            if info.isreg():
                yield Member(info.name, _stored(archive, info), wrong=_wrong(info.name, suffixes))


class _Header(tarfile.TarInfo):
    """A header of a tar archive; one that makes the reader hold much in memory is refused."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header in a buffer."""
        info = super().frombuf(buf, encoding, errors)
        if info.type in _LONG_HEADERS and info.size > _HEADER_BYTES:
            raise tarfile.ReadError("a header of many megabytes")
        return info


def _unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """The stream without its compression."""
    if name.endswith((".gz", ".tgz")):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if name.endswith((".xz", ".txz")):
        return cast(BinaryIO, lzma.LZMAFile(file))
    if name.endswith(".bz2"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if name.endswith(".zst"):
        return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd"))
    return file


def _wrong(name: str, suffixes: tuple[str, ...]) -> Reason | None:
    return None if name.lower().removesuffix(".gz").endswith(suffixes) else Reason.NOT_HTML


def _opened(file: BinaryIO, name: str) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if name.lower().endswith(".gz") else file


def _reader(path: Path, name: str) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with path.open("rb") as file:
            return _opened(file, name).read(most)

    return read


def _stored(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        file = archive.extractfile(info)
        return _opened(cast(BinaryIO, file), info.name).read(most) if file else b""

    return read


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with archive.open(info) as file:
            return _opened(cast(BinaryIO, file), info.filename).read(most)

    return read


def _nothing(most: int) -> bytes:
    return b""
