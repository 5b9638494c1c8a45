"""Slots, facts, numbers and links as they are collected, and the arrays they become."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webagents.slots.crops import Box, crops
from webagents.slots.records import Ints, Link, SlotKind, Slots
from webagents.slots.words import Pieces, Word, numbers_of, words_of
from webagents.types import Screenshot

NAMES = 1024
"""How many names of fields are told apart: names are hashed to below it."""

PLACES = 24
"""How many places within a field are told apart; what comes later is left out."""


def name_of(field: str) -> int:
    """The number of a field's name, the same in every process."""
    return zlib.crc32(field.encode()) % NAMES


class Said(NamedTuple):
    """What a field says, whatever slot it is of.

    facts: (F, 3): name, piece, place. numbers: (N, 2): name, place. values: (N,), the numbers.
    words: the text as words.
    """

    facts: Ints
    numbers: Ints
    values: NDArray[np.float32]
    words: tuple[Word, ...]


@lru_cache(maxsize=1 << 15)  # pages say the same again and again, step after step
def said(pieces: Pieces, field: str, text: str, most: int, *, spelled: bool) -> Said:
    """What a field says with a text, see `Builder.say`."""
    name = name_of(field)
    words = tuple(words_of(text, most))
    facts = [(name, 0, 0)]
    spelling = chain.from_iterable(pieces(word.text) for word in words if spelled)
    facts += [(name, piece, place) for place, piece in zip(range(1, most), spelling, strict=False)]
    found = list(numbers_of(text))
    return Said(
        _table(facts, 3),
        _table([(name_of(f"{field}#") if part else name, at) for part, at, _ in found], 2),
        np.asarray([value for *_, value in found], np.float32),
        words,
    )


class Builder:
    """Collects the parts of `Slots`."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.kinds: list[int] = []
        self.refs: list[int] = []
        self.said: list[Said] = []
        self.sayers: list[int] = []
        self.links: list[tuple[int, int, int]] = []
        self.copies: list[int] = []
        self.copied: list[Word] = []
        self.copied_pieces: list[tuple[int, int, int]] = []
        self.seen: list[int] = []
        self.boxes: list[Box] = []
        self.choices: dict[str, tuple[str, ...]] = {}

    def slot(self, kind: SlotKind, ref: int = 0) -> int:
        """A new slot's number."""
        self.kinds.append(kind)
        self.refs.append(ref)
        return len(self.kinds) - 1

    def say(
        self, slot: int, field: str, text: str, most: int = PLACES, *, spelled: bool = True
    ) -> tuple[Word, ...]:
        """What a field of a slot says, up to `most` pieces; gives the words it was read as.

        A field without any word, such as ``checked``, is told by its name alone.

        spelled: whether the words count, and not only the numbers among them.
        """
        found = said(self.pieces, field, text, most, spelled=spelled)
        self.said.append(found)
        self.sayers.append(slot)
        return found.words

    def link(self, type_: Link, source: int, target: int) -> None:
        """A link of which the other way is the type after it."""
        self.links.append((type_, source, target))
        self.links.append((type_ + 1, target, source))

    def offer(self, slot: int, words: Sequence[Word]) -> None:
        """Words of a slot that can be copied."""
        for word in words:
            copy = len(self.copies)
            self.copies.append(slot)
            self.copied.append(word)
            for place, piece in enumerate(self.pieces(word.text)[:PLACES]):
                self.copied_pieces.append((copy, piece, place))

    def show(self, slot: int, box: Box) -> None:
        """Where in the screenshot a slot's element is."""
        self.seen.append(slot)
        self.boxes.append(box)

    def built(self, screenshot: Screenshot | None = None, side: int = 0) -> Slots:
        """The arrays; with a screenshot, pictures of `side` pixels a side among them."""
        shown = self.boxes if screenshot is not None else []
        return Slots(
            kinds=np.asarray(self.kinds, np.int32),
            refs=np.asarray(self.refs, np.int32),
            facts=self._told([one.facts for one in self.said], 3),
            numbers=self._told([one.numbers for one in self.said], 2),
            values=np.concatenate([_NO_VALUES, *(one.values for one in self.said)]),
            links=_table(self.links, 3),
            copies=np.asarray(self.copies, np.int32),
            copied=tuple(self.copied),
            pieces=_table(self.copied_pieces, 3),
            seen=np.asarray(self.seen[: len(shown)], np.int32),
            crops=_NO_PICTURE if screenshot is None else crops(screenshot, shown, side),
            choices=self.choices,
        )

    def _told(self, tables: Sequence[Ints], columns: int) -> Ints:
        """The tables of all that was said, the slots put before as a first column."""
        slots = np.repeat(np.asarray(self.sayers, np.int32), [len(table) for table in tables])
        rows = np.concatenate([np.zeros((0, columns), np.int32), *tables])
        return np.column_stack([slots, rows])


_NO_PICTURE = np.zeros((0, 0, 0, 3), np.uint8)
_NO_VALUES = np.zeros(0, np.float32)


def _table(rows: Iterable[tuple[int, ...]], columns: int) -> Ints:
    return np.asarray(list(rows), np.int32).reshape(-1, columns)
