"""What may be said next: what is said by these rules is always a plan, or a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from webagents.models.pointer import PointerT5, speak
from webagents.planners.compact.tongue import FIRST, LATER, SHAPES, Clause, Tongue
from webagents.slots import Slots
from webagents.slots.batching import Lesson
from webagents.slots.grammar import Allowed
from webagents.slots.symbols import END, SEPARATOR, Symbol

MOST_CLAUSES = 12
LONGEST = 400
"""Bytes that a text may have; then it ends."""


@dataclass(slots=True)
class Utterance:
    """Clauses in the making, about some slots."""

    tongue: Tongue
    slots: Slots
    clauses: list[Clause] = field(default_factory=list)
    done: bool = False
    _verb: str = ""
    _ref: str = ""
    _text: bytes = b""
    _copied: str = ""
    _used: set[int] = field(default_factory=set)

    def allowed(self) -> Allowed:
        """What may come next."""
        if not self._verb:
            most = len(self.clauses) >= MOST_CLAUSES
            return _verbs(self.tongue, first=not self.clauses, most=most)
        if "r" in SHAPES[self._verb] and not self._ref:
            return _element(self.tongue)
        room = len(self._text) < LONGEST
        allowed = _text(self.tongue, room=room, ends=bool(self._text.strip()))
        if not self._used or not room:
            return allowed
        unsaid = frozenset(range(len(self.slots.copies))) - self._used
        return allowed._replace(which=unsaid)

    def add(self, symbol: int) -> None:
        """Says one symbol more, which has to be an allowed one."""
        tongue = self.tongue
        if symbol == END:
            self.done = True
        elif not self._verb:
            self._verb = tongue.verbs[symbol - 3]
        elif symbol == SEPARATOR:
            self._close()
        elif symbol < tongue.bytes:
            self._text += tongue.words[symbol - 3 - len(tongue.verbs)].encode()
            self._copied = ""
        elif symbol < tongue.size:
            self._text += bytes([symbol - tongue.bytes])
            self._copied = ""
        elif symbol < tongue.size + self.slots.size:
            self._ref = str(int(self.slots.refs[symbol - tongue.size]))
            if "t" not in SHAPES[self._verb]:
                self._close()
        else:
            copy = symbol - tongue.size - self.slots.size
            word = self.slots.copied[copy].text
            joint = self.slots.joint(copy, self._copied) if self._copied else ""
            self._text += (joint + word).encode("utf-8", "replace")
            self._copied = word
            self._used.add(copy)

    def _close(self) -> None:
        # Bytes that make no UTF-8 are left out.
        self.clauses.append(Clause(self._verb, self._ref, self._text.decode("utf-8", "ignore")))
        self._verb, self._ref, self._text, self._copied = "", "", b"", ""
        self._used = set()


def lesson_of(slots: Slots, symbols: Sequence[Symbol], tongue: Tongue) -> Lesson:
    """Slots with the symbols to learn, and what each of those competed with."""
    utterance = Utterance(tongue, slots)
    allowed = []
    for symbol in symbols:
        allowed.append(utterance.allowed())
        utterance.add(symbol.number)
    return Lesson(slots, tuple(symbols), tuple(allowed))


def utter(model: PointerT5, asked: Sequence[Slots], tongue: Tongue) -> list[list[Clause]]:
    """What is said to each prompt, the likeliest symbol at a time.

    asked: prompts of one page or more with an element that can be named.
    """
    said = [Utterance(tongue, slots) for slots in asked]
    speak(model, said)
    return [each.clauses for each in said]


@lru_cache(maxsize=64)
def _verbs(tongue: Tongue, *, first: bool, most: bool) -> Allowed:
    verbs = FIRST[tongue.kind] if first else () if most else LATER[tongue.kind]
    return _fixed(tongue, [tongue.verb_numbers[verb] for verb in verbs], end=not first)


@lru_cache(maxsize=64)
def _element(tongue: Tongue) -> Allowed:
    return Allowed(_fixed(tongue, []).fixed, elements=True, copies=False)


@lru_cache(maxsize=64)
def _text(tongue: Tongue, *, room: bool, ends: bool) -> Allowed:
    numbers = list(range(3 + len(tongue.verbs), tongue.bytes)) if room else []
    numbers += [tongue.bytes + byte for byte in range(0x20, 0xF5) if byte != 0x7F] if room else []
    numbers += [SEPARATOR] if ends or not room else []
    return Allowed(_fixed(tongue, numbers).fixed, elements=False, copies=room)


def _fixed(tongue: Tongue, numbers: Sequence[int], *, end: bool = False) -> Allowed:
    fixed = np.zeros(tongue.size, np.bool_)
    fixed[list(numbers)] = True
    fixed[END] = end
    fixed.setflags(write=False)
    return Allowed(fixed, elements=False, copies=False)
