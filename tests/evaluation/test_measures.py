from __future__ import annotations

import math
import random
from itertools import chain, repeat

import pytest

from webagents.errors import UserError
from webagents.evaluation.measures import (
    UNKNOWN,
    Estimate,
    PassUntil,
    composition_gap,
    macro,
    pass_at_k,
    pass_hat_k,
    pass_until,
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


def test_pass_at_k_and_pass_hat_k_of_the_specs_case() -> None:
    assert pass_at_k(5, 2, 2) == pytest.approx(0.7)
    assert pass_hat_k(5, 2, 2) == pytest.approx(0.1)


def test_with_one_draw_both_are_the_success_rate() -> None:
    assert pass_at_k(8, 3, 1) == pytest.approx(3 / 8)
    assert pass_hat_k(8, 3, 1) == pytest.approx(3 / 8)


def test_with_too_few_failures_to_fill_k_draws_one_succeeds_for_certain() -> None:
    assert pass_at_k(5, 4, 2) == 1.0
    assert pass_hat_k(5, 1, 2) == 0.0


@pytest.mark.parametrize(("episodes", "successes", "k"), [(5, 2, 0), (5, 2, 6), (5, 6, 1)])
def test_impossible_draws_are_refused(episodes: int, successes: int, k: int) -> None:
    for measure in (pass_at_k, pass_hat_k):
        with pytest.raises(UserError):
            measure(episodes, successes, k)


@pytest.mark.parametrize(
    ("composed", "parts", "gap"),
    [(0.6, [0.8, 0.75], 0.0), (0.5, [0.8, 0.75], -0.1), (0.7, [0.7], 0.0)],
)
def test_the_composition_gap_of_the_specs_cases(
    composed: float, parts: list[float], gap: float
) -> None:
    assert composition_gap(composed, parts) == pytest.approx(gap, abs=1e-12)


def test_sub_tasks_that_fail_independently_leave_no_gap() -> None:
    chance = random.Random(0)
    episodes = [(chance.random() < 0.9, chance.random() < 0.8) for _ in range(100_000)]
    composed, first, second = (
        sum(done) / len(episodes)
        for done in zip(*((a and b, a, b) for a, b in episodes), strict=True)
    )
    assert abs(composition_gap(composed, [first, second])) < 0.01


@pytest.mark.parametrize("rates", [(0.5, []), (1.5, [0.5]), (0.5, [0.5, -0.1])])
def test_a_gap_without_parts_or_of_no_rates_is_refused(rates: tuple[float, list[float]]) -> None:
    with pytest.raises(UserError):
        composition_gap(*rates)


@pytest.mark.parametrize(
    ("rate", "successes", "budget"), [(0.1, 2, 20), (0.02, 3, 50), (0.5, 4, 10)]
)
def test_pass_until_is_exactly_unbiased(rate: float, successes: int, budget: int) -> None:
    """The expectation summed over all that can happen, each value asked of `pass_until`."""
    expected = 0.0
    for trials in range(successes, budget + 1):
        outcomes = [True] * (successes - 1) + [False] * (trials - successes) + [True]
        chance = math.comb(trials - 1, successes - 1) * rate**successes
        chance *= (1 - rate) ** (trials - successes)
        expected += chance * pass_until(outcomes, successes=successes, budget=budget).mean
    for seen in range(successes):
        outcomes = [True] * seen + [False] * (budget - seen)
        chance = math.comb(budget, seen) * rate**seen * (1 - rate) ** (budget - seen)
        expected += chance * pass_until(outcomes, successes=successes, budget=budget).mean
    assert expected == pytest.approx(rate, abs=1e-12)


def test_pass_until_stops_at_the_wanted_success_and_reads_no_further() -> None:
    outcomes = iter([False, True, False, False, True, True])
    assert pass_until(outcomes) == PassUntil(1 / 4, 2, 5, complete=True)
    assert list(outcomes) == [True]


def test_pass_until_with_its_budget_spent_is_the_plain_rate() -> None:
    outcomes = chain([True], repeat(False))
    assert pass_until(outcomes, budget=400) == PassUntil(1 / 400, 1, 400, complete=False)


def test_pass_until_of_nothing_is_unknown() -> None:
    found = pass_until([])
    assert math.isnan(found.mean)
    assert found[1:] == (0, 0, False)


@pytest.mark.parametrize(("successes", "budget"), [(1, 10), (5, 4)])
def test_a_biased_or_hopeless_pass_until_is_refused(successes: int, budget: int) -> None:
    with pytest.raises(UserError):
        pass_until([True], successes=successes, budget=budget)


def test_no_success_in_300_bounds_the_rate_below_one_percent() -> None:
    assert zero_success_bound(300) == pytest.approx(0.00994, abs=5e-6)
    assert zero_success_bound(0) == 1.0
