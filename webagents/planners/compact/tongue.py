"""Plans and programs as symbols: clauses of a verb, an element pointed at, and a text.

A plan is its sub-instruction and then the elements it is about; a program is its statements::

    plan "Set 2+ beds and apply it" · about [403] · about [416]
    check [403] · click [416]

Texts are said by whole words: the common ones have symbols of their own, others are copied from
what was asked or from the page, and what is nowhere to be seen is spelt in UTF-8.

Symbols are numbered: the fixed ones first (start, end, the end of a text, verbs, words, bytes),
then the slots, then the copies, as `webagents.slots.symbols` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, get_args

from webagents.errors import UserError, clipped
from webagents.planners.statements import VERBS
from webagents.slots import Alphabet, Slots
from webagents.slots.symbols import END, MOST_WAYS, SEPARATOR, Symbol
from webagents.slots.words import Word, words_of

Kind = Literal["planner", "writer"]

KINDS: tuple[Kind, ...] = get_args(Kind)

PLAN, ABOUT = "plan", "about"

SHAPES: Mapping[str, str] = {
    PLAN: "t",
    ABOUT: "r",
    **dict.fromkeys(VERBS, "r"),
    "fill": "rt",
    "select": "rt",
    "say": "t",
}
"""What follows each verb: an element (r), a text (t), or both."""

FIRST: Mapping[Kind, tuple[str, ...]] = {"planner": (PLAN,), "writer": VERBS}
LATER: Mapping[Kind, tuple[str, ...]] = {"planner": (ABOUT,), "writer": VERBS}
"""The verbs that a kind begins with, and goes on with."""


class Clause(NamedTuple):
    """A verb with what follows it, "" where nothing does."""

    verb: str
    ref: str = ""
    text: str = ""


@dataclass(frozen=True)
class Tongue(Alphabet):
    """The fixed symbols of a planner or a writer.

    kind: whose they are.
    words: the common words, each with the white space before it.
    """

    names: tuple[str, ...] = ()
    kind: Kind = "planner"
    words: tuple[str, ...] = ()

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs in the order of their symbols, which follow those of `Alphabet`."""
        return tuple(dict.fromkeys((*FIRST[self.kind], *LATER[self.kind])))

    @property
    def bytes(self) -> int:
        """The symbol of byte 0; those of the others follow."""
        return 3 + len(self.verbs) + len(self.words)

    @cached_property
    def verb_numbers(self) -> Mapping[str, int]:
        """The symbol of each verb."""
        return {verb: 3 + place for place, verb in enumerate(self.verbs)}

    @cached_property
    def word_numbers(self) -> Mapping[str, int]:
        """The symbol of each common word."""
        first = 3 + len(self.verbs)
        return {word: first + place for place, word in enumerate(self.words)}

    def symbols_of(self, clauses: Iterable[Clause], slots: Slots, asked: int) -> list[Symbol]:
        """The clauses' symbols, closed by `END`.

        asked: how many of the slots' copies are of what was asked; they come first.

        Raises:
            UserError: a verb that is not said, or an element without a slot.
        """
        said = []
        for verb, ref, text in clauses:
            if verb not in self.verb_numbers:
                raise UserError(f"a {self.kind} says {', '.join(self.verbs)}, not {clipped(verb)}")
            said.append(_one(self.verb_numbers[verb]))
            if "r" in SHAPES[verb]:
                said.append(_one(self.size + _slot(ref, slots)))
            if "t" in SHAPES[verb]:
                said += self._said(text, slots, asked)
                said.append(_one(SEPARATOR))
        return [*said, _one(END)]

    def _said(self, text: str, slots: Slots, asked: int) -> Iterator[Symbol]:
        """A text by runs of copied words, common words, single copied words, and bytes.

        No copy is said twice in a text, and a number may be made up of several (2, 500: 2500).
        """
        words = words_of(text)
        base = self.size + slots.size
        place, after = 0, ""
        used: set[int] = set()
        while place < len(words):
            word = words[place]
            common = self.word_numbers.get(word.before + word.text)
            close = after if not word.before else ""
            starts, length = _run(words[place:], slots, range(asked), close, used)
            if common is not None and length < 2:
                yield _one(common)
                place, after = place + 1, ""
                continue
            parts = [] if starts else _parts(word.text, slots, range(asked), used)
            if not starts and not parts:
                starts, length = _run(words[place:], slots, range(len(slots.copied)), close, used)
            runs = parts or [[start + step for start in starts] for step in range(length)]
            yield from self._spelt(word.before if runs else word.before + word.text)
            for ways in runs:
                used.add(ways[0])
                yield Symbol(base + ways[0], tuple(base + way for way in ways[:MOST_WAYS]))
            place += 1 if parts else length or 1
            after = slots.copied[runs[-1][0]].text if runs else ""
        yield from self._spelt(text[sum(len(one.before) + len(one.text) for one in words) :])

    def _spelt(self, text: str) -> Iterator[Symbol]:
        for byte in text.encode("utf-8", "replace"):
            yield _one(self.bytes + byte)


def _run(
    words: Sequence[Word], slots: Slots, within: range, after: str, used: Collection[int]
) -> tuple[list[int], int]:
    """The longest run of copies that begins as the words do: where it begins, and its length.

    after: the word copied before, where what follows stands close to it: copies that would bring
        white space with them are left out.
    used: copies that are not to be said again.
    """
    starts = [
        place
        for place in within
        if slots.copied[place].text == words[0].text
        and place not in used
        and not (after and slots.joint(place, after))
    ]
    length = 1 if starts else 0
    while starts and length < len(words):
        longer = [
            start
            for start in starts
            if start + length in within
            and start + length not in used
            and slots.copied[start + length] == words[length]
        ]
        if not longer:
            break
        starts, length = longer, length + 1
    return starts, length


def _parts(text: str, slots: Slots, within: range, used: Collection[int]) -> list[list[int]]:
    """The copies that make up a number one behind the other, all ways of each; [] where none do."""
    if not text.isdecimal():
        return []
    for length in range(len(text), 0, -1):
        same = [one for one in within if slots.copied[one].text == text[:length]]
        ways = [one for one in same if one not in used]
        if ways and length == len(text):
            return [ways]
        if ways and (rest := _parts(text[length:], slots, within, {*used, ways[0]})):
            return [ways, *rest]
    return []


def _slot(ref: str, slots: Slots) -> int:
    for slot, known in enumerate(slots.refs.tolist()):
        if known and str(known) == ref:
            return slot
    raise UserError(f"element {clipped(ref)} has no slot")


def _one(number: int) -> Symbol:
    return Symbol(number, (number,))
