"""How one number goes with another: correlation over tasks, the scaling law of PassUntil."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from webagents.errors import UserError
from webagents.evaluation.measures.beta import incomplete_beta
from webagents.evaluation.measures.rates import two_sided_z


class Correlation(NamedTuple):
    """Pearson's R over so many points.

    low, high: its interval, None below 4 points.
    p: the chance of an R at least as far from 0 if the two had nothing to do with each other.
    """

    r: float
    low: float | None
    high: float | None
    p: float
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingFit:
    """PU(N) = exp(−c · N^−alpha), fitted.

    curvature: the square term of the parabola in log N through log(−log PU): near 0 where the law
        holds, above 0 where success grows more slowly than it says (sub-scaling), below 0 where it
        grows faster (super-scaling); None of two points, which lie on any line.
    """

    c: float
    alpha: float
    curvature: float | None

    def predict(self, size: float) -> float:
        """The success rate the law expects at a size N > 0."""
        return math.exp(-self.c * size**-self.alpha)


def correlation(
    x: Sequence[float], y: Sequence[float], confidence: float = 0.95
) -> Correlation | None:
    """Pearson's R of the pairs; None below 3 of them, or where either is the same in all.

    p is that of Student's t with n − 2 degrees of freedom, two-sided: I_{1−R²}((n − 2)/2, 1/2).
    The interval is Fisher's: tanh(atanh R ± z / √(n − 3)). Both take the points for independent.

    Raises:
        UserError: not as many x as y, or a confidence outside (0, 1).
    """
    if len(x) != len(y):
        raise UserError(f"a correlation is of pairs, not of {len(x)} and {len(y)} numbers")
    z = two_sided_z(confidence)
    points = len(x)
    if points < 3 or len(set(x)) == 1 or len(set(y)) == 1:
        return None
    r = max(-1.0, min(1.0, float(np.corrcoef(x, y)[0, 1])))
    p = incomplete_beta((points - 2) / 2, 0.5, 1 - r**2)
    if points < 4:
        return Correlation(r, None, None, p, points)
    if abs(r) == 1:
        return Correlation(r, r, r, p, points)
    half = z / math.sqrt(points - 3)
    middle = math.atanh(r)
    return Correlation(r, math.tanh(middle - half), math.tanh(middle + half), p, points)


def scaling_fit(sizes: Sequence[float], rates: Sequence[float]) -> ScalingFit:
    """The law that PassUntil's rates follow as N grows: log(−log PU) = log c − alpha · log N.

    Least squares. N is a model's size, or the number of episodes or rounds it was trained on; each
    rate is the mean over instances of what `pass_until` found.
    Source: Hu et al. 2023, "Predicting emergent abilities with infinite resolution evaluation".

    Raises:
        UserError: fewer than two different sizes, not as many rates, a size not above 0, or a rate
            that is not strictly between 0 and 1.
    """
    if len(sizes) != len(rates) or len(set(sizes)) < 2:
        raise UserError(
            f"a fit needs two different sizes and a rate for each, not {len(set(sizes))} and "
            f"{len(rates)} rates"
        )
    for size, rate in zip(sizes, rates, strict=True):
        if not size > 0:
            raise UserError(f"a size is above 0, {size!r} is not")
        if not 0 < rate < 1:
            raise UserError(
                f"the law has no rate of {rate!r}: sample more until there is a success and a "
                "failure, or leave that size out"
            )
    x = np.log(np.asarray(sizes, float))
    y = np.log(-np.log(np.asarray(rates, float)))
    slope, intercept = np.polyfit(x, y, 1)
    curvature = float(np.polyfit(x, y, 2)[0]) if len(set(sizes)) > 2 else None
    return ScalingFit(c=math.exp(intercept), alpha=-float(slope), curvature=curvature)
