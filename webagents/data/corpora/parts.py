"""What one piece of an input gives, in a file: its examples, and what was counted."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from webagents.data.corpora.archives import UNREADABLE, Member, urls_in
from webagents.data.corpora.fingerprints import BANDS, bands_of, key_of
from webagents.data.corpora.memory import give_back
from webagents.data.corpora.pages import Raw, Rules, examples_of
from webagents.data.corpora.skipping import Reason, Skipped
from webagents.data.corpora.sources import CONTAINERS, Piece, storable
from webagents.errors import UserError

Counts = Counter[str]
"""``pages``, ``bytes`` and ``examples``, and what was left out under ``pages: REASON`` and
``examples: REASON``."""

TEXTS = ("html", "url", "site", "kind")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in TEXTS),
        ("key", pa.uint64()),
        ("bands", pa.binary(8 * BANDS)),
    ]
)
_TOGETHER = 2**22  # characters that are written at once
_COUNTS = b"counts"


def make_part(piece: Piece, rules: Rules, path: Path) -> Counts:
    """Reads a piece and writes its part, whole or not at all; what was counted."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    counts: Counts = Counter()
    with pq.ParquetWriter(new, SCHEMA, compression="zstd", compression_level=1) as writer:
        rows: list[tuple[object, ...]] = []
        size = 0
        for row in _rows(piece, rules, counts):
            rows.append(row)
            size += len(str(row[0]))
            if size >= _TOGETHER:
                writer.write_batch(_batch(rows))
                rows, size = [], 0
                give_back()
        if rows:
            writer.write_batch(_batch(rows))
        writer.add_key_value_metadata({_COUNTS: json.dumps(counts, sort_keys=True).encode()})
    new.replace(path)
    give_back()
    return counts


def make_empty_part(piece: Piece, path: Path, reason: Reason) -> Counts:
    """Writes the part of a piece that cannot be read."""
    counts: Counts = Counter({f"pages: {reason}": 1})
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with pq.ParquetWriter(new, SCHEMA) as writer:
        writer.add_key_value_metadata({_COUNTS: json.dumps(counts).encode()})
    new.replace(path)
    return counts


def counts_of(path: Path) -> Counts:
    """What was counted when a part was made."""
    held: Mapping[bytes, bytes] = pq.read_metadata(path).metadata
    return Counter(json.loads(held[_COUNTS]))


def _batch(rows: list[tuple[object, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _rows(piece: Piece, rules: Rules, counts: Counts) -> Iterator[tuple[object, ...]]:
    skipped: Counts = Counter()
    for member, data in _pages(piece, rules, counts):
        counts["pages"] += 1
        counts["bytes"] += len(data)
        site, url = (storable(text) for text in (_site(piece, member), member.url or member.path))
        try:
            raw = Raw(data, member.charset, piece.input.templates)
            for cut in examples_of(raw, rules, skipped):
                text = cut.html.encode()
                counts["examples"] += 1
                bands = np.ascontiguousarray(bands_of(text), "<u8").tobytes()
                yield cut.html, url, site, cut.kind, key_of(text), bands
        except Skipped as why:
            counts[f"pages: {why.reason}"] += 1
    for reason, number in skipped.items():
        counts[f"examples: {reason}"] += number


def _pages(piece: Piece, rules: Rules, counts: Counts) -> Iterator[tuple[Member, bytes]]:
    """The piece's pages, as far as they can be read."""
    one = piece.input
    torn = False
    try:
        urls = urls_in(one.path, one.urls) if one.urls else {}
        members = CONTAINERS[one.container].members(one.path, one.suffixes)
        for number, member in enumerate(members):
            if number % piece.of != piece.number:
                continue
            if member.wrong is not None:
                counts[f"pages: {member.wrong}"] += 1
                continue
            try:
                data = member.read(rules.page_bytes + 1)
            except UNREADABLE:
                torn = True
                counts[f"pages: {Reason.UNREADABLE}"] += 1
                continue
            torn = False
            yield member._replace(url=member.url or urls.get(member.path, "")), data
    except UserError:
        raise  # it is the installation
    except UNREADABLE:
        # Where the archive ends in the middle of a page, that has been counted.
        if piece.number == 0 and not torn:
            counts[f"pages: {Reason.UNREADABLE}"] += 1


def _site(piece: Piece, member: Member) -> str:
    how, name = piece.input.site, piece.input.name
    if how == "page":
        return member.url or f"{name}/{member.path}"
    if how == "folder":
        return f"{name}/{member.path.removeprefix('./').partition('/')[0]}"
    try:
        host = urlsplit(member.url).hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.") or name
