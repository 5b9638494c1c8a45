"""A slider is moved with as few keys as it takes."""

import pytest

from webagents.policies.expert.sequences import keys_between


@pytest.mark.parametrize(
    ("value", "wanted", "keys"),
    [
        (3, 3, ()),
        (-6, 10, ("End",)),
        (-6, -9, ("Home", "ArrowRight")),
        (0, 5, ("PageUp", "ArrowRight")),
    ],
)
def test_a_slider_is_moved_with_the_fewest_keys(value, wanted, keys):
    assert keys_between(value, wanted) == keys
