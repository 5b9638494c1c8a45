"""Screenshots as frames."""

import numpy as np
import pytest

from webagents.errors import UserError
from webagents.models.screens import frame, framed


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(1, 256, shape, np.uint8)


def test_a_miniwob_page_loses_its_instruction_bar_and_nothing_else() -> None:
    page = noise(210, 160, 3)
    assert np.array_equal(frame(page), page[50:])


def test_a_larger_page_is_scaled_as_a_whole_and_lies_at_the_top_left() -> None:
    page = np.full((400, 800, 3), 200, np.uint8)
    page[:, 400:] = 100
    made = frame(page)
    expected = np.zeros((160, 160, 3), np.uint8)
    expected[:80, :80], expected[:80, 80:] = 200, 100
    # the filter mixes the columns where the colours meet
    assert np.array_equal(np.delete(made, [79, 80], 1), np.delete(expected, [79, 80], 1))


def test_a_smaller_page_is_scaled_up() -> None:
    assert np.array_equal(
        frame(np.full((10, 20, 3), 9, np.uint8), 40)[:, :, 0],
        np.repeat([9, 0], 20)[:, None] * np.ones((1, 40)),
    )


def test_what_is_not_there_is_black() -> None:
    page = noise(210, 160, 3)
    made = framed([None, page])
    assert np.array_equal(made, [np.zeros((160, 160, 3)), page[50:]])
    assert not framed([None], 32).any()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((210, 160), np.uint8),
        np.zeros((210, 160, 1), np.uint8),
        np.zeros((210, 160, 4), np.uint8),
        np.zeros((210, 160, 3)),
        np.zeros((0, 160, 3), np.uint8),
    ],
)
def test_what_is_no_screenshot_is_told(wrong: np.ndarray) -> None:
    with pytest.raises(UserError, match="screenshot"):
        frame(wrong)
