"""What may be said next: an action that is said by these rules is always one.

The state of an action half said is what it is so far; `Saying` follows the symbols one by one, in
training to know what the right symbol competes with, in play to leave out what would be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webagents.actions import ACTIONS, Action, Parameter
from webagents.actions.kinds import REFERENCE, TEXTS, Kind, Value
from webagents.slots.choosing import Choosing, choosing
from webagents.slots.literals import as_value, complete, copyable, following
from webagents.slots.records import Slots
from webagents.slots.symbols import END, SEPARATOR, Alphabet

NONE: frozenset[int] = frozenset()


class Allowed(NamedTuple):
    """What may come next.

    fixed: (V,) bool, of the fixed symbols.
    elements: whether it may be an element.
    copies: whether it may be a copied word.
    which: the only ones that it may be, None for any.
    """

    fixed: NDArray[np.bool_]
    elements: bool
    copies: bool
    which: frozenset[int] | None = None

    def may_copy(self, copies: int) -> NDArray[np.bool_]:
        """Which of so many copies it may be: (C,) bool."""
        if self.which is None:
            return np.full(copies, self.copies)
        may = np.zeros(copies, np.bool_)
        may[list(self.which)] = self.copies
        return may


@dataclass(slots=True)
class Saying:
    """An action in the making.

    slots: what it is said about.
    longest: bytes that all its texts may have together; then they have to end.
    """

    alphabet: Alphabet
    slots: Slots
    longest: int = 512
    name: str = ""
    done: bool = False
    _values: list[Value | None] = field(default_factory=list)
    _text: bytes = b""
    _copied: str = ""
    _spent: int = 0

    def allowed(self) -> Allowed:
        """What may come next."""
        if not self.name:
            return _allowed(self.alphabet, names=True)
        parameter = self._parameter
        if parameter is None:
            return _allowed(self.alphabet, end=True)
        if parameter.kind is REFERENCE:
            return _allowed(self.alphabet, elements=True)
        options = self._options()
        place, begun = len(self._values), bool(self._text)
        before = place > 0 and self._values[-1] is not None
        needed = self._needed(place, before=before)
        barred = self._halves(place) and not before
        bytes_ = NONE if barred else _following(parameter.kind, self._text)
        bytes_ = bytes_ if options is None else options.following
        whole = not begun or (bytes_ != _TAIL and bytes_ not in _CONTINUING.values())
        ends = whole and complete(parameter.kind, self._text, optional=not needed)
        ends = ends if options is None else options.ends
        room = self._spent < self.longest
        later = range(place + 1, len(self._parameters))
        allowed = _allowed(
            self.alphabet,
            end=(ends or not (needed or begun))
            and not any(self._needed(one, before=begun and one == place + 1) for one in later),
            separator=ends and bool(later),
            text=bytes_ if room or not ends else NONE,
            copies=copyable(parameter.kind) and whole and room,
        )
        if options is None or not allowed.copies:
            return allowed
        return allowed._replace(which=options.copies(self.slots, self._copied))

    def add(self, symbol: int) -> None:
        """Says one symbol more, which has to be an allowed one."""
        alphabet = self.alphabet
        if not self.name:
            self.name = alphabet.name(symbol)
        elif symbol == END:
            if self._parameter is not None and (self._text or not self._parameter.optional):
                self._close()
            self.done = True
        elif symbol == SEPARATOR:
            self._close()
        elif symbol < alphabet.size:
            self._text += bytes([symbol - alphabet.bytes])
            self._copied = ""
            self._spent += 1
        elif symbol < alphabet.size + self.slots.size:
            self._values.append(str(int(self.slots.refs[symbol - alphabet.size])))
        else:
            self._copy(symbol - alphabet.size - self.slots.size)

    def action(self) -> Action:
        """The action that was said.

        Raises:
            ActionError: it is none; what is said by these rules always is one.
        """
        names = [parameter.name for parameter in self._parameters]
        given = zip(names, self._values, strict=False)
        return Action(
            name=self.name, arguments={name: value for name, value in given if value is not None}
        )

    def _options(self) -> Choosing | None:
        """What may come next in the options of a list, None where something else is said."""
        if self._parameter is None or self._parameter.kind is not TEXTS or not self._values:
            return None
        options = self.slots.choices.get(str(self._values[0]))
        return choosing(options, self._text) if options else None

    @property
    def _parameters(self) -> tuple[Parameter, ...]:
        return ACTIONS[self.name].parameters

    @property
    def _parameter(self) -> Parameter | None:
        """The one whose argument is being said, None after the last."""
        place = len(self._values)
        return self._parameters[place] if place < len(self._parameters) else None

    def _needed(self, place: int, *, before: bool) -> bool:
        """Whether an argument has to be given: a point that may be left out is given whole.

        before: whether the argument before it is given.
        """
        return not self._parameters[place].optional or (before and self._halves(place))

    def _halves(self, place: int) -> bool:
        """Whether an argument is the second half of a point that may be left out."""
        pair = self._parameters[max(place - 1, 0) : place + 1]
        return len(pair) == 2 and all(one.optional and one.default is None for one in pair)

    def _copy(self, copy: int) -> None:
        word = self.slots.copied[copy].text
        joint = self.slots.joint(copy, self._copied) if self._copied else ""
        said = (joint + word).encode("utf-8", "replace")
        self._text += said
        self._copied = word
        self._spent += len(said)

    def _close(self) -> None:
        parameter = self._parameter
        assert parameter is not None
        self._values.append(as_value(parameter.kind, self._text.decode("utf-8", "replace")))
        self._text, self._copied = b"", ""


def _following(kind: Kind, text: bytes) -> frozenset[int]:
    allowed = following(kind, text)
    return _utf8(text) if allowed is None else allowed


def _utf8(text: bytes) -> frozenset[int]:
    """The bytes that go on with a text in UTF-8; control characters but tab and line break not."""
    tail = text[-3:]
    for back in range(1, len(tail) + 1):
        lead = tail[-back]
        if lead >= 0xC0:
            length = 2 + (lead >= 0xE0) + (lead >= 0xF0)
            if back < length:
                return _CONTINUING.get(lead, _TAIL) if back == 1 else _TAIL
            break
        if lead < 0x80:
            break
    return _STARTING


_TAIL = frozenset(range(0x80, 0xC0))
_STARTING = frozenset({9, 10, *range(0x20, 0x7F), *range(0xC2, 0xF5)})
_CONTINUING = {
    0xE0: frozenset(range(0xA0, 0xC0)),
    0xED: frozenset(range(0x80, 0xA0)),
    0xF0: frozenset(range(0x90, 0xC0)),
    0xF4: frozenset(range(0x80, 0x90)),
}


@lru_cache(maxsize=4096)
def _allowed(
    alphabet: Alphabet,
    *,
    names: bool = False,
    end: bool = False,
    separator: bool = False,
    elements: bool = False,
    copies: bool = False,
    text: frozenset[int] = frozenset(),
) -> Allowed:
    fixed = np.zeros(alphabet.size, np.bool_)
    if names:
        fixed[3 : alphabet.bytes] = True
    fixed[END], fixed[SEPARATOR] = end, separator
    fixed[[alphabet.bytes + byte for byte in text]] = True
    fixed.setflags(write=False)
    return Allowed(fixed, elements, copies)
