from __future__ import annotations

import math
from itertools import chain, repeat

import pytest

from webagents.errors import UserError
from webagents.evaluation.measures import (
    Passes,
    PassUntil,
    pass_at_k,
    pass_hat_k,
    pass_until,
    passes,
)


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


def test_over_tasks_each_weighs_the_same() -> None:
    assert passes([(2, 5), (5, 5)], 2) == Passes(2, pytest.approx(0.85), pytest.approx(0.55))


def test_passes_of_no_task_are_refused() -> None:
    with pytest.raises(UserError, match="at least one task"):
        passes([], 1)


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
