"""BM25 as Lucene 8.11 computes it, in single precision, step by step.

The score of a document for a query is the sum over the query's terms of
``weight - weight / (1 + saturation)``, where the weight is how often the query has the term, times
``ln(1 + (N - df + 0.5) / (df + 0.5))``, and the saturation is
``tf / (k1 * (1 - b + b * length / mean length))``. The length is kept in one byte, exact to 39 and
then with four significant bits; the mean is exact. A document without terms counts neither for N
nor for the mean.

Source: Lucene 8.11.0, BM25Similarity and SmallFloat; k1 and b are Anserini 0.14.3's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

K1 = np.float32(0.9)
B = np.float32(0.4)

Floats = NDArray[np.float32]

_EXACT = 24
"""Lengths below it are kept as they are; from there on the distance to it is rounded."""


def kept_lengths() -> NDArray[np.int64]:
    """(256,) the lengths that a byte can stand for, ascending: SmallFloat.byte4ToInt."""
    codes = range(256 - _EXACT)
    rounded = [code if code < 8 else (8 | code & 7) << (code >> 3) - 1 for code in codes]
    return np.array([*range(_EXACT), *(_EXACT + value for value in rounded)], np.int64)


def length_bytes(lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The byte that each length is kept as: the longest kept length that is not longer."""
    return (np.searchsorted(kept_lengths(), lengths, side="right") - 1).astype(np.uint8)


def inverse_norms(mean_length: float) -> Floats:
    """(256,) what a term's frequency is multiplied with, by the byte of the document's length."""
    mean = np.float32(mean_length)
    lengths = kept_lengths().astype(np.float32)
    return np.float32(1) / (K1 * ((np.float32(1) - B) + B * lengths / mean))


def idf(documents: int, containing: int) -> np.float32:
    """How much a term tells that so many of all documents contain."""
    return np.float32(math.log(1 + (documents - containing + 0.5) / (containing + 0.5)))


def term_scores(weight: np.float32 | Floats, saturations: Floats) -> Floats:
    """What a term adds to the scores of documents.

    Lucene: "weight * freq / (freq + norm)" rewritten so that it rounds monotonically.
    """
    scores: Floats = weight - weight / (np.float32(1) + saturations)
    return scores


def told_scores(scores: Floats) -> list[float]:
    """Descending scores as Anserini tells them: four decimals, each tie a millionth lower.

    Source: Anserini 0.14.3, ScoreTiesAdjusterReranker. It takes a score for tied that is at most
    a ten-thousandth below the one before it.
    """
    step, apart = np.float32(1e-6), np.float32(1e-4)
    rounded = (np.floor(scores.astype(np.float64) * 1e4 + 0.5) / 1e4).astype(np.float32)
    told: list[float] = rounded.tolist()
    near = float(apart) + 2 * float(step) * len(told)  # a gap beyond it cannot be a tie
    ties = last = 0
    for place in (np.flatnonzero(rounded[:-1] - rounded[1:] < near) + 1).tolist():
        ties = ties if place == last + 1 else 0
        if np.float32(told[place - 1]) - rounded[place] > apart:
            ties = 0
        else:
            ties += 1
            told[place] = float(rounded[place] - step * np.float32(ties))
        last = place
    return told
