"""Sides and patterns are read off pictures."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from webagents.policies.expert.counting import pattern, sides


def polygon(number, turned):
    picture = Image.new("RGB", (150, 100), "white")
    corners = [turned + 2 * np.pi * n / number for n in range(number + 1)]
    points = [(75 + 35 * np.cos(angle), 50 + 35 * np.sin(angle)) for angle in corners]
    ImageDraw.Draw(picture).line(points, fill="black", width=3)
    return np.asarray(picture)


@pytest.mark.parametrize("number", [3, 4, 5, 6, 7])
def test_the_sides_of_a_figure_are_counted_however_it_is_turned(number):
    counts = {sides(polygon(number, turned)) for turned in np.linspace(0, np.pi, 25)}
    assert counts == {number}


def test_a_pattern_of_white_squares_is_read_off_its_picture():
    picture = np.full((40, 40, 3), 34, np.uint8)
    for row, column, grey in [(0, 0, 255), (0, 1, 102), (1, 0, 102), (1, 1, 255)]:
        picture[4 + 18 * row : 18 + 18 * row, 4 + 18 * column : 18 + 18 * column] = grey
    assert pattern(picture, 2, 2) == [[True, False], [False, True]]
