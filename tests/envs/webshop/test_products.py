"""Raw rows, and the products that the original makes of them."""

from collections import Counter

import pytest

from tests.envs.webshop.shops import options, row, write_shop
from webagents.envs.webshop.catalogue.loading import read_products
from webagents.envs.webshop.catalogue.products import BadRow, processed


def test_a_raw_row_becomes_the_product_that_the_original_makes_of_it():
    raw = row(
        customization_options={
            "Color": [{"value": " Red/Blue ", "image": "r.jpg"}, {"value": "GREEN", "image": None}],
            "Size": None,
        },
        pricing="$1,234.50 - $20",
        brand="dropped",
    )
    assert processed(raw, ["soft"]) == {
        "asin": "B000000001",
        "name": "Red Shoe",
        "category": "fashion",
        "query": "red shoes",
        "product_category": "Shoes › Red",
        "Title": "Red Shoe",
        "Description": "A shoe.",
        "BulletPoints": ["Soft.", "Red."],
        "pricing": [1234.5, 20.0],
        "Price": "$1234.5 to $20.0",
        "options": {"color": ["red | blue", "green"]},
        "option_to_image": {"red | blue": "r.jpg", "green": None},
        "Attributes": ["soft"],
        "MainImage": "https://img.example.invalid/1.jpg",
        "Rating": "N.A.",
        "Reviews": [],
    }


def test_a_product_is_passed_on_as_it_is():
    product = processed(row())
    assert processed(product) == product


@pytest.mark.parametrize(
    ("pricing", "amounts", "shown"),
    [
        (None, [100.0], "$100.0"),
        ("", [100.0], "$100.0"),
        ("$5", [5.0], "$5.0"),
        ("$5.00 - $1,007.25", [5.0, 1007.25], "$5.0 to $1007.25"),
        ("$3 $2 $1", [3.0, 2.0], "$3.0 to $2.0"),
    ],
)
def test_prices_are_read_as_the_original_reads_them(pricing, amounts, shown):
    product = processed(row(pricing=pricing))
    assert (product["pricing"], product["Price"]) == (amounts, shown)


def test_what_the_original_fills_in_is_filled_in():
    product = processed(row(small_description="One text.", category=None))
    told = {name: product[name] for name in ("BulletPoints", "Attributes", "category")}
    assert told == {"BulletPoints": ["One text."], "Attributes": ["DUMMY_ATTR"], "category": ""}


def test_of_options_whose_names_differ_in_case_the_last_counts():
    raw = row(customization_options=options(Size=["s"]) | options(SIZE=["l"]))
    assert processed(raw)["options"] == {"size": ["l"]}


def without(name: str) -> dict:
    return {key: value for key, value in row().items() if key != name}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (7, "the row is no object"),
        (without("asin"), "asin is missing"),
        (row(asin=5), "asin is no text"),
        (row(asin="nan"), "the asin is 'nan'"),
        (row(asin="B0123456789"), "the asin is longer than 10 characters"),
        (row(asin="B\0"), "the asin holds a NUL"),
        (without("name"), "name is missing"),
        (row(name=None), "name is no text"),
        (row(query=["a"]), "query is no text"),
        (row(small_description=[1]), "small_description is no text or list of texts"),
        (row(pricing=5), "pricing is no text"),
        (row(pricing="9.99"), "pricing is no price such as '$9.99' or '$5 - $9.99'"),
        (row(pricing="$1.2.3"), "pricing is no price such as '$9.99' or '$5 - $9.99'"),
        (row(pricing="$" + "9" * 400), "pricing is no price such as '$9.99' or '$5 - $9.99'"),
        (without("customization_options"), "customization_options is missing"),
        (row(customization_options=["a"]), "customization_options is no object of lists"),
        (row(customization_options={"a": "b"}), "customization_options is no object of lists"),
        (row(customization_options={"a": [{}]}), "an option has no value that is a text"),
        (
            row(customization_options={"a": [{"value": "b", "image": 1}]}),
            "an option's image is no text",
        ),
        (row(images=[]), "images is no list, or empty"),
        (row(images=[{}]), "the first image is no text"),
    ],
)
def test_a_row_that_makes_no_product_says_why(raw, reason):
    with pytest.raises(BadRow) as raised:
        processed(raw)
    assert raised.value.reason == reason


def test_rows_that_make_no_product_are_left_out_and_counted(tmp_path):
    rows = [row("A"), row("A", name="second"), 5, row("B", name="\ud800"), row("C")]
    folder = write_shop(tmp_path, products=rows)
    dropped: Counter[str] = Counter()
    asins = [product["asin"] for product in read_products(folder, dropped=dropped)]
    assert (asins, dropped) == (
        ["A", "C"],
        {
            "the asin was there before": 1,
            "the row is no object": 1,
            "its text cannot be written as UTF-8": 1,
        },
    )


def test_a_good_row_after_a_bad_one_of_the_same_asin_is_taken(tmp_path):
    folder = write_shop(tmp_path, products=[row("A", name=None), row("A", name="good")])
    assert [product["name"] for product in read_products(folder)] == ["good"]


def test_hostile_text_stays_text(tmp_path):
    name = "<script>alert(1)</script> {{ 7*7 }} ${x} '\" \x00 \u202e"
    folder = write_shop(tmp_path, products=[row("../../etc", name=name)])
    [product] = read_products(folder)
    assert (product["asin"], product["Title"]) == ("../../etc", name)
