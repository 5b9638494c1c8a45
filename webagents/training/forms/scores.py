"""How good answers are: accuracy, and F1 by class, from counts that can be drawn again by site.

Legend: R resamples of sites (or none), S sites, C classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Told(NamedTuple):
    """One form or field: its site, its true class and the one that was said, by number."""

    site: int
    true: int
    said: int


def confusion(told: Iterable[Told], sites: int, classes: int) -> Floats:
    """How often what is true (rows) was said to be what (columns), by site: (S, C, C)."""
    counts = np.zeros((sites, classes, classes))
    for one in told:
        counts[one.site, one.true, one.said] += 1
    return counts


def accuracy(counts: Floats) -> Floats:
    """The share of right answers: (..., C, C) to (...)."""
    right: Floats = np.trace(counts, axis1=-2, axis2=-1) / counts.sum((-1, -2))
    return right


def f1(counts: Floats) -> Floats:
    """The F1 of each class: (..., C, C) to (..., C); nan for a class that is nowhere true or said.

    2 * right / (times true + times said), the harmonic mean of precision and recall.
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    all_: Floats = counts.sum(-1) + counts.sum(-2)
    shares = np.full_like(all_, np.nan)
    np.divide(2 * right, all_, out=shares, where=all_ > 0)
    return shares


def macro_f1(counts: Floats) -> Floats:
    """The mean F1 of the classes that are true somewhere: (..., C, C) to (...)."""
    there = counts.sum(-1) > 0
    total: Floats = np.where(there, f1(counts), 0.0).sum(-1) / there.sum(-1)
    return total


def weighted_f1(counts: Floats) -> Floats:
    """The mean F1 of classes, each weighted by how often it is true: (..., C, C) to (...)."""
    often = counts.sum(-1)
    total: Floats = np.where(often > 0, f1(counts) * often, 0.0).sum(-1) / often.sum(-1)
    return total


def whole_forms(right: Iterable[tuple[int, Sequence[bool]]], sites: int) -> Floats:
    """How many forms have not all fields right, and how many have, by site: (S, 2).

    right: the site of each form, and whether each of its fields is right.
    """
    counts = np.zeros((sites, 2))
    for site, fields in right:
        counts[site, int(all(fields))] += 1
    return counts
