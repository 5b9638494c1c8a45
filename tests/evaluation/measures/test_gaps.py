from __future__ import annotations

import math
import random

import pytest

from webagents.errors import UserError
from webagents.evaluation.measures import (
    Hop,
    composition_gap,
    geometric_mean,
    hops,
    order_sensitivity,
    relative_gap,
)


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


def test_the_geometric_mean_is_the_rate_whose_power_is_the_product() -> None:
    assert geometric_mean([0.9, 0.4]) == pytest.approx(0.6)
    assert geometric_mean([0.5, 0.0]) == 0.0


@pytest.mark.parametrize(
    ("known", "composed", "gap"), [(0.940, 0.249, 0.735), (0.854, 0.548, 0.358)]
)
def test_the_relative_gap_of_compwobs_abstract(known: float, composed: float, gap: float) -> None:
    assert relative_gap(known, composed) == pytest.approx(gap, abs=5e-4)


def test_of_nothing_no_share_is_lost() -> None:
    with pytest.raises(UserError, match="no relative gap"):
        relative_gap(0.0, 0.0)


def test_order_sensitivity_is_forward_less_reverse() -> None:
    assert order_sensitivity(0.75, 0.5) == 0.25


@pytest.mark.parametrize("rates", [(1.1, 0.5), (0.5, -0.1)])
def test_what_is_no_rate_has_no_gap_either(rates: tuple[float, float]) -> None:
    for measure in (relative_gap, order_sensitivity):
        with pytest.raises(UserError, match="between 0 and 1"):
            measure(*rates)


def test_hops_are_counted_among_the_episodes_that_reached_them() -> None:
    episodes = [
        *[(True, True, True)] * 2,
        *[(True, True, False)] * 2,
        *[(True, False, True)] * 4,  # its last part was done, but after a failure
        *[(False, True, True)] * 8,
    ]
    first, second, third = hops(episodes, [0.75, 0.625, None])
    assert (first, second) == (Hop(16, 0.5, -0.25), Hop(8, 0.5, -0.125))
    assert third[:2] == (4, 0.5)
    assert math.isnan(third.cost)


def test_a_hop_that_nothing_reached_is_unknown() -> None:
    reached, rate, cost = hops([(False, False)], [0.5, 0.5])[1]
    assert reached == 0
    assert math.isnan(rate)
    assert math.isnan(cost)


def test_an_episode_that_tells_of_other_parts_is_refused() -> None:
    with pytest.raises(UserError, match="tells of 3 parts, the task has 2"):
        hops([(True, True, True)], [1.0, 1.0])
