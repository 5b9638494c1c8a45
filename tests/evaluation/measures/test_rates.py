from __future__ import annotations

import math
import random

import pytest

from webagents.errors import UserError
from webagents.evaluation.measures import (
    UNKNOWN,
    Estimate,
    exact,
    macro,
    wilson,
    zero_success_bound,
)


@pytest.mark.parametrize(
    ("successes", "episodes", "expected"),
    [
        # scipy 1.17: binomtest(k, n).proportion_ci(method="wilson")
        (5, 10, Estimate(0.5, 0.236593090512564, 0.763406909487436)),
        (0, 20, Estimate(0.0, 0.0, 0.16112515805281935)),
        (20, 20, Estimate(1.0, 0.8388748419471808, 1.0)),
        (56, 100, Estimate(0.56, 0.4622810465167698, 0.6532797336983921)),
    ],
)
def test_wilson_equals_scipys(successes: int, episodes: int, expected: Estimate) -> None:
    assert tuple(wilson(successes, episodes)) == pytest.approx(tuple(expected), abs=1e-12)


def test_wilson_at_another_confidence_is_wider_or_narrower() -> None:
    assert wilson(7, 10, 0.99).low < wilson(7, 10).low < wilson(7, 10, 0.5).low


def test_without_episodes_nothing_is_known() -> None:
    assert wilson(0, 0) is UNKNOWN
    assert macro([]) is UNKNOWN
    assert macro([(0, 0)]) is UNKNOWN
    assert math.isnan(UNKNOWN.mean)
    assert UNKNOWN[1:] == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "episodes"), [(3, 2), (-1, 2), (0, -1)])
def test_impossible_counts_are_refused(successes: int, episodes: int) -> None:
    with pytest.raises(UserError, match="cannot be"):
        wilson(successes, episodes)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_a_confidence_outside_0_and_1_is_refused(confidence: float) -> None:
    with pytest.raises(UserError, match="between 0 and 1"):
        wilson(1, 2, confidence)


def test_the_macro_interval_of_one_task_is_that_tasks() -> None:
    assert macro([(3, 10), (0, 0)]) == pytest.approx(wilson(3, 10))


def test_the_macro_interval_of_tasks_that_all_succeed_is_that_of_all_their_episodes() -> None:
    assert macro([(10, 10)] * 56) == pytest.approx(wilson(560, 560))


def test_tasks_that_differ_give_a_narrower_interval_than_a_single_task_would() -> None:
    mean, low, high = macro([(20, 20)] * 5 + [(0, 20)] * 5)
    alike = wilson(100, 200)
    assert mean == alike.mean
    assert alike.low < low < mean < high < alike.high


def test_in_the_macro_mean_each_task_weighs_the_same() -> None:
    assert macro([(1, 1), (0, 99)]).mean == 0.5


@pytest.mark.parametrize("episodes", [3, 10, 100])
def test_the_macro_interval_covers_the_true_mean(episodes: int) -> None:
    chance = random.Random(episodes)
    rates = [chance.betavariate(6, 1) for _ in range(20)]
    truth = sum(rates) / len(rates)
    runs = 400
    covered = 0
    for _ in range(runs):
        counts = [sum(chance.random() < rate for _ in range(episodes)) for rate in rates]
        _, low, high = macro((count, episodes) for count in counts)
        covered += low <= truth <= high
    assert 0.92 <= covered / runs <= 0.99


def test_no_success_in_300_bounds_the_rate_below_one_percent() -> None:
    assert zero_success_bound(300) == pytest.approx(0.00994, abs=5e-6)
    assert zero_success_bound(0) == 1.0


@pytest.mark.parametrize(
    ("successes", "episodes", "expected"),
    [
        # scipy 1.17: binomtest(k, n).proportion_ci(method="exact")
        (3, 400, Estimate(0.0075, 0.0015493589499055267, 0.02176066851441709)),
        (0, 20, Estimate(0.0, 0.0, 0.16843347098308548)),
        (20, 20, Estimate(1.0, 0.8315665290169145, 1.0)),
        (56, 100, Estimate(0.56, 0.4571874970632399, 0.6591639762765422)),
        (1, 1, Estimate(1.0, 0.025, 1.0)),
        (7, 10_000, Estimate(0.0007, 0.00028148114566976394, 0.0014417323091497145)),
    ],
)
def test_the_exact_interval_equals_scipys(
    successes: int, episodes: int, expected: Estimate
) -> None:
    assert tuple(exact(successes, episodes)) == pytest.approx(tuple(expected), abs=1e-9)


def test_the_exact_interval_at_another_confidence_equals_scipys() -> None:
    assert exact(3, 400, 0.99)[1:] == pytest.approx((0.0008464189183, 0.0271713736264), abs=1e-9)


def test_three_of_400_have_the_limits_of_the_spec() -> None:
    assert exact(3, 400)[1:] == pytest.approx((0.00155, 0.02177), abs=1e-5)


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.9])
def test_the_exact_interval_covers_at_least_as_often_as_it_says(rate: float) -> None:
    """Summed over all that can come of 30 episodes."""
    covered = sum(
        math.comb(30, k) * rate**k * (1 - rate) ** (30 - k)
        for k in range(31)
        if exact(k, 30).low <= rate <= exact(k, 30).high
    )
    assert 0.95 <= covered <= 1


def test_of_no_episodes_the_exact_interval_knows_nothing() -> None:
    assert exact(0, 0) is UNKNOWN


@pytest.mark.parametrize(("successes", "episodes", "confidence"), [(3, 2, 0.95), (1, 2, 1.0)])
def test_the_exact_interval_refuses_what_cannot_be(
    successes: int, episodes: int, confidence: float
) -> None:
    with pytest.raises(UserError):
        exact(successes, episodes, confidence)
