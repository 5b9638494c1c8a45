"""Actions as symbols: a name, elements pointed at, and texts of copied words and single bytes.

An action is its name, then its arguments in order, up to the last that is not a default: a ref is
the slot of the element, anything else a text. Texts are closed by `SEPARATOR` where another
argument follows; `END` closes the action. A text is copied word by word as far as the prompt has
its words, and spelt in UTF-8 where it has not.

Symbols are numbered: the fixed ones first (see `Alphabet`), then the slots, then the copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from webagents.actions import ACTIONS, Action
from webagents.actions.kinds import REFERENCE, Kind, Value
from webagents.errors import UserError, clipped
from webagents.slots.literals import as_text, copyable
from webagents.slots.records import Slots
from webagents.slots.words import Word, words_of

START, END, SEPARATOR = 0, 1, 2

MOST_WAYS = 8
"""How many copies of one word are learned as equally right."""


class Symbol(NamedTuple):
    """One step of saying an action.

    number: the symbol's, as the action was put into symbols.
    ways: other symbols that mean the same here, its own number included.
    """

    number: int
    ways: tuple[int, ...]


@dataclass(frozen=True)
class Alphabet:
    """The fixed symbols: start, end, separator, the actions' names, the 256 bytes.

    names: the actions that can be said, in the order they are numbered.
    """

    names: tuple[str, ...] = tuple(ACTIONS)

    def __post_init__(self) -> None:
        unknown = [name for name in self.names if name not in ACTIONS]
        if unknown:
            raise UserError(f"no action {clipped(', '.join(unknown))} in this version")

    @property
    def size(self) -> int:
        """How many fixed symbols there are."""
        return self.bytes + 256

    @property
    def bytes(self) -> int:
        """The symbol of byte 0; those of the others follow."""
        return 3 + len(self.names)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The symbol of each name."""
        return {name: 3 + place for place, name in enumerate(self.names)}

    def name(self, symbol: int) -> str:
        """The name that a symbol stands for."""
        return self.names[symbol - 3]

    def spelled(self, action: Action, slots: Slots) -> list[Symbol]:
        """An action's symbols, closed by `END`.

        Raises:
            UserError: it names an element that has no slot, or an action not in this alphabet.
        """
        if action.name not in self.numbers:
            raise UserError(f"{action.name} is no action of this model")
        said = [_one(self.numbers[action.name])]
        given = given_arguments(action)
        for place, (kind, value) in enumerate(given):
            if kind is REFERENCE:
                found = np.flatnonzero(slots.refs == int(str(value)))
                if not len(found):
                    raise UserError(f"element {value} of {clipped(action.text)} has no slot")
                said.append(_one(self.size + int(found[0])))
                continue
            text = as_text(value)
            said += self._text(text, slots) if copyable(kind) else self._bytes(text)
            if place < len(given) - 1:
                said.append(_one(SEPARATOR))
        return [*said, _one(END)]

    def _text(self, text: str, slots: Slots) -> Iterator[Symbol]:
        """A text by the longest runs of words that the prompt has, and bytes in between."""
        words = words_of(text)
        base = self.size + slots.size
        place, after = 0, None
        while place < len(words):
            word = words[place]
            yield from self._bytes(word.before)
            starts, length = _longest_run(words[place:], slots, after)
            if not starts:
                yield from self._bytes(word.text)
            for step in range(length):
                ways = tuple(base + start + step for start in starts[:MOST_WAYS])
                yield Symbol(ways[0], ways)
            place += length or 1
            # A word copied right after the one before it brings the white space between them.
            ends = place < len(words) and not words[place].before
            after = words[place - 1].text if starts and ends else None
        yield from self._bytes(text[sum(len(word.before) + len(word.text) for word in words) :])

    def _bytes(self, text: str) -> Iterator[Symbol]:
        for byte in text.encode("utf-8", "replace"):
            yield _one(self.bytes + byte)


def _longest_run(words: Sequence[Word], slots: Slots, after: str | None) -> tuple[list[int], int]:
    """The longest run of copies that begins as the words do, white space between them included.

    after: the word copied before, if what follows stands close to it: copies with white space
        between the two are left out then.

    Gives all the copies it begins at, and its length.
    """
    starts = [
        place
        for place, word in enumerate(slots.copied)
        if word.text == words[0].text and not (after and slots.joint(place, after))
    ]
    length = 1
    while length < len(words):
        longer = [
            start
            for start in starts
            if start + length < len(slots.copied) and slots.copied[start + length] == words[length]
        ]
        if not longer:
            break
        starts, length = longer, length + 1
    return starts, length if starts else 0


def given_arguments(action: Action) -> list[tuple[Kind, Value | None]]:
    """The kinds and values of an action's arguments, up to the last that is not a default."""
    parameters = ACTIONS[action.name].parameters
    values = [action.arguments.get(parameter.name) for parameter in parameters]
    needed = [
        place
        for place, (parameter, value) in enumerate(zip(parameters, values, strict=True))
        if not parameter.optional or (value is not None and value != parameter.default)
    ]
    last = max(needed, default=-1)
    return [
        (parameter.kind, parameter.default if value is None else value)
        for parameter, value in zip(parameters[: last + 1], values, strict=False)
    ]


def _one(number: int) -> Symbol:
    return Symbol(number, (number,))
