"""Of a product's options those values are chosen that an instruction asks for."""

import pytest

from webagents.policies.shop.choosing import choices
from webagents.policies.shop.pages import Group, Value
from webagents.policies.shop.wishes import understand


def chosen(instruction, **groups):
    offered = tuple(
        Group(name.replace("_", " "), tuple(Value(value, "1", False) for value in values))
        for name, values in groups.items()
    )
    return {each.group: each.value for each in choices(understand(instruction), offered)}


@pytest.mark.parametrize(
    ("instruction", "values", "value"),
    [
        ("a charcoal rug", ["heather grey", "heather charcoal"], "heather charcoal"),
        ("a pink towel", ["pink light blue", "pink", "pink rose"], "pink"),
        ("wine red shoes", ["red", "wine red", "white"], "wine red"),
        ("black loafers", ["brown137", "black1901"], "black1901"),
        (
            "a pack of 12 bars",
            ["4 ounce (pack of 1)", "4 ounce (pack of 12)"],
            "4 ounce (pack of 12)",
        ),
        ("a 120 ml mask", ["60ml", "120ml"], "120ml"),
        ("a shirt in xxl", ["x-large", "xx-large"], "xx-large"),
        ("one roller", ["3pcs", "1pcs"], "1pcs"),
    ],
)
def test_the_value_that_says_most_of_what_is_asked_and_least_else_is_chosen(
    instruction, values, value
):
    assert chosen(instruction, option=values) == {"option": value}


def test_options_nobody_asked_for_are_left_alone():
    assert chosen("a soft blanket", color=["red", "blue"], size=["queen", "king"]) == {}


def test_a_word_is_one_option_only():
    picked = chosen("a black desk", color=["black", "white"], legs=["black", "white"])
    assert picked == {"color": "black"}


def test_options_told_by_name_are_taken_word_for_word():
    instruction = (
        "Find me rugs with color: blue, and size: 2 x 3, and price lower than 9.00 dollars"
    )
    picked = chosen(
        instruction, color=["navy blue", "blue"], size=["2 x 3", "2 x 3 ft"], shape=["2"]
    )
    assert picked == {"color": "blue", "size": "2 x 3"}
