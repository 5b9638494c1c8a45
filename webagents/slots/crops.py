"""What elements look like: each one's part of the screenshot, in a small square.

Legend: K elements, S pixels of a square's side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from webagents.errors import UserError
from webagents.types import Screenshot

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the screenshot, as ``box`` has it in the visual view."""


def box_of(text: str) -> Box | None:
    """The box of a ``box`` attribute, None where it is none or has no area."""
    try:
        x, y, width, height = (float(part) for part in text.split())
    except ValueError:
        return None
    return (x, y, width, height) if width > 0 and height > 0 else None


def crops(screenshot: Screenshot, boxes: Sequence[Box], side: int) -> NDArray[np.uint8]:
    """The pictures of boxes, stretched to squares: uint8 (K, S, S, 3).

    A pixel is the mean of those that it covers, of at least one; what lies beyond the screenshot is
    the pixel at its edge. All means come from one table of sums (Crow 1984, Summed-area tables).

    Raises:
        UserError: it is no screenshot.
    """
    if screenshot.dtype != np.uint8 or screenshot.ndim != 3 or screenshot.shape[2] != 3:
        raise UserError(
            "a screenshot is uint8 (height, width, 3), RGB, "
            f"not {screenshot.dtype} {screenshot.shape}"
        )
    height, width = screenshot.shape[:2]
    sums = np.zeros((height + 1, width + 1, 3), np.int64)
    sums[1:, 1:] = screenshot.cumsum(0, np.int64).cumsum(1)
    x, y, wide, high = np.asarray(boxes, np.float64).reshape(-1, 4).T
    left, right = _spans(x, wide, side, width)
    top, bottom = _spans(y, high, side, height)
    rows, columns = (slice(None), slice(None), None), (slice(None), None, slice(None))
    total = (
        sums[bottom[rows], right[columns]]
        - sums[top[rows], right[columns]]
        - sums[bottom[rows], left[columns]]
        + sums[top[rows], left[columns]]
    )
    area = (bottom - top)[rows] * (right - left)[columns]
    result: NDArray[np.uint8] = ((total + area[..., None] // 2) // area[..., None]).astype(np.uint8)
    return result


def _spans(
    begin: NDArray[np.float64], length: NDArray[np.float64], side: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first pixel that each cell of a side covers, and the one behind its last: (K, S) each."""
    edges = begin[:, None] + length[:, None] * np.arange(side + 1) / side
    edges = np.nan_to_num(edges, nan=0.0, posinf=most, neginf=0.0)
    first = np.clip(np.floor(edges[:, :-1]), 0, most - 1).astype(np.int64)
    last = np.clip(np.ceil(edges[:, 1:]), 1, most).astype(np.int64)
    return first, np.maximum(last, first + 1)
