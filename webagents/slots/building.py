"""Slots, facts, numbers and links as they are collected, and the arrays they become."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from webagents.slots.records import Ints, Link, SlotKind, Slots
from webagents.slots.words import Pieces, Word, numbers_of, words_of

NAMES = 1024
"""How many names of fields are told apart: names are hashed to below it."""

PLACES = 24
"""How many places within a field are told apart; what comes later is left out."""


def name_of(field: str) -> int:
    """The number of a field's name, the same in every process."""
    return zlib.crc32(field.encode()) % NAMES


class Builder:
    """Collects the parts of `Slots`."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.kinds: list[int] = []
        self.refs: list[int] = []
        self.facts: list[tuple[int, int, int, int]] = []
        self.numbers: list[tuple[int, int, int]] = []
        self.values: list[float] = []
        self.links: list[tuple[int, int, int]] = []
        self.copies: list[int] = []
        self.copied: list[Word] = []
        self.copied_pieces: list[tuple[int, int, int]] = []

    def slot(self, kind: SlotKind, ref: int = 0) -> int:
        """A new slot's number."""
        self.kinds.append(kind)
        self.refs.append(ref)
        return len(self.kinds) - 1

    def say(
        self, slot: int, field: str, text: str, most: int = PLACES, *, spelled: bool = True
    ) -> list[Word]:
        """What a field of a slot says, up to `most` pieces; gives the words it was read as.

        A field without any word, such as ``checked``, is told by its name alone.

        spelled: whether the words count, and not only the numbers among them.
        """
        name = name_of(field)
        words = words_of(text, most)
        self.facts.append((slot, name, 0, 0))
        place = 1
        for word in words if spelled else ():
            for piece in self.pieces(word.text):
                if place < most:
                    self.facts.append((slot, name, piece, place))
                place += 1
        for colored, index, value in numbers_of(text):
            self.numbers.append((slot, name_of(f"{field}#") if colored else name, index))
            self.values.append(value)
        return words

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

    def built(self) -> Slots:
        """The arrays."""
        return Slots(
            kinds=np.asarray(self.kinds, np.int32),
            refs=np.asarray(self.refs, np.int32),
            facts=_table(self.facts, 4),
            numbers=_table(self.numbers, 3),
            values=np.asarray(self.values, np.float32),
            links=_table(self.links, 3),
            copies=np.asarray(self.copies, np.int32),
            copied=tuple(self.copied),
            pieces=_table(self.copied_pieces, 3),
        )


def _table(rows: Iterable[tuple[int, ...]], columns: int) -> Ints:
    return np.asarray(list(rows), np.int32).reshape(-1, columns)
