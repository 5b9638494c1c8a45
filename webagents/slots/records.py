"""A prompt as slots: what a small network reads instead of tokens.

One slot stands for each word of the instruction, each of the latest actions, the last error's
words, each element of the page, and each text that stands between elements. What is known of a
slot is a bag of facts; how slots belong together is a set of typed links.

Legend: S slots, F facts, N numbers, L links, C copies, P pieces
of copies, K pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webagents.slots.words import Word

Ints = NDArray[np.int32]


class SlotKind(IntEnum):
    """What a slot stands for."""

    WORD = 0
    ERROR = 1
    ACTION = 2
    ELEMENT = 3
    TEXT = 4


class Link(IntEnum):
    """How one slot belongs to another: what the source is to the target."""

    PARENT = 0
    CHILD = 1
    PREVIOUS = 2
    NEXT = 3
    LABEL = 4
    LABELLED = 5
    WORD_OF_TEXT = 6
    TEXT_OF_WORD = 7
    WORD_OF_VALUE = 8
    VALUE_OF_WORD = 9
    WORD_OF_WHOLE = 10
    WHOLE_OF_WORD = 11
    ACTION_ON = 12
    ACTED_ON = 13
    TYPED = 14
    TYPED_IN = 15
    BEFORE = 16
    AFTER = 17
    WORD_BEGINS = 18
    BEGUN_BY = 19
    WORD_ENDS = 20
    ENDED_BY = 21


class Slots(NamedTuple):
    """A prompt as arrays.

    kinds: (S,), see `SlotKind`.
    refs: (S,), the elements' refs, 0 for what no action can name.
    facts: (F, 4): slot, name, piece, place; `name` says what field it is of, hashed.
    numbers: (N, 3): slot, name, place.
    values: (N,) float32, the numbers.
    links: (L, 3): type, source slot, target slot; see `Link`.
    copies: (C,), the slots of words that can be copied into an action's text.
    copied: the words themselves: first the instruction's, then the page's. Two that follow on each
        other there as they are copied keep the white space between them.
    pieces: (P, 3): copy, piece, place.
    seen: (K,), the slots of elements that have a picture; none for a model that does not see.
    crops: (K, S, S, 3) uint8, the pictures, S pixels a side.
    choices: by the ref of a list, the texts of its options.
    """

    kinds: Ints
    refs: Ints
    facts: Ints
    numbers: Ints
    values: NDArray[np.float32]
    links: Ints
    copies: Ints
    copied: tuple[Word, ...]
    pieces: Ints
    seen: Ints
    crops: NDArray[np.uint8]
    choices: Mapping[str, tuple[str, ...]]

    @property
    def size(self) -> int:
        """S."""
        return len(self.kinds)

    def joint(self, copy: int, after: str) -> str:
        """The white space that a copied word brings with it after a copied word of that text."""
        follows = copy > 0 and self.copied[copy - 1].text == after
        return self.copied[copy].before if follows else ""
