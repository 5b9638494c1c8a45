"""The least and the most of what a page counts: which price is lowest, which time is longest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from webagents.slots.words import NUMBER

LEAST, MOST = "least", "most"


def extremes(texts: Sequence[tuple[int, str]]) -> Iterator[tuple[str, int]]:
    """What is least and most among texts that are alike but for their numbers.

    texts: slots with what they say. Texts of several numbers, such as ``3h 33m``, go by the first
        in which they differ.

    Gives `LEAST` or `MOST` with a slot; nothing where all are the same.
    """
    alike: defaultdict[str, list[tuple[tuple[float, ...], int]]] = defaultdict(list)
    for slot, text in texts:
        numbers = tuple(float(number) for number in NUMBER.findall(text))
        if numbers:
            alike[NUMBER.sub("#", text.lower())].append((numbers, slot))
    for group in alike.values():
        values = [numbers for numbers, _ in group]
        least, most = min(values), max(values)
        if least < most:
            yield from ((LEAST, slot) for numbers, slot in group if numbers == least)
            yield from ((MOST, slot) for numbers, slot in group if numbers == most)
