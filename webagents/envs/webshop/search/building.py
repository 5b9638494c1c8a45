"""Builds an index from a stream of documents, in memory that does not grow with their number.

Documents are collected into blocks. A full block is sorted by term and set down; in the end the
blocks' terms are merged into one vocabulary, which tells where each block's postings belong.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from webagents.envs.webshop.search.analysis import pieces, terms_of
from webagents.envs.webshop.search.bm25 import inverse_norms, length_bytes
from webagents.envs.webshop.search.index import Index, Room

BLOCK_TERMS = 1 << 23
"""Term occurrences of a block: some 400 MB while it is sorted."""
BLOCK_PIECES = 1 << 20
"""Different pieces of text that a block remembers the terms of."""
TOLD_EVERY = 1000

Told = Callable[[int], None]
"""Hears how many documents were read so far."""


class Sorted(NamedTuple):
    """A block: V' terms, P' postings, term after term, each term's documents ascending.

    terms: where its terms are read from, in byte order.
    counts: (V',) int64, the postings of each term.
    docs: (P',) int32.
    frequencies: (P',) int32, how often the document holds the term.
    """

    terms: list[bytes] | Path
    counts: NDArray[np.int64]
    docs: NDArray[np.int32]
    frequencies: NDArray[np.int32]

    def read_terms(self) -> Iterator[bytes]:
        """Its terms in byte order."""
        if isinstance(self.terms, Path):
            with self.terms.open("rb") as file:
                for line in file:
                    yield line.rstrip(b"\n")
        else:
            yield from self.terms


def build(
    documents: Iterable[tuple[str, str]],
    room: Room,
    *,
    scratch: Path | None = None,
    progress: Told | None = None,
    block_terms: int = BLOCK_TERMS,
) -> Index:
    """The index of documents, each an asin and a text.

    room: makes the arrays of the index.
    scratch: a folder for the blocks; None keeps them in memory.
    progress: hears how many documents were read so far, now and then and at the end.
    """
    asins: list[bytes] = []
    lengths = array("q")
    blocks: list[Sorted] = []
    block = _Block(0)
    for asin, text in documents:
        asins.append(asin.encode())
        lengths.append(block.add(text))
        if progress is not None and len(asins) % TOLD_EVERY == 0:
            progress(len(asins))
        if len(block.occurrences) >= block_terms:
            blocks.append(_kept(block.sorted(), scratch, len(blocks)))
            block = _Block(len(asins))
    blocks.append(_kept(block.sorted(), scratch, len(blocks)))
    if progress is not None:
        progress(len(asins))
    return _merged(blocks, asins, np.asarray(lengths, np.int64), room)


class _Block:
    """Documents being collected.

    first: the number of its first document.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self.numbers: dict[str, int] = {}
        self.pieces = _Pieces(self.numbers)
        self.occurrences = array("i")
        self.lengths = array("i")

    def add(self, text: str) -> int:
        """Takes a document; how many terms it has, repeats counted."""
        before = len(self.occurrences)
        if len(self.pieces) > BLOCK_PIECES:
            self.pieces.clear()
        found = map(self.pieces.__getitem__, pieces(text))
        self.occurrences.extend(chain.from_iterable(found))
        length = len(self.occurrences) - before
        self.lengths.append(length)
        return length

    def sorted(self) -> Sorted:
        """What it holds, in order."""
        names = [term.encode() for term in self.numbers]
        order = sorted(range(len(names)), key=names.__getitem__)
        places = np.empty(len(names), np.int64)
        places[order] = np.arange(len(names))
        width = max(len(self.lengths), 1)
        keys = places[np.asarray(self.occurrences, np.int32)] * width
        keys += np.repeat(np.arange(len(self.lengths)), np.asarray(self.lengths, np.int64))
        keys, frequencies = np.unique(keys, return_counts=True)
        return Sorted(
            terms=[names[place] for place in order],
            counts=np.bincount(keys // width, minlength=len(names)).astype(np.int64),
            docs=(keys % width + self.first).astype(np.int32),
            frequencies=frequencies.astype(np.int32),
        )


class _Pieces(dict[str, tuple[int, ...]]):
    """The numbers of a piece of text's terms; numbers are given as terms turn up."""

    def __init__(self, numbers: dict[str, int]) -> None:
        super().__init__()
        self.numbers = numbers

    def __missing__(self, piece: str) -> tuple[int, ...]:
        numbers = self.numbers
        found = tuple([numbers.setdefault(term, len(numbers)) for term in terms_of(piece)])
        self[piece] = found
        return found


def _kept(block: Sorted, scratch: Path | None, number: int) -> Sorted:
    """The block set down in a folder, where there is one."""
    if scratch is None or not len(block.docs):
        return block
    terms = scratch / f"{number}.terms"
    terms.write_bytes(b"".join(term + b"\n" for term in block.read_terms()))
    arrays = {}
    for name in ("docs", "frequencies"):
        path = scratch / f"{number}.{name}.npy"
        np.save(path, getattr(block, name))
        arrays[name] = np.load(path, mmap_mode="r")
    return block._replace(terms=terms, **arrays)


def _merged(
    blocks: list[Sorted], asins: list[bytes], lengths: NDArray[np.int64], room: Room
) -> Index:
    names, ends, numbers = _merged_terms(blocks)
    totals = np.zeros(len(ends) - 1, np.int64)
    for block, places in zip(blocks, numbers, strict=True):
        totals[places] += block.counts
    starts = np.concatenate(([0], np.cumsum(totals)))
    docs = room("docs", "<i4", int(starts[-1]))
    saturations = room("saturations", "<f4", int(starts[-1]))
    counted = int(np.count_nonzero(lengths))
    inverse = inverse_norms(float(lengths.sum()) / max(counted, 1)) if counted else np.zeros(256)
    norms = inverse.astype(np.float32)[length_bytes(lengths)]
    free = starts[:-1].copy()
    for block, places in zip(blocks, numbers, strict=True):
        before = np.cumsum(block.counts) - block.counts
        where = np.repeat(free[places] - before, block.counts) + np.arange(len(block.docs))
        docs[where] = block.docs
        saturations[where] = block.frequencies.astype(np.float32) * norms[block.docs]
        free[places] += block.counts
    peaks = np.maximum.reduceat(saturations, starts[:-1]) if len(totals) else np.empty(0, "<f4")
    asin_array = np.array(asins, "S") if asins else np.empty(0, "S1")
    ranks = np.empty(len(asins), np.int32)
    ranks[np.argsort(asin_array, kind="stable")] = np.arange(len(asins))
    return Index(
        asins=_filled(room, "asins", asin_array),
        ranks=_filled(room, "ranks", ranks),
        terms=_filled(room, "terms", np.frombuffer(names, np.uint8)),
        term_ends=_filled(room, "term_ends", ends),
        starts=_filled(room, "starts", starts),
        peaks=_filled(room, "peaks", np.asarray(peaks)),
        docs=docs,
        saturations=saturations,
        counted=_filled(room, "counted", np.array([counted], np.int64)),
    )


def _merged_terms(
    blocks: list[Sorted],
) -> tuple[bytearray, NDArray[np.int64], list[NDArray[np.int32]]]:
    """All terms in one, where each ends, and the number of each block's terms among them."""
    names, ends = bytearray(), array("q", [0])
    numbers = [array("i") for _ in blocks]
    last = None
    streams = (_numbered(block, number) for number, block in enumerate(blocks))
    for term, block in heapq.merge(*streams):
        if term != last:
            names += term
            ends.append(len(names))
            last = term
        numbers[block].append(len(ends) - 2)
    return names, np.asarray(ends, np.int64), [np.asarray(one, np.int32) for one in numbers]


def _numbered(block: Sorted, number: int) -> Iterator[tuple[bytes, int]]:
    return ((term, number) for term in block.read_terms())


def _filled(room: Room, name: str, values: NDArray[Any]) -> NDArray[Any]:
    made = room(name, values.dtype.str, len(values))
    made[:] = values
    return made
