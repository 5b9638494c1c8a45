from __future__ import annotations

import numpy as np
import pytest

from webagents.errors import UserError
from webagents.evaluation.measures import Interval, Resamples, bootstrap
from webagents.evaluation.measures.resampling import interval

NAN = float("nan")


def gap(rates: np.ndarray) -> np.ndarray:
    return rates[:, 0] - rates[:, 1] * rates[:, 2]


def test_the_data_come_first_and_every_draw_has_as_many_seeds() -> None:
    weights = Resamples.draw(7, resamples=50).weights
    assert weights.shape == (51, 7)
    assert weights[0].tolist() == [1] * 7
    assert weights.sum(axis=1).tolist() == [7] * 51


def test_the_same_seed_draws_the_same() -> None:
    one, same, other = (Resamples.draw(20, seed=seed).weights for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_rates_are_over_the_seeds_a_task_was_played_on() -> None:
    draws = Resamples(np.array([[1.0, 1, 1], [2, 1, 0], [3, 0, 0]]))
    rates = draws.rates([[1, 0, 0], [NAN, 1, 0]])
    np.testing.assert_allclose(rates, [[1 / 3, 1 / 2], [2 / 3, 1], [1, NAN]])


def test_the_interval_holds_the_middle_of_the_draws() -> None:
    assert interval([5.0, *range(101)]) == pytest.approx((5.0, 2.5, 97.5))
    assert interval([5.0, *range(101)], 0.5) == pytest.approx((5.0, 25.0, 75.0))


def test_draws_without_a_value_are_left_out() -> None:
    assert interval([1.0, NAN, 2.0, NAN, 2.0]) == Interval(1.0, 2.0, 2.0)
    assert interval([1.0, NAN]) == Interval(1.0, None, None)
    assert interval([NAN, 1.0]) is None


def test_tasks_are_looked_at_on_the_same_draws() -> None:
    ended = [1, 0, 1, 1, 0, 1, 0, 1]
    same = bootstrap(lambda rates: rates[:, 0] - rates[:, 1], [ended, ended])
    assert same == Interval(0.0, None, None)


def test_a_gap_has_the_value_of_the_data_and_an_interval_around_it() -> None:
    chance = np.random.default_rng(0)
    first, second = chance.random((2, 400)) < [[0.8], [0.75]]
    found = bootstrap(gap, [first & second & (chance.random(400) < 0.8), first, second])
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert -0.2 < found.low < found.value < found.high < -0.04


def test_seeds_that_not_every_task_was_played_on_are_left_out() -> None:
    outcomes = np.array([[1, 0, 1, 0, NAN, 1], [1, 1, 0, 1, 1, NAN], [1, 0, 1, 1, 0, 0]])
    assert bootstrap(gap, outcomes) == bootstrap(gap, outcomes[:, :4])


def test_with_20_seeds_the_interval_of_a_gap_covers_the_truth_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    covered = []
    for run in range(300):
        played = chance.random((3, 20)) < [[0.5], [0.9], [0.8]]
        found = bootstrap(gap, played, resamples=400, seed=run)
        assert found is not None
        if found.low is not None and found.high is not None:
            covered.append(found.low <= 0.5 - 0.72 <= found.high)
    assert 0.90 <= np.mean(covered) <= 0.98


@pytest.mark.parametrize("outcomes", [[[1, NAN], [NAN, 0]], [[]]])
def test_without_a_shared_seed_there_is_nothing_to_draw(outcomes: list[list[float]]) -> None:
    with pytest.raises(UserError, match="cannot draw"):
        bootstrap(lambda rates: rates[:, 0], outcomes)
