from __future__ import annotations

import pytest

from webagents.evaluation.measures.beta import incomplete_beta


@pytest.mark.parametrize(
    ("a", "b", "x", "expected"),
    [
        # scipy 1.17: special.betainc
        (2, 3, 0.4, 0.5248),
        (0.5, 0.5, 0.3, 0.36901011956554536),
        (24, 0.5, 0.99, 0.4895925517611767),
        (300, 1, 0.995, 0.22229219984074697),
        (4, 397, 0.02, 0.959048344929567),
        (5e4, 5e4, 0.501, 0.7364550617029552),
    ],
)
def test_the_incomplete_beta_function_equals_scipys(
    a: float, b: float, x: float, expected: float
) -> None:
    assert incomplete_beta(a, b, x) == pytest.approx(expected, rel=1e-9)


def test_nothing_lies_below_0_and_all_below_1() -> None:
    assert (incomplete_beta(2, 3, 0), incomplete_beta(2, 3, 1)) == (0.0, 1.0)
