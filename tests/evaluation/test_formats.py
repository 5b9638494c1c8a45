from __future__ import annotations

import math

import pytest

from webagents.evaluation import formats
from webagents.evaluation.drawing import shortened


@pytest.mark.parametrize(
    ("difference", "text"),
    [(0.0, "0.0"), (-0.0001, "0.0"), (0.125, "+12.5"), (-0.3333, "−33.3"), (1.0, "+100.0")],
)
def test_a_difference_has_its_sign_but_where_it_is_nothing(difference: float, text: str) -> None:
    assert formats.points(difference) == text


@pytest.mark.parametrize(
    ("part", "text"), [(0.735, "73.5%"), (-0.1, "−10.0%"), (-0.0001, "0.0%"), (0.0, "0.0%")]
)
def test_a_share_may_be_below_0(part: float, text: str) -> None:
    assert formats.share(part) == text


@pytest.mark.parametrize(("p", "text"), [(0.0004, "p < 0.001"), (0.0213, "p = 0.021")])
def test_small_chances_are_not_told_digit_by_digit(p: float, text: str) -> None:
    assert formats.p_value(p) == text


def test_what_is_unknown_is_a_dash() -> None:
    dashes = [formats.rate(None), formats.percent(math.nan), formats.number(None)]
    assert dashes == ["–"] * 3


def test_a_name_breaks_after_its_words_and_stays_text() -> None:
    assert formats.breakable("a_<b>_c") == "a_<wbr>&lt;b&gt;_<wbr>c"


def test_a_long_name_loses_its_middle() -> None:
    assert shortened("click-button_click-link", 11) == "click…-link"
    assert shortened("click-link", 10) == "click-link"
