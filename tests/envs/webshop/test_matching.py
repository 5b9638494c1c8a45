"""Fuzzy matching decides as thefuzz 0.19 over difflib does, which gave the expected answers."""

import pytest

from webagents.envs.webshop.matching import colour, colours, similar


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("long sleeve", "Sleeve, Long!", True),
        ("easy clean", "easy to clean", True),
        ("8", "8 wide", True),
        ("8", "18", False),
        ("small", "x-small", True),
        ("gluten free", "sugar free", False),
        ("mahogany", "mahoganyy", True),  # 94
        ("abcdefghij", "abcdefghkl", False),  # 80
        ("é", "e", False),  # nothing is left of the first
        ("", "", False),
        ("—", "-", False),
        (None, "None", False),
        ("红色", "红色", True),  # only Latin-1 is taken out
        ("under_score", "under score", False),  # 45: an underscore is a letter here
        ("40", 40, True),
        ("red shoes", ("colour", "red shoes"), True),
        ("waterproof", ("waterproof", "yes"), True),
    ],
)
def test_two_wordings_are_alike_when_the_original_says_so(one, other, alike):
    assert similar(one, other) is alike


def test_likeness_is_difflibs_not_the_longest_common_subsequences():
    # 13 of 14 letters are common in order, a ratio of 93; difflib's blocks hold 9 of them: 64.
    assert similar("bdbbabaabaaabb", "bdbbaaabbaaabb") is False


def test_a_colour_stands_for_every_value_that_holds_it():
    values = [
        "light grey",
        "standard",
        "washed denim",
        "Black",
        ("color", "red"),
        ("color", "dark red"),
    ]
    assert [colour(value) for value in values] == [
        "grey",
        "tan",
        "ash",
        "Black",
        "red",
        ("color", "dark red"),
    ]


def test_the_colour_words_are_the_originals_in_its_order():
    words = colours()
    assert (len(words), words[:4], words[-3:]) == (
        102,
        ("alabaster", "apricot", "aqua", "ash"),
        ("white", "wine", "yellow"),
    )
