"""Texts as words and numbers."""

import numpy as np

from webagents.slots.words import LARGEST, numbers_of


def test_numbers_too_large_for_what_they_are_kept_in_are_the_largest_ones() -> None:
    digits = "9" * 400
    found = [value for *_, value in numbers_of(f"3 -{digits} {digits}.5 -7")]
    assert found == [3, -LARGEST, LARGEST, -7]
    assert np.isfinite(np.asarray(found, np.float32)).all()
