import pytest
from hypothesis import given
from hypothesis import strategies as st

from webagents.webshop import ORIGIN, SUB_PAGES
from webagents.webshop.visits import FREE, Visit, visit_at

ITEM = Visit("17", "item", "red shoes", 2, "B0ABC", (("color", "navy / blue"), ("size", "8 1/2")))


def parsed(address):
    path, _, query = address.partition("?")
    return visit_at(path, query)


@pytest.mark.parametrize(
    ("visit", "address"),
    [
        (Visit("17"), "/17"),
        (Visit(FREE), "/free"),
        (Visit("17").results("red shoes"), "/17/q=red%20shoes/1/"),
        (ITEM._replace(options=()), "/17/q=red%20shoes/2/B0ABC/"),
        (ITEM, "/17/q=red%20shoes/2/B0ABC/?color=navy+%2F+blue&size=8+1%2F2"),
        (
            ITEM._replace(kind="sub", sub="features", options=()),
            "/17/q=red%20shoes/2/B0ABC/features",
        ),
        (ITEM._replace(kind="done", options=()), "/17/q=red%20shoes/2/B0ABC/buy"),
    ],
)
def test_a_visit_has_an_address_that_says_it(visit, address):
    assert (visit.address, parsed(address)) == (address, visit)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
options = st.lists(st.tuples(texts.filter(bool), texts), max_size=4, unique_by=lambda pair: pair[0])


@given(query=texts, asin=texts.filter(bool), page=st.integers(1, 999), chosen=options)
def test_an_address_loses_nothing(query, asin, page, chosen):
    item = Visit("3", "item", query, page, asin, tuple(chosen))
    visits = [item, item._replace(kind="done"), Visit("3").results(query, page)]
    visits += [item._replace(kind="sub", sub=name) for name in SUB_PAGES]
    assert [parsed(visit.address) for visit in visits] == visits


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/seventeen",
        "/17/x",
        "/17/q=a",
        "/17/q=a/one/",
        "/17/q=a/9999999/",
        "/17/q=a/1/B0/nowhere",
        "/17/q=a/1/B0/buy/twice",
        "/²",
        "/99999999999",
    ],
)
def test_other_paths_are_no_pages_of_the_shop(path):
    assert visit_at(path, "") is None


def test_an_option_chosen_again_replaces_the_first_in_the_products_order():
    names = ["size", "color"]
    visit = Visit("1", "item", "x", 1, "B0")
    visit = visit.choosing("color", "red").choosing("size", "m").ordered(names)
    assert visit.choosing("color", "blue").ordered(names).options == (
        ("size", "m"),
        ("color", "blue"),
    )


def test_the_pages_around_a_product_are_where_its_links_lead():
    sub = ITEM.detail("features")
    visits = (ITEM.start, ITEM.found, ITEM.found.opened("B0XYZ"), sub, sub.item, sub.bought)
    item, chosen = "/17/q=red%20shoes/2/B0ABC/", "?color=navy+%2F+blue&size=8+1%2F2"
    assert [visit.url.removeprefix(ORIGIN) for visit in visits] == [
        "/17",
        "/17/q=red%20shoes/2/",
        "/17/q=red%20shoes/2/B0XYZ/",
        f"{item}features{chosen}",
        f"{item}{chosen}",
        f"{item}buy{chosen}",
    ]
