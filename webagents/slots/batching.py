"""Prompts as slots, and actions as symbols, side by side in arrays.

Legend: B prompts, S the most slots, C the most copies (1 at least), P the pieces of all copies, K
the pictures of all prompts, T the most symbols, W the most ways, V fixed symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from webagents.errors import UserError, clipped
from webagents.slots.grammar import Allowed, Saying
from webagents.slots.packing import bags_of, links_of, moved
from webagents.slots.records import Slots
from webagents.slots.symbols import START, Alphabet, Symbol

Arrays = dict[str, NDArray[Any]]

NO_LABEL = -100


class Lesson(NamedTuple):
    """A prompt with the action to learn.

    allowed: what each symbol competed with.
    last: whether it is the last action of what is asked, None where that is not known.
    """

    slots: Slots
    symbols: tuple[Symbol, ...]
    allowed: tuple[Allowed, ...]
    last: bool | None = None

    @property
    def lengths(self) -> tuple[int, int]:
        """How many slots and symbols there are."""
        return self.slots.size, len(self.symbols)

    @classmethod
    def of(cls, slots: Slots, symbols: Sequence[Symbol], alphabet: Alphabet) -> Lesson:
        """The lesson of an action.

        Raises:
            UserError: the rules of saying have no such action.
        """
        saying = Saying(alphabet, slots)
        allowed = []
        for symbol in symbols:
            allowed.append(saying.allowed())
            if not _fits(symbol, allowed[-1], slots, alphabet):
                raise UserError(f"{clipped(saying.name)} cannot be said as this action has it")
            saying.add(symbol.number)
        return cls(slots, tuple(symbols), tuple(allowed))


def _fits(symbol: Symbol, allowed: Allowed, slots: Slots, alphabet: Alphabet) -> bool:
    if symbol.number < alphabet.size:
        return bool(allowed.fixed[symbol.number])
    copy = symbol.number - alphabet.size - slots.size
    return allowed.elements if copy < 0 else bool(allowed.may_copy(len(slots.copies))[copy])


def batch_of(asked: Sequence[Slots]) -> Arrays:
    """Prompts as the model's arrays, padded on the right.

    Gives ``kinds`` and ``attention_mask`` and ``elements`` (B, S), ``copies`` and ``copy_mask``
    (B, C) and ``pieces`` (P, 3), ``seen`` (K,) and ``crops`` (K, side, side, 3) uint8 where there
    are pictures, and what `bags_of` and `links_of` give. Slots are numbered through: slot s of
    prompt b is b S + s; and so are copies.
    """
    if not asked:
        raise UserError("no prompts to make a batch of; one is the least")
    rows, width = len(asked), max(slots.size for slots in asked)
    most = max(1, *(len(slots.copies) for slots in asked))
    kinds = np.zeros((rows, width), np.int64)
    mask, elements = np.zeros((rows, width), np.int64), np.zeros((rows, width), np.bool_)
    copies, copy_mask = np.zeros((rows, most), np.int64), np.zeros((rows, most), np.bool_)
    for row, slots in enumerate(asked):
        kinds[row, : slots.size] = slots.kinds
        mask[row, : slots.size] = 1
        elements[row, : slots.size] = slots.refs > 0
        copies[row] = row * width
        copies[row, : len(slots.copies)] += slots.copies
        copy_mask[row, : len(slots.copies)] = True
    return {
        "kinds": kinds,
        "attention_mask": mask,
        "elements": elements,
        "copies": copies,
        "copy_mask": copy_mask,
        "pieces": moved([slots.pieces for slots in asked], most, (0,)),
        **bags_of(asked, width),
        **links_of(asked, width),
        **_pictures(asked, width),
    }


def _pictures(asked: Sequence[Slots], width: int) -> Arrays:
    if not any(len(slots.seen) for slots in asked):
        return {}
    seen = moved([slots.seen[:, None] for slots in asked], width, (0,))[:, 0]
    return {"seen": seen, "crops": np.concatenate([one.crops for one in asked if len(one.seen)])}


def lessons_of(lessons: Sequence[Lesson], alphabet: Alphabet) -> Arrays:
    """`batch_of` the prompts, with the actions.

    Adds ``symbols`` (B, T), what is said before each symbol, ``ways`` (B, T, W), the symbols that
    are right, -1 for none, ``labels`` (B, T), the first of them or -100, ``allowed`` (B, T, V),
    ``may_point`` (B, T), ``may_copy`` (B, T, C), and ``last`` (B,), 1 for a last action, 0 for
    another, -1 where that is not known. Symbols are numbered for the batch: fixed ones, then S
    slots, then C copies.
    """
    arrays = batch_of([lesson.slots for lesson in lessons])
    rows, width = arrays["kinds"].shape
    longest = max(len(lesson.symbols) for lesson in lessons)
    ways_most = max(len(symbol.ways) for lesson in lessons for symbol in lesson.symbols)
    ways = np.full((rows, longest, ways_most), -1, np.int64)
    symbols = np.full((rows, longest), START, np.int64)
    allowed = np.zeros((rows, longest, alphabet.size), np.bool_)
    allowed[:, :, START] = True  # where nothing is learned something has to be allowed
    may_point = np.zeros((rows, longest), np.bool_)
    may_copy = np.zeros((rows, longest, arrays["copies"].shape[1]), np.bool_)
    for row, lesson in enumerate(lessons):
        further, copies = width - lesson.slots.size, len(lesson.slots.copies)
        for place, (symbol, rule) in enumerate(zip(lesson.symbols, lesson.allowed, strict=True)):
            moved = [
                way + further if way >= alphabet.size + lesson.slots.size else way
                for way in symbol.ways
            ]
            ways[row, place, : len(moved)] = moved
            if place + 1 < longest:
                symbols[row, place + 1] = moved[0]
            allowed[row, place] = rule.fixed
            may_point[row, place] = rule.elements
            may_copy[row, place, :copies] = rule.may_copy(copies)
    return arrays | {
        "symbols": symbols,
        "ways": ways,
        "labels": np.where(ways[:, :, 0] < 0, NO_LABEL, ways[:, :, 0]),
        "allowed": allowed,
        "may_point": may_point,
        "may_copy": may_copy,
        "last": np.asarray([-1 if one.last is None else one.last for one in lessons], np.int64),
    }
