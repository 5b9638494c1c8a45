"""Instructions cut into clauses, in the order in which they are to be done.

How instructions are worded is known from those that a model learned from (`Wording.of`): a clause
begins as they do, and what stands within one of them that begins alike is no joint of clauses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

from webagents.errors import clipped

QUOTED = re.compile(r'"[^"]*"')
JOINT = re.compile(r"(, and then |, and |, then |, )(?=(\w+))")
AFTER = re.compile(r", after (\w+ing)\b")
FIRST = re.compile(r"\W*(\w+)")
GOES_ON = re.compile(r"\b(?:and|then) (\w+)")
DOING = re.compile(r"\b(\w+)ing\b")
ENDING = re.compile(r" and (?:then )?(\w+) \w+\.?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How instructions are worded.

    begins: the words that they begin with.
    follows: the words after "and" and "then" within them.
    within: the joints found within them, each between the word that the instruction begins with
        and the one after it: ``use, then find``. They stay whole.

    All in lower case, in order.
    """

    begins: tuple[str, ...]
    follows: tuple[str, ...]
    within: tuple[str, ...]

    @classmethod
    def of(cls, instructions: Iterable[str], least: int = 10) -> Wording:
        """The wording of these instructions.

        least: how many of them have to begin with a word.
        """
        begins: Counter[str] = Counter()
        follows: set[str] = set()
        within: set[tuple[str, str, str]] = set()
        for instruction, times in Counter(instructions).items():
            text = _hidden(instruction).lower()
            follows |= set(GOES_ON.findall(text))
            if first := FIRST.match(text):
                begins[first.group(1)] += times
                within |= {(first.group(1), *joint) for joint in JOINT.findall(text)}
        often = {word for word, times in begins.items() if times >= least}
        return cls(
            begins=tuple(sorted(often)),
            follows=tuple(sorted(follows)),
            within=tuple(sorted("".join(one) for one in within if {one[0], one[2]} <= often)),
        )

    @classmethod
    def read(cls, held: object) -> Wording:
        """The wording that a configuration holds: a list of words for each field.

        Raises:
            ValueError: it holds something else.
        """
        names = [field.name for field in fields(cls)]
        if not (
            isinstance(held, dict) and set(held) == set(names) and all(map(_is_list, held.values()))
        ):
            raise ValueError(f"wording is lists of words, {', '.join(names)}, not {clipped(held)}")
        return cls(**{name: tuple(words) for name, words in held.items()})

    def clauses(self, instruction: str) -> tuple[str, ...]:
        """The clauses; the instruction itself where there is but one."""
        return _clauses(self, instruction)

    def shortened(self, instruction: str) -> str | None:
        """An instruction without the verb and its one word that it ends with; None without them.

        ``Select a, b and click Submit.`` is ``Select a, b.``
        """
        found = ENDING.search(_hidden(instruction))
        if found is None or found.group(1).lower() not in self.follows:
            return None
        return instruction[: found.start()] + "." * instruction.endswith(".")

    def told(self, text: str) -> str:
        """What is said after "after", as it is asked for: "clicking" as "click"."""
        known = {*self.begins, *self.follows}

        def asked(found: re.Match[str]) -> str:
            stem = found.group(1)
            return next((one for one in (stem, f"{stem}e") if one.lower() in known), found.group())

        at, parts = 0, []
        for quoted in QUOTED.finditer(text):
            parts += [DOING.sub(asked, text[at : quoted.start()]), quoted.group()]
            at = quoted.end()
        return "".join([*parts, DOING.sub(asked, text[at:])])


def _is_list(words: object) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) for word in words)


@lru_cache(maxsize=1 << 12)
def _clauses(wording: Wording, instruction: str) -> tuple[str, ...]:
    end = "." * instruction.rstrip().endswith(".")
    parts = list(_parts(wording, instruction.strip().rstrip(".")))
    first = FIRST.match(_hidden(instruction))
    if len(parts) == 1 or first is None or first.group(1).lower() not in wording.begins:
        return (instruction,)
    return tuple(part[:1].upper() + part[1:] + end for part in parts)


def _parts(wording: Wording, text: str) -> Iterator[str]:
    """The clauses of a text, what comes "after" another before it."""
    begin, pieces = 0, []
    for found in AFTER.finditer(_hidden(text)):
        doing = found.group(1)
        if wording.told(doing) != doing:
            pieces.append(text[begin : found.start()])
            begin = found.start(1)
    first, *later = [*pieces, text[begin:]]
    for piece in [*map(wording.told, reversed(later)), first]:
        yield from _joined(wording, piece)


def _joined(wording: Wording, text: str) -> Iterator[str]:
    """The clauses of a text that stand in the order in which they are to be done."""
    hidden = _hidden(text)
    at = 0
    for found in JOINT.finditer(hidden):
        first = FIRST.match(hidden, at)
        joint, word = found.group(1), found.group(2).lower()
        known = first is not None and first.group(1).lower() + joint + word in wording.within
        if word in wording.begins and not known:
            yield text[at : found.start()]
            at = found.end()
    yield text[at:]


def _hidden(text: str) -> str:
    """The text with what is quoted made unreadable, every letter in its place."""
    return QUOTED.sub(lambda quoted: '"' * len(quoted.group()), text)
