"""The best documents for a query's terms: by scoring all that hold one, or those that may be best.

Sums are in double precision and exact: what they add has 24 significant bits and magnitudes not far
apart. So they do not depend on the order of the terms, and both ways give the same documents, the
same scores and the same order. Legend: K documents asked for, C documents that are candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webagents.envs.webshop.search.bm25 import Floats, term_scores
from webagents.envs.webshop.search.index import Index

Documents = NDArray[np.int32]
Sums = NDArray[np.float64]

SHORT = 1 << 14
"""The default of `pruned`."""
SAMPLE = 1 << 16
"""Candidates from which the best are chosen for the threshold, at most about so many."""
SLACK = 1 - 2.0**-20
"""A sum this near the threshold may be its equal once it is rounded to single precision."""


class Term(NamedTuple):
    """A term of a query: its weight, and where its postings are."""

    weight: np.float32
    start: int
    end: int
    peak: float
    """The most it adds to any document's score."""

    def documents(self, index: Index) -> Documents:
        """Those that hold it, ascending."""
        return index.docs[self.start : self.end]

    def scores(self, index: Index) -> Floats:
        """What it adds to the score of each of them."""
        return term_scores(self.weight, index.saturations[self.start : self.end])


def exhaustive(index: Index, terms: Sequence[Term], k: int) -> tuple[Documents, Floats]:
    """The K best documents, best first, and their scores; each document with a term is scored."""
    if not terms:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    docs = np.concatenate([term.documents(index) for term in terms])
    saturations = np.concatenate([index.saturations[term.start : term.end] for term in terms])
    weights = np.array([term.weight for term in terms], np.float32)
    counts = [term.end - term.start for term in terms]
    scores = term_scores(np.repeat(weights, counts), saturations)
    sums = np.bincount(docs, scores).astype(np.float64, copy=False)
    found = np.flatnonzero(sums).astype(np.int32)
    return _best(index, found, sums[found], k)


def pruned(
    index: Index, terms: Sequence[Term], k: int, sums: Sums, *, short: int = SHORT
) -> tuple[Documents, Floats]:
    """The same as `exhaustive`, without scoring what cannot be among the best (MaxScore).

    Terms are taken from the rarest on. Once the most that those left could add to a document is
    below what the K-th best has already, no new document can come in: the terms left are looked up
    for the candidates alone, and candidates are let go as soon as they cannot reach the K-th best.

    Source: Turtle & Flood 1995, "Query evaluation: strategies and optimizations", section 5.

    Args:
        index: what is searched.
        terms: those of the query that occur in it.
        k: how many documents, more than none.
        sums: (N,) zeros, to work on; zeros again afterwards.
        short: postings of a term that are scored without a thought to whether they must be.
    """
    try:
        found, touched = _candidates(index, terms, k, sums, short)
        best = _best(index, found, sums[found], k)
        for docs in touched:
            sums[docs] = 0
    except BaseException:  # Ctrl-C too: the next search begins with zeros
        sums[:] = 0
        raise
    return best


def _candidates(
    index: Index, terms: Sequence[Term], k: int, sums: Sums, short: int
) -> tuple[Documents, list[Documents]]:
    """Those that may be among the best, their sums whole, and all whose sums were touched."""
    terms = sorted(terms, key=lambda term: term.end - term.start)
    rest = [*np.cumsum([term.peak for term in terms][::-1])[::-1].tolist(), 0.0]
    threshold, met, touched, taken = 0.0, 0, list[Documents](), 0
    for term in terms:
        length = term.end - term.start
        if met >= k and length > short:
            if rest[taken] >= threshold * SLACK and length > met // 4:
                threshold = max(threshold, _reached(index, terms[taken:], k, touched, sums))
            if rest[taken] < threshold * SLACK:
                break
        docs = term.documents(index)
        before = sums[docs]
        sums[docs] = before + term.scores(index)
        touched.append(docs if not met else docs[before == 0])
        met += len(touched[-1])
        taken += 1
    return _sifted(index, terms, taken, rest, threshold, touched, sums, k), touched


def _sifted(
    index: Index,
    terms: Sequence[Term],
    taken: int,
    rest: Sequence[float],
    threshold: float,
    touched: Sequence[Documents],
    sums: Sums,
    k: int,
) -> Documents:
    """Candidates that may be among the best, their sums whole; the others' are not."""
    found = np.concatenate(touched) if touched else np.empty(0, np.int32)
    if threshold:
        found = found[sums[found] + rest[taken] >= threshold * SLACK]
    if taken < len(terms):
        found = np.sort(found)
    for place in range(taken, len(terms)):
        _add(index, terms[place], found, sums)
        if len(found) > 2 * k:
            reached = sums[found]
            threshold = max(threshold, _highest(reached, k))
            found = found[reached + rest[place + 1] >= threshold * SLACK]
    return found


def _add(index: Index, term: Term, found: Documents, sums: Sums) -> None:
    """Adds a term to the sums of candidates; those of other documents may be made wrong."""
    docs = term.documents(index)
    if len(docs) < 16 * len(found):  # looking each up would take longer than reading the list
        before = sums[docs]
        met = np.flatnonzero(before)
        sums[docs[met]] = before[met] + term.scores(index)[met]
        return
    held, scores = _looked_up(index, term, found)
    sums[found[held]] += scores


def _looked_up(index: Index, term: Term, found: Documents) -> tuple[NDArray[np.bool_], Floats]:
    """Which of some documents hold a term, and what it adds to the scores of these."""
    docs = term.documents(index)
    places = np.searchsorted(docs, found)
    places[places == len(docs)] = 0
    held = docs[places] == found
    saturations = index.saturations[term.start : term.end][places[held]]
    return held, term_scores(term.weight, saturations)


def _reached(
    index: Index, left: Sequence[Term], k: int, touched: Sequence[Documents], sums: Sums
) -> float:
    """A score that at least K documents reach: the K-th best of some whole sums."""
    sample: list[Documents] = []
    size = 0
    for docs in touched:
        sample.append(docs)
        size += len(docs)
        if size > SAMPLE:
            break
    docs = np.concatenate(sample)
    if len(docs) < k:
        return 0.0
    partial = sums[docs]
    if len(docs) > 4 * k:
        docs = np.sort(docs[np.argpartition(partial, len(docs) - 4 * k)[-4 * k :]])
        partial = sums[docs]
    for term in left:
        held, scores = _looked_up(index, term, docs)
        partial[held] += scores
    return _highest(partial, k)


def _highest(sums: Sums, k: int) -> float:
    """The K-th highest of sums."""
    return float(np.partition(sums, len(sums) - k)[len(sums) - k])


def _best(index: Index, docs: Documents, sums: Sums, k: int) -> tuple[Documents, Floats]:
    """The K best of documents in order: by score, then by asin."""
    scores = sums.astype(np.float32)
    ranks = index.ranks
    if len(docs) > k:
        last = np.partition(scores, len(scores) - k)[len(scores) - k]
        above, tied = scores > last, np.flatnonzero(scores == last)
        places = ranks[docs[tied]]
        room = k - int(np.count_nonzero(above))
        if len(tied) > room:
            tied = tied[np.argpartition(places, room - 1)[:room]]
        chosen = np.concatenate((np.flatnonzero(above), tied))
        docs, scores = docs[chosen], scores[chosen]
    order = np.lexsort((ranks[docs], -scores))
    return docs[order], scores[order]
