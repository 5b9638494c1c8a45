"""The examples that are cut out of a cleaned page: subtrees around labels, whole pages, windows."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from webagents.data.corpora.sheet import Sheet

LABEL, PAGE, WINDOW = KINDS = ("label", "page", "window")

_BEGIN = re.compile(r"<([a-z][a-z0-9-]*)")


class Sizes(NamedTuple):
    """How large examples are, in characters.

    least, most: of any example.
    subtree: how large a label's subtree grows, towards the root, where it is smaller.
    window: the most of a window.
    labels, windows: how many of a page at most.
    """

    least: int
    most: int
    subtree: int
    window: int
    labels: int
    windows: int


class Cut(NamedTuple):
    """A part of a page; too long where it is larger than `Sizes.most`, and then it has no html."""

    kind: str
    html: str
    long: bool = False


def label_subtrees(sheet: Sheet, sizes: Sizes) -> Iterator[Cut]:
    """The elements around the labels of a page that name their field, each element once.

    It is the smallest one that holds both the label and the field; where that is smaller than
    `sizes.subtree`, the ones around it are tried until one is large enough, or the next too large.

    Source of the subtrees: Gur, Furuta et al. 2024, "A Real-World WebAgent with Planning, Long
    Context Understanding, and Program Synthesis" (ICLR, arXiv 2307.12856), section 3.1. How far
    they reach there was not found; their examples are of 1020 tokens in the mean.
    """
    given: set[int] = set()
    for label, target in sheet.labels:
        number = common_ancestor(sheet, label, target)
        while _size(sheet, number) < sizes.subtree:
            above = sheet.parents[number]
            if above < 0 or _size(sheet, above) > sizes.most:
                break
            number = above
        if number in given:
            continue
        given.add(number)
        if _size(sheet, number) > sizes.most:
            yield Cut(LABEL, "", long=True)
        else:
            yield Cut(LABEL, sheet.html[sheet.starts[number] : sheet.ends[number]])
        if len(given) >= sizes.labels:
            return


def common_ancestor(sheet: Sheet, one: int, other: int) -> int:
    """The smallest element that holds two, by number; one that holds the other is it itself."""
    while one != other:
        # What begins later in the document cannot hold what begins before it.
        if one > other:
            one = sheet.parents[one]
        else:
            other = sheet.parents[other]
    return one


def page_or_windows(sheet: Sheet, sizes: Sizes, kinds: frozenset[str]) -> Iterator[Cut]:
    """The whole page, or where it is larger than `sizes.most` the windows that it is cut into."""
    if len(sheet.html) <= sizes.most:
        if PAGE in kinds:
            yield Cut(PAGE, sheet.html)
    elif WINDOW in kinds:
        begin = 0
        for _ in range(sizes.windows):
            end = _window_end(sheet, begin, sizes.window)
            yield Cut(WINDOW, sheet.html[begin:end])
            begin = end
            if begin >= len(sheet.html):
                return


def numbered(html: str, first: int = 1) -> str:
    """An example with the refs that observations have: each element's number, in document order."""
    number = first - 1

    def with_ref(tag: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return f'{tag.group()} ref="{number}"'

    return _BEGIN.sub(with_ref, html)


def _size(sheet: Sheet, number: int) -> int:
    return sheet.ends[number] - sheet.starts[number]


def _window_end(sheet: Sheet, begin: int, most: int) -> int:
    """Where a window ends: before the least deep element that begins in its second half.

    Where none does, before a word.
    """
    if begin + most >= len(sheet.html):
        return len(sheet.html)
    first = bisect_left(sheet.starts, begin + most // 2)
    last = bisect_right(sheet.starts, begin + most)
    if first < last:
        number = min(range(first, last), key=lambda at: (sheet.depths[at], -at))
        return sheet.starts[number]
    space = sheet.html.rfind(" ", begin + most // 2, begin + most)
    return begin + most if space < 0 else space + 1
