"""Elements' pictures: means of the pixels that they cover."""

import numpy as np
import pytest

from webagents.errors import UserError
from webagents.slots.crops import box_of, crops


def picture() -> np.ndarray:
    """Four by six pixels, each of another grey."""
    grey = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    return np.repeat(grey[:, :, None], 3, 2)


def grey(boxes: list[tuple[float, float, float, float]], side: int) -> list[list[list[int]]]:
    made = crops(picture(), boxes, side)
    assert (made == made[..., :1]).all()
    return made[..., 0].tolist()


def test_a_box_as_large_as_its_square_is_copied() -> None:
    assert grey([(1, 1, 2, 2)], 2) == [[[70, 80], [130, 140]]]


def test_a_larger_box_is_made_smaller_by_means() -> None:
    assert grey([(0, 0, 4, 4)], 2) == [[[35, 55], [155, 175]]]


def test_a_smaller_box_is_made_larger() -> None:
    assert grey([(2, 3, 1, 1)], 3) == [[[200] * 3] * 3]


def test_what_lies_beyond_is_the_edge() -> None:
    assert grey([(4, -2, 4, 4), (-90, -90, 5, 5), (1e300, 1e300, 1, 1)], 2) == [
        [[45, 50], [75, 80]],
        [[0, 0], [0, 0]],
        [[230, 230], [230, 230]],
    ]


def test_no_boxes_have_no_pictures() -> None:
    assert crops(picture(), [], 8).shape == (0, 8, 8, 3)


def test_any_boxes_are_within_the_picture() -> None:
    random = np.random.default_rng(0)
    boxes = [tuple(row) for row in random.normal(0, 20, (200, 4)).tolist()]
    made = crops(picture(), boxes, 5)
    assert made.shape == (200, 5, 5, 3)
    assert made.max() <= 230


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 4)])
def test_what_is_no_screenshot_is_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(UserError, match="RGB"):
        crops(np.zeros(shape, np.uint8), [], 8)


def test_boxes_are_read_from_attributes() -> None:
    said = ["1 2 3.5 4", "1 2 0 4", "", "a b c d", "1 2 3"]
    assert [box_of(text) for text in said] == [(1.0, 2.0, 3.5, 4.0), None, None, None, None]
