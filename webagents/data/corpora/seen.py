"""A set of 64-bit numbers that grows to a limit and forgets the oldest beyond it."""

from __future__ import annotations

import numpy as np

from webagents.data.corpora.fingerprints import Numbers

_WAYS = 8  # how many numbers a bucket holds
_FIRST = 2**10


class Seen:
    """Which numbers were added, in bounded memory: never a wrong yes, a no for what is forgotten.

    Until the limit is reached nothing is forgotten but, once in some thousand numbers, one whose
    bucket is full. Beyond it, a bucket's oldest number gives way.
    """

    def __init__(self, most_bytes: int) -> None:
        """A set that uses `most_bytes` at most, and half of that again while it grows."""
        self._most = max(_FIRST, 2 ** ((most_bytes // (8 * _WAYS)).bit_length() - 1))
        self._buckets = np.zeros((_FIRST, _WAYS), np.uint64)
        self._added = np.zeros(_FIRST, np.uint8)
        self._count = 0

    def holds(self, numbers: Numbers) -> bool:
        """Whether any of these was added; none of them is 0."""
        return bool((self._buckets[self._places(numbers)] == numbers[:, None]).any())

    def add(self, numbers: Numbers) -> None:
        """Adds these; none of them is 0."""
        self._count += len(numbers)
        if self._count * 4 > self._buckets.size and len(self._buckets) < self._most:
            self._grow()
        self._put(numbers)

    def _put(self, numbers: Numbers) -> None:
        places = self._places(numbers)
        for number, place in zip(numbers, places, strict=True):
            self._buckets[place, self._added[place] % _WAYS] = number
            self._added[place] += 1
            # It counts in a byte, of which the ways are a divisor; it may go round.

    def _places(self, numbers: Numbers) -> Numbers:
        # The lowest bit is always set.
        return (numbers >> np.uint64(1)) & np.uint64(len(self._buckets) - 1)

    def _grow(self) -> None:
        """Twice the buckets: a number goes to the same place, or to it plus what there were."""
        old = self._buckets
        self._buckets = np.zeros((2 * len(old), _WAYS), np.uint64)
        self._added = np.zeros(len(self._buckets), np.uint8)
        places = self._places(old.ravel()).reshape(old.shape)
        for way in range(_WAYS):
            held = np.flatnonzero(old[:, way])
            to = places[held, way]
            self._buckets[to, self._added[to]] = old[held, way]
            self._added[to] += 1
