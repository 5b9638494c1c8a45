"""The incomplete beta function: the tails of the binomial and of Student's t distribution."""

from __future__ import annotations

import math
from itertools import count


def incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b), the chance that a Beta(a, b) variate is at most x; for a, b > 0, 0 <= x <= 1.

    Source: DLMF (dlmf.nist.gov) 8.17.22, the continued fraction, which converges fast up to
    x = (a + 1) / (a + b + 2); beyond it, 8.17.4: I_x(a, b) = 1 − I_{1−x}(b, a).
    """
    if x in (0, 1):
        return float(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta) / a
    return front / _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """1 + d1/(1 + d2/(1 + ...)) of DLMF 8.17.22, from the front, until it no longer changes.

    Source: Lentz 1976, as modified by Thompson & Barnett 1986: the ratios of successive numerators
    and of successive denominators of the convergents are kept, neither of them ever exactly 0.
    """
    tiny = 1e-300
    value = numerators = 1.0
    denominators = 0.0
    for n in count(1):
        m = n // 2
        if n % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        denominators = 1 / ((1 + d * denominators) or tiny)
        numerators = (1 + d / numerators) or tiny
        value *= numerators * denominators
        if not abs(numerators * denominators - 1) > 1e-15:
            break
    return value
