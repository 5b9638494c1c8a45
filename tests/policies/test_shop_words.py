"""Instructions are read for what they ask, whichever way it is put."""

import pytest

from webagents.policies.shop.wishes import queries, understand
from webagents.policies.shop.words import content, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3x-large", "xxx-large"),
        ("xl", "extra large"),
        ("1.6 oz", "1.6 ounces"),
        ('24" x 36"', "24 in x 36 inch"),
        ("60x40cm", "60 x 40 cm"),
        ("women's grey shoes", "womens gray shoe"),
        ("two pieces", "2pcs"),
    ],
)
def test_sizes_units_and_numbers_are_alike_however_they_are_written(one, other):
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("without fragrance", "fragrance-free"),
        ("does not contain soy", "soy free"),
        ("has no artificial colors", "artificial colors free"),
        ("non-toxic", "nontoxic"),
        ("not hard to clean", "easy clean"),
        ("light in weight", "light weight"),
    ],
)
def test_what_products_say_of_themselves_is_alike_in_other_words(one, other):
    assert content(one) == content(other)


@pytest.mark.parametrize(
    ("instruction", "limit"),
    [
        ("i need a red lamp, and price lower than 40.00 dollars", 40.0),
        ("a red lamp under $1,200", 1200.0),
        ("a lamp that costs no more than 25 dollars", 25.0),
        ("a pack of 12 lamps", float("inf")),
    ],
)
def test_the_price_limit_is_found_and_is_no_part_of_the_search(instruction, limit):
    wish = understand(instruction)
    searched = " ".join(queries(wish))
    assert (wish.limit, "dollars" in searched, "$" in searched) == (limit, False, False)
    assert "lamp" in searched


@pytest.mark.parametrize(
    ("instruction", "noun"),
    [
        ("i want a sky blue, easy use gaming mouse, and price lower than 30.00 dollars", "mouse"),
        ("buy a hand wash swimsuit (ruched) made of nylon size medium", "swimsuit"),
        ("for my home i need some end tables with metal legs in black", "tables"),
        ("order travel bottles that are leak proof", "bottles"),
    ],
)
def test_the_noun_that_is_asked_for_stands_before_what_is_told_of_it(instruction, noun):
    assert (understand(instruction).head,) == words(noun)


def test_options_told_by_name_are_searched_twice_and_kept_apart():
    wish = understand(
        "Find me machine wash men's shirts with classic fit with color: navy, and fit type: men, "
        "and price lower than 30.00 dollars"
    )
    assert [name for name, _ in wish.named] == ["color", "fit type"]
    assert queries(wish)[0] == "machine wash men's shirts classic fit navy men navy men"


def test_an_instruction_of_mere_filler_is_searched_for_something_all_the_same():
    assert queries(understand("please find me something")) == ("anything",)
