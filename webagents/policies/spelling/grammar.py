"""The grammar of actions as patterns: every text that fits is one action, which `parse` reads.

It is narrower than what `parse` takes: each action as `Action.text` writes it, or as WebGUM does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Literal

from webagents.actions import ACTIONS, Parameter
from webagents.actions.kinds import (
    BUTTON,
    DISTANCE,
    DURATION,
    HELD,
    INDEX,
    MODIFIERS,
    PIXEL,
    REFERENCE,
    TEXT,
    TEXTS,
)
from webagents.policies.spelling.automaton import END, Node, Pattern

Form = Literal["calls", "webgum"]
Part = Callable[[Node], Node]
"""Gives the node to begin with, for the node that comes after."""

_DIGITS = range(0x30, 0x3A)
_HEX = (*_DIGITS, *range(0x61, 0x67))
_TAIL = range(0x80, 0xC0)
_ASCII = frozenset(range(0x20, 0x7F))
_LONGER = (
    # RFC 3629, section 4: the well-formed sequences of UTF-8 of two bytes and more
    (range(0xC2, 0xE0), _TAIL),
    ((0xE0,), range(0xA0, 0xC0), _TAIL),
    ((*range(0xE1, 0xED), 0xEE, 0xEF), _TAIL, _TAIL),
    ((0xED,), range(0x80, 0xA0), _TAIL),
    ((0xF0,), range(0x90, 0xC0), _TAIL, _TAIL),
    (range(0xF1, 0xF4), _TAIL, _TAIL, _TAIL),
    ((0xF4,), range(0x80, 0x90), _TAIL, _TAIL),
)


class Grammar:
    """The actions of a form, as a pattern.

    pattern, begin: it, and where it begins.
    """

    def __init__(self, form: Form, *, refs: bool, spaced: bool) -> None:
        """A grammar.

        refs: whether pages have refs; where not, there are no actions on elements.
        spaced: whether a text may begin with a space, as SentencePiece's do.
        """
        self.pattern, self._refs = Pattern(), refs
        self.begin = self._webgum() if form == "webgum" else self._calls()
        if spaced:
            self.begin = self.pattern.either(self.pattern.literal(" ", self.begin), self.begin)

    def _calls(self) -> Node:
        """``click('5')`` and all other actions, and the shop's ``search[red shoes]``."""
        chosen = [
            signature
            for signature in ACTIONS.values()
            if self._refs or all(each.kind is not REFERENCE for each in signature.parameters)
        ]
        ways = [
            self.pattern.literal(f"{each.name}(", self._arguments(each.parameters))
            for each in chosen
        ]
        named = self._characters(frozenset(), "]", END, least=1)
        ways += [self.pattern.literal(f"{word}[", named) for word in ("search", "click")]
        return self.pattern.either(*ways)

    def _webgum(self) -> Node:
        """``{'action': 'click', 'ref': '6'}`` and ``{'action': 'type', …}``."""
        if not self._refs:
            return self.pattern.node()
        literal = self.pattern.literal
        typed = literal(", 'typed_text': ", self._quoted(literal("}", END)))
        clicked = self._value(REFERENCE)(literal("}", END))
        return self.pattern.either(
            literal("{'action': 'click', 'ref': ", clicked),
            literal("{'action': 'type', 'ref': ", self._value(REFERENCE)(typed)),
        )

    def _arguments(
        self, left: Sequence[Parameter], *, in_order: bool = True, first: bool = True
    ) -> Node:
        """The arguments of some parameters, and the bracket; as `Signature.text` writes them."""
        if not left:
            return self.pattern.literal(")", END)
        # what has no default is given together, as a point's coordinates are
        together = takewhile(lambda each: each.optional and each.default is None, left)
        count = max(sum(1 for _ in together), 1)
        given = self._arguments(left[count:], in_order=in_order, first=False)
        for place in range(count - 1, -1, -1):
            given = self._value(left[place].kind)(given)
            name = "" if in_order else f"{left[place].name}="
            comma = "" if first and place == 0 else ", "
            given = self.pattern.literal(comma + name, given)
        if not left[0].optional:
            return given
        return self.pattern.either(
            given, self._arguments(left[count:], in_order=False, first=first)
        )

    def _value(self, kind: object) -> Part:
        """A value of a kind, as `literal` writes it."""
        literal = self.pattern.literal
        if kind is REFERENCE:
            return lambda then: literal("'", self.pattern.ref(literal("'", then)))
        if kind is TEXT:
            return self._quoted
        if kind is TEXTS:
            return lambda then: self.pattern.either(self._quoted(then), self._texts(then))
        if kind is BUTTON:
            return lambda then: self._one_of(["'middle'", "'right'"], then)
        if kind is HELD:
            return self._held
        if kind is PIXEL:
            return lambda then: self._number(10_000, then, parts=True)
        if kind is DISTANCE:
            return lambda then: self._signed(self._number(100_000, then, parts=True))
        if kind is DURATION:
            return lambda then: self._number(60_000, then)
        if kind is INDEX:
            return lambda then: self._number(999, then)
        return lambda then: self._quoted(then, least=1)

    def _quoted(self, then: Node, *, least: int = 0) -> Node:
        """A string, as Python writes it, of at least so many characters."""
        return self.pattern.either(
            *(
                self.pattern.literal(
                    quote, self._characters(frozenset((quote, "\\")), quote, then, least=least)
                )
                for quote in "'\""
            )
        )

    def _characters(self, without: frozenset[str], end: str, then: Node, *, least: int) -> Node:
        """Characters, and what ends them; with a backslash among `without`, Python's escapes."""
        plain = _ASCII - {ord(each) for each in without}

        def character(after: Node) -> Node:
            ways = [self.pattern.one_of(plain, after)]
            for sequence in _LONGER:
                node = after
                for allowed in reversed(sequence):
                    node = self.pattern.one_of(allowed, node)
                ways.append(node)
            if "\\" in without:
                ways.append(self.pattern.literal("\\", self._escape(after)))
            return self.pattern.either(*ways)

        node = self.pattern.repeated(character, self.pattern.literal(end, then))
        for _ in range(least):
            node = character(node)
        return node

    def _escape(self, then: Node) -> Node:
        """What follows a backslash: quotes, a backslash, line breaks, tabs, or a number."""
        one = self.pattern.one_of
        two = one(_HEX, one(_HEX, then))
        # four digits, but for the halves of a character, d800 to dfff
        others = one(set(_HEX) - {ord("d")}, one(_HEX, two))
        below = one([ord("d")], one(range(0x30, 0x38), two))
        # eight, from 00010000 to 0010ffff
        five = one(set(_HEX) - {0x30}, one(_HEX, one(_HEX, two)))
        high = self.pattern.literal("000", five)
        highest = self.pattern.literal("0010", one(_HEX, one(_HEX, two)))
        return self.pattern.either(
            one(map(ord, "\\'\"nrt"), then),
            self.pattern.literal("x", two),
            self.pattern.literal("u", self.pattern.either(others, below)),
            self.pattern.literal("U", self.pattern.either(high, highest)),
        )

    def _texts(self, then: Node) -> Node:
        """A list of two strings or more."""

        def another(after: Node) -> Node:
            return self.pattern.literal(", ", self._quoted(after))

        rest = another(self.pattern.repeated(another, self.pattern.literal("]", then)))
        return self.pattern.literal("[", self._quoted(rest))

    def _held(self, then: Node) -> Node:
        """One of the modifier keys, or a list of several in their order."""
        literal, either = self.pattern.literal, self.pattern.either
        ended = literal("]", then)
        following: list[Node] = []  # nodes behind each key, the last key's first
        begun: list[Node] = []
        for name in reversed(MODIFIERS):
            more = [literal(", ", each) for each in begun]
            following.append(either(ended, *more))
            begun.append(literal(f"'{name}'", following[-1]))
        several = literal("[", either(*begun))
        return either(several, *(literal(f"'{name}'", then) for name in MODIFIERS))

    def _one_of(self, texts: Sequence[str], then: Node) -> Node:
        return self.pattern.either(*(self.pattern.literal(text, then) for text in texts))

    def _signed(self, number: Node) -> Node:
        return self.pattern.either(number, self.pattern.literal("-", number))

    def _number(self, most: int, then: Node, *, parts: bool = False) -> Node:
        """A number from 0 to `most`, with decimals (at most six) where `parts`."""
        one = self.pattern.one_of
        decimals = then
        if parts:
            digits = one(_DIGITS, then)
            for _ in range(5):
                digits = one(_DIGITS, self.pattern.either(digits, then))
            decimals = self.pattern.either(then, self.pattern.literal(".", digits))
        text = str(most)
        ways = [self.pattern.literal(text, then), one([0x30], decimals)]
        for length in range(1, len(text) + 1):
            # as long as `most`, and below it from some place on; or shorter
            lower = [
                (text[:place], range(0x31 if place == 0 else 0x30, ord(text[place])))
                for place in range(length)
            ]
            shorter = [("", range(0x31, 0x3A))]
            for before, allowed in lower if length == len(text) else shorter:
                node = decimals
                for _ in range(length - len(before) - 1):
                    node = one(_DIGITS, node)
                if allowed:
                    ways.append(self.pattern.literal(before, one(allowed, node)))
        return self.pattern.either(*ways)
