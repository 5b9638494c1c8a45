"""Screenshots as a model's frames: the page's area alone, in a small square.

Legend: F frames, S pixels of a frame's side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webagents.errors import UserError
from webagents.types import Screenshot

SIDE = 160
"""S of the paper's frames."""

_MINIWOB = (210, 160)
_BAR = 50
"""Rows of the yellow bar with the instruction, at the top of a MiniWoB page."""

_BLANK = 0
"""What there is where no picture is: black, which no page's background is."""


def frame(screenshot: Screenshot, side: int = SIDE) -> NDArray[np.uint8]:
    """A screenshot as a frame: uint8 (S, S, 3).

    Of a MiniWoB page, 160 pixels wide and 210 high, the bar with the instruction is cut away, which
    leaves 160 by 160 pixels as they are. Every other page is scaled, down or up, until its longer
    side is S, by PIL's bilinear filter (which takes the mean of all pixels that fall together); it
    lies at the top left, and what it leaves free is black.

    Source: Furuta et al. 2024, WebGUM, section 4 (the crop and its size); the rest is ours.

    Raises:
        UserError: it is no screenshot.
    """
    if screenshot.dtype != np.uint8 or screenshot.ndim != 3 or screenshot.shape[2] != 3:
        raise UserError(
            "a screenshot is uint8 (height, width, 3), RGB, "
            f"not {screenshot.dtype} {screenshot.shape}"
        )
    height, width = screenshot.shape[:2]
    if not height or not width:
        raise UserError(f"a screenshot without pixels: {screenshot.shape}")
    area = screenshot[_BAR:] if (height, width) == _MINIWOB else screenshot
    height, width = area.shape[:2]
    share = side / max(height, width)
    size = max(round(height * share), 1), max(round(width * share), 1)
    if size != (height, width):
        scaled = Image.fromarray(area).resize(size[::-1], Image.Resampling.BILINEAR)
        area = np.asarray(scaled)
    result = np.full((side, side, 3), _BLANK, np.uint8)
    result[: size[0], : size[1]] = area
    return result


def stacked(frames: Sequence[NDArray[np.uint8] | None], side: int = SIDE) -> NDArray[np.uint8]:
    """Frames side by side, blank ones for None: uint8 (F, S, S, 3).

    side: S where there are blank ones alone.
    """
    side = next((len(one) for one in frames if one is not None), side)
    blank = np.full((side, side, 3), _BLANK, np.uint8)
    return np.stack([blank if one is None else one for one in frames])


def framed(screenshots: Sequence[Screenshot | None], side: int = SIDE) -> NDArray[np.uint8]:
    """Screenshots as frames side by side, blank ones for None: uint8 (F, S, S, 3)."""
    return stacked([None if one is None else frame(one, side) for one in screenshots], side)
