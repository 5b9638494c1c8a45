"""The pages in WARC files, Common Crawl's format (ISO 28500)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from webagents.data.corpora.archives import Member
from webagents.data.corpora.skipping import Reason

_HTML = ("text/html", "application/xhtml+xml")
_HEADER_BYTES = 2**16
_ZLIB = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.I)
_SIZE = re.compile(rb"\s*([0-9a-fA-F]{1,8})[^\r\n]*\r?\n")


def of_warc(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    """The pages that servers answered with, or that were kept without an answer.

    Raises:
        OSError: it cannot be read on.
    """
    records = WarcRecordType.response | WarcRecordType.resource
    with path.open("rb") as file:
        for record in ArchiveIterator(
            file, record_types=records, parse_http=True, max_header_len=_HEADER_BYTES
        ):
            yield _member(record)


def _member(record: WarcRecord) -> Member:
    url = record.headers.get("WARC-Target-URI") or ""
    path = url.strip("<>")
    if not record.is_http_parsed:
        kind = record.headers.get("Content-Type") or ""
        return Member(path, _whole(record), path, _charset(kind), _of_kind(kind))
    answer = record.http_headers
    kind = answer.get("Content-Type") or ""
    status = answer.status_code
    if status is None or not 200 <= status < 300:
        return Member(path, _whole(record), path, wrong=Reason.STATUS)
    codings = [
        coding.strip().lower()
        for name in ("Content-Encoding", "Transfer-Encoding")
        for coding in (answer.get(name) or "").split(",")
        if coding.strip() and coding.strip().lower() != "identity"
    ]
    return Member(path, _body(record, codings), path, _charset(kind), _of_kind(kind))


def _of_kind(kind: str) -> Reason | None:
    """None for what may be a page; a server that says nothing may have sent one."""
    named = kind.partition(";")[0].strip().lower()
    return Reason.NOT_HTML if named and named not in _HTML else None


def _charset(kind: str) -> str | None:
    found = _CHARSET.search(kind)
    return found[1] if found else None


def _whole(record: WarcRecord) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        data = _read(record, most)
        if len(data) < min(most, record.content_length):
            raise EOFError("the record is cut off")
        return data

    return read


def _body(record: WarcRecord, codings: list[str]) -> Callable[[int], bytes]:
    whole = _whole(record)

    def read(most: int) -> bytes:
        # Crawlers, Common Crawl's among them, may keep the headers of a coding they have undone:
        # what does not look coded is taken as it is.
        data = whole(most)
        if "chunked" in codings:
            data = _unchunked(data)
        for coding in reversed([each for each in codings if each != "chunked"]):
            if not data.lstrip().startswith(b"<"):
                data = _decompressed(data, coding, most)
        return data

    return read


def _decompressed(data: bytes, coding: str, most: int) -> bytes:
    """At most so many bytes of what was compressed.

    Raises:
        ValueError: the coding is not known, or the data is not of it.
    """
    if coding in _ZLIB:
        return zlib.decompressobj(_ZLIB[coding]).decompress(data, most)
    if coding != "br":
        raise ValueError(f"the coding {coding!r} is not known")
    stream = brotli.Decompressor()
    try:
        found: bytes = stream.process(data, output_buffer_limit=most)
    except brotli.error as error:
        raise ValueError("no Brotli") from error
    return found[:most]


def _read(record: WarcRecord, most: int) -> bytes:
    parts = []
    left = most
    while left and (part := record.reader.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _unchunked(data: bytes) -> bytes:
    """The content of a body in chunks, as far as it is whole; as it is where it has none."""
    parts = []
    at = 0
    while size := _SIZE.match(data, at):
        length = int(size[1], 16)
        parts.append(data[size.end() : size.end() + length])
        at = size.end() + length
        if length == 0 or at >= len(data):
            return b"".join(parts)
        at += 2 if data[at : at + 2] == b"\r\n" else 0
    return b"".join(parts) if parts else data
