"""What may be said next: what is said by these rules is always a plan, or a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from webagents.models.pointer import PointerT5
from webagents.planners.compact.tongue import FIRST, LATER, SHAPES, Clause, Tongue
from webagents.slots import Slots
from webagents.slots.batching import Lesson, batch_of
from webagents.slots.grammar import Allowed
from webagents.slots.symbols import END, SEPARATOR, START, Symbol

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


@torch.no_grad()
def utter(model: PointerT5, asked: Sequence[Slots], tongue: Tongue) -> list[list[Clause]]:
    """What is said to each prompt, the likeliest symbol at a time.

    asked: prompts of one page or more with an element that can be named.
    """
    device = model.device
    arrays = {name: torch.from_numpy(array).to(device) for name, array in batch_of(asked).items()}
    read = model.read(**arrays)
    width = arrays["kinds"].shape[1]
    said = [Utterance(tongue, slots) for slots in asked]
    cache = None
    symbols = torch.full((len(asked), 1), START, device=device)
    while not all(each.done for each in said):
        decoded = model.t5.decoder(
            model.embed(symbols, read), read.states, read.mask, None, cache, use_cache=True
        )
        cache = decoded.past_key_values
        rules = _rules(said, tongue, read.copies.shape[1])
        allowed = (torch.from_numpy(rule).to(device) for rule in rules)
        scores = model.scores(decoded.last_hidden_state, read, *allowed)
        symbols = scores[:, 0].argmax(1, keepdim=True)
        for each, symbol in zip(said, symbols[:, 0].tolist(), strict=True):
            if not each.done:
                beyond = symbol >= tongue.size + width
                each.add(symbol - (width - each.slots.size) if beyond else symbol)
    return [each.clauses for each in said]


def _rules(
    said: Sequence[Utterance], tongue: Tongue, copies: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """What each may say next, as `PointerT5.scores` takes it: (B, 1, V), (B, 1), (B, 1, C)."""
    rules = [_ended(tongue) if each.done else each.allowed() for each in said]
    fixed = np.stack([rule.fixed for rule in rules])[:, None]
    points = np.array([[rule.elements] for rule in rules])
    words = np.zeros((len(said), 1, copies), np.bool_)
    for row, (each, rule) in enumerate(zip(said, rules, strict=True)):
        own = len(each.slots.copies)
        words[row, 0, :own] = rule.may_copy(own)
    return fixed, points, words


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


@lru_cache(maxsize=64)
def _ended(tongue: Tongue) -> Allowed:
    return _fixed(tongue, [], end=True)


def _fixed(tongue: Tongue, numbers: Sequence[int], *, end: bool = False) -> Allowed:
    fixed = np.zeros(tongue.size, np.bool_)
    fixed[list(numbers)] = True
    fixed[END] = end
    fixed.setflags(write=False)
    return Allowed(fixed, elements=False, copies=False)
