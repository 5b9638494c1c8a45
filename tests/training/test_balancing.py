"""Which share of a task's episodes is learned from."""

import pytest

from webagents.data.stream import Held
from webagents.training.imitation.balancing import BALANCES, shares_of

HELD = {"t.long": Held(100, 1000), "t.rare": Held(10, 20), "t.short": Held(100, 100)}


def test_each_balance_takes_what_it_says():
    rates = {"t.long": 0.2, "t.rare": 0.95, "elsewhere": 0.0}
    found = {balance: shares_of(balance, HELD, rates) for balance in BALANCES}
    assert found == {
        "none": {"t.long": 1.0, "t.rare": 1.0, "t.short": 1.0},
        # 20 steps of each
        "uniform": pytest.approx({"t.long": 0.02, "t.rare": 1.0, "t.short": 0.2}),
        # steps as 0.8 to 0.1 (that is solved, but not forgotten) to their mean of 0.45, times the
        # roots of 10, 2 and 1
        "weak": pytest.approx({"t.long": 0.16 * 5**0.5, "t.rare": 1.0, "t.short": 0.9 / 2**0.5}),
        # 210 * 77 / 347 = 47 more of the weak one's 100; of the easy one 5 of 10
        "html-t5++": pytest.approx({"t.long": 1.0, "t.rare": 0.5 / 1.47, "t.short": 1 / 1.47}),
    }


def test_before_success_is_known_weak_is_uniform_and_the_recipe_takes_all():
    assert shares_of("weak", HELD, {}) == shares_of("uniform", HELD, {})
    assert shares_of("html-t5++", HELD, {}) == shares_of("none", HELD, {})
