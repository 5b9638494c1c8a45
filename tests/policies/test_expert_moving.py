"""What moves is followed from where it was seen, what is turned from how it stands."""

import math

import numpy as np
import pytest

from webagents import html
from webagents.policies.expert.chasing import Place, ahead
from webagents.policies.expert.cube import Pose, drag_for, pose_of
from webagents.policies.expert.probing import signals


def eased(part):
    return 4 * part**3 if part < 0.5 else 1 - 4 * (1 - part) ** 3


@pytest.mark.parametrize("ms", [400, 1000, 1600])
def test_a_circle_is_expected_where_its_easing_takes_it(ms):
    places = [Place(t, 20 + 100 * eased(t / 2000), 50) for t in range(0, ms + 1, 200)]
    assert ahead(places) == pytest.approx((20 + 100 * eased((ms + 200) / 2000), 50))


def test_a_circle_about_to_set_off_is_expected_where_it_is():
    places = [Place(1800, 10, 10), Place(2000, 20, 20)]
    assert ahead(places) == (20, 20)


def cube(turn, tilt):
    """The page of a cube that stands so, its sides' middles projected without perspective."""
    across, over = math.radians(turn), math.radians(tilt)
    sides = []
    for x, y, z in [(0, -1, 0), (0, 0, 1), (1, 0, 0), (0, 0, -1), (-1, 0, 0), (0, 1, 0)]:
        right, depth = x * math.cos(across) + z * math.sin(across), z * math.cos(across)
        depth -= x * math.sin(across)
        down = y * math.cos(over) - depth * math.sin(over)
        left, top = round(60 + 32 * right), round(90 + 32 * down)
        sides.append(f'<div class="side" box="{left} {top} 40 40"></div>')
    return html.parse(f"<body>{''.join(sides)}</body>")


@pytest.mark.parametrize("turn", [10, 42, 100, 190, 275, 350])
@pytest.mark.parametrize("tilt", [10, 60, 136, 200, 264, 340])
def test_how_a_cube_stands_is_read_off_its_sides(turn, tilt):
    pose = pose_of(cube(turn, tilt))
    apart = [(seen - true + 180) % 360 - 180 for seen, true in zip(pose, (turn, tilt), strict=True)]
    assert max(map(abs, apart)) < 3


@pytest.mark.parametrize(
    ("side", "across", "down"),
    [(6, 0, 1), (1, 0, -1), (2, -1, 0), (3, -1, 0), (4, 1, 0), (5, 1, 0)],
)
def test_each_side_of_the_cube_is_brought_up_from_where_it_starts(side, across, down):
    drag = drag_for(Pose(42, 136), side)
    assert tuple(np.sign(drag)) == (across, down)


def test_a_spot_is_hotter_the_nearer_the_mouse_is():
    spots = np.array([[50.0, 50], [54, 53], [57, 50], [50, 80], [50, 90]])
    assert signals(spots, np.array([50.0, 50])).tolist() == [0, 1, 1, 2, 3]
