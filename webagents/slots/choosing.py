"""Which bytes and copied words go on with the choice of a list's options."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from webagents.slots.records import Slots

SEPARATES = b"\n"
"""What stands between the options of one text, see `literals.as_text`."""


class Choosing(NamedTuple):
    """What may come next.

    following: the next byte.
    ends: whether what is said is whole.
    rest: what each option that it may still become goes on with, in order.
    """

    following: frozenset[int]
    ends: bool
    rest: Sequence[bytes]

    def copies(self, slots: Slots, after: str) -> frozenset[int]:
        """The copied words that an option goes on with, `after` the word copied last."""
        found = set()
        for copy, word in enumerate(slots.copied):
            said = ((slots.joint(copy, after) if after else "") + word.text).encode()
            place = bisect_left(self.rest, said)
            if place < len(self.rest) and self.rest[place].startswith(said):
                found.add(copy)
        return frozenset(found)


def choosing(options: Sequence[str], said: bytes) -> Choosing:
    """What may come next where a text names options, each at most once."""
    *chosen, current = said.split(SEPARATES)
    left = {option.encode("utf-8", "replace") for option in options} - set(chosen)
    rest = sorted(option[len(current) :] for option in left if option.startswith(current))
    ends = b"" in rest
    bytes_ = {one[0] for one in rest if one}
    if ends and len(left) > 1:
        bytes_.add(SEPARATES[0])
    return Choosing(frozenset(bytes_), ends, rest)
