"""The instruction's words, and what of the page has them, as links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from webagents.slots.building import Builder
from webagents.slots.records import Link
from webagents.slots.words import Word, key

SHORTEST = 2
"""The letters of the shortest words that beginnings and ends of texts are matched with."""


class Matching:
    """Links slots with the slots of the instruction's words that they have, case aside."""

    def __init__(self, builder: Builder, instruction: Sequence[Word]) -> None:
        """Matches with an instruction, the slot of whose word n is n."""
        self._builder, self._keys = builder, [key(word.text) for word in instruction]
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self._keys):
            self.places[word].append(place)
        self._lengths = sorted({len(word) for word in self._keys if len(word) >= SHORTEST})

    def words(self, slot: int, words: Sequence[Word], type_: Link) -> None:
        """Links a slot with the places of each of its words."""
        for word in dict.fromkeys(key(word.text) for word in words):
            for place in self.places.get(word, ()):
                self._builder.link(type_, place, slot)

    def whole(self, slot: int, words: Sequence[Word]) -> None:
        """Links a text or a value with the places where the instruction has the whole of it."""
        keys = [key(word.text) for word in words]
        for first in self.places.get(keys[0], ()):
            if self._keys[first : first + len(keys)] == keys:
                for place in range(first, first + len(keys)):
                    self._builder.link(Link.WORD_OF_WHOLE, place, slot)

    def edges(self, slot: int, text: str) -> None:
        """Links a text with the words that it begins or ends with, and is more than."""
        text = text.strip().lower()
        for length in self._lengths:
            if length >= len(text):
                break
            for place in self.places.get(text[:length], ()):
                self._builder.link(Link.WORD_BEGINS, place, slot)
            for place in self.places.get(text[-length:], ()):
                self._builder.link(Link.WORD_ENDS, place, slot)
