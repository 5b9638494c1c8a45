from __future__ import annotations

import math

import pytest

from webagents.errors import UserError
from webagents.evaluation.measures import Correlation, correlation, scaling_fit

SIZES = [1e7, 3e7, 1e8, 3e8]


def test_the_law_is_found_again_in_its_own_points() -> None:
    rates = [math.exp(-60 * size**-0.25) for size in SIZES]
    assert rates == pytest.approx([0.34405, 0.44454, 0.54882, 0.63388], abs=1e-5)
    found = scaling_fit(SIZES, rates)
    assert (found.c, found.alpha) == pytest.approx((60, 0.25), rel=1e-9)
    assert found.curvature == pytest.approx(0, abs=1e-9)
    assert found.predict(1e9) == pytest.approx(math.exp(-60 * 1e9**-0.25), rel=1e-9)


@pytest.mark.parametrize(("bend", "sign"), [(0.05, 1), (-0.05, -1)])
def test_the_curvature_tells_slower_from_faster_growth(bend: float, sign: int) -> None:
    rates = [
        math.exp(-math.exp(math.log(60) - 0.25 * x + bend * (x - 17) ** 2))
        for x in map(math.log, SIZES)
    ]
    curvature = scaling_fit(SIZES, rates).curvature
    assert curvature is not None
    assert curvature * sign == pytest.approx(0.05)


def test_two_points_lie_on_a_line_whatever_they_are() -> None:
    found = scaling_fit([1.0, math.e], [math.exp(-2), math.exp(-1)])
    assert (found.c, found.alpha) == pytest.approx((2, math.log(2)))
    assert found.curvature is None


@pytest.mark.parametrize(
    ("sizes", "rates", "message"),
    [
        ([1e6, 1e6], [0.1, 0.2], "two different sizes"),
        ([1e6, 1e7], [0.1], "a rate for each"),
        ([0.0, 1e7], [0.1, 0.2], "a size is above 0"),
        ([1e6, 1e7], [0.0, 0.2], "no rate of 0.0"),
        ([1e6, 1e7], [0.1, 1.0], "no rate of 1.0"),
    ],
)
def test_what_the_law_cannot_fit_is_refused(
    sizes: list[float], rates: list[float], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        scaling_fit(sizes, rates)


def test_correlation_equals_scipys() -> None:
    # scipy 1.17: stats.pearsonr and its confidence_interval()
    found = correlation([1, 2, 3, 4, 5, 6, 7, 8], [0.9, 0.8, 0.85, 0.6, 0.7, 0.4, 0.5, 0.1])
    assert found is not None
    assert tuple(found) == pytest.approx(
        (-0.9090732642536141, -0.9836321237737847, -0.5687255110666635, 0.0017535471402952748, 8)
    )


def test_three_points_have_no_interval() -> None:
    found = correlation([1, 2, 4], [3, 1, 2])
    assert found == Correlation(
        pytest.approx(-0.3273268353539885), None, None, pytest.approx(0.7877043849903435), 3
    )


def test_points_on_a_line_are_certain() -> None:
    assert correlation([1, 2, 3, 4], [2, 4, 6, 8]) == Correlation(1.0, 1.0, 1.0, 0.0, 4)


@pytest.mark.parametrize(
    ("x", "y"), [([1, 2], [1, 2]), ([1, 1, 1, 1], [1, 2, 3, 4]), ([1, 2, 3], [0.5, 0.5, 0.5])]
)
def test_without_anything_that_varies_there_is_no_correlation(
    x: list[float], y: list[float]
) -> None:
    assert correlation(x, y) is None


def test_what_is_no_pair_is_refused() -> None:
    with pytest.raises(UserError, match="of pairs, not of 2 and 3"):
        correlation([1, 2], [1, 2, 3])
