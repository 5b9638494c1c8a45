"""Things are dragged the shortest way to where they belong."""

import pytest

from tests.policies.test_expert import answer


def numbers(*shown):
    items = "".join(f'<li ref="{ref}">{shown_}</li>' for ref, shown_ in enumerate(shown, 10))
    return f'<body ref="1"><ul>{items}</ul><button ref="20">Submit</button></body>'


@pytest.mark.parametrize(
    ("shown", "action"),
    [
        ((-5, 0, 3, 8), "click('20')"),
        ((8, -5, 0, 3), "drag_and_drop('10', '13')"),
        ((-5, 3, 8, 0), "drag_and_drop('13', '11')"),
        ((-5, 8, 3, 3), "drag_and_drop('11', '13')"),
    ],
)
def test_numbers_are_sorted_by_moving_those_out_of_order(shown, action):
    assert answer("drag-sort-numbers", "Sort the numbers.", numbers(*shown)) == action


GRID = "".join(
    f'<li ref="{10 + n}" box="{7 + 46 * (n % 3)} {57 + 46 * (n // 3)} 40 40">{name}</li>'
    for n, name in enumerate("ABCDEFGHI")
)


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        ("Drag D to the center.", "drag_and_drop('13', '14')"),
        ("Drag A to the bottom center.", "drag_and_drop('10', '17')"),
        ("Drag E up by one.", "drag_and_drop('14', '11')"),
        ("Drag I to the top left.", "drag_and_drop('18', '10')"),
        ("Drag D to the top right.", "mouse_drag_and_drop(27, 123, 83, 77)"),
    ],
)
def test_a_grid_item_from_the_lower_left_goes_behind_the_item_before_its_place(asked, action):
    assert answer("drag-items-grid", asked, f'<body ref="1">{GRID}</body>') == action


BOX = (
    '<body ref="1"><svg ref="2" box="2 52 160 160">{shapes}'
    '<rect ref="9" box="80 120 80 45" fill="none"></rect></svg><button ref="10">Submit</button>'
    "</body>"
)
CIRCLE = '<circle ref="3" box="{at} 17 17" fill="red"></circle>'
OTHER = '<rect ref="4" box="{at} 17 17" fill="red"></rect>'


@pytest.mark.parametrize(
    ("circle", "other", "action"),
    [
        ("10 60", "40 60", "drag_and_drop('3', '9')"),
        ("100 130", "40 60", "click('10')"),
        ("100 130", "130 140", "mouse_drag_and_drop(138, 148, 12, 62)"),
        ("3 53", "130 140", "mouse_drag_and_drop(138, 148, 32, 62)"),
    ],
)
def test_shapes_go_into_the_box_and_others_out_of_it(circle, other, action):
    # Which is dealt with first is the episode's own choice: here the rectangle.
    page = BOX.format(shapes=CIRCLE.format(at=circle) + OTHER.format(at=other))
    assert answer("drag-shapes", "Drag all circles into the black box.", page) == action
