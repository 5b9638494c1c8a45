"""The homes: what searches find, and how far requests about them have been met."""

from datetime import date

import pytest

from tests.envs.websites.visits import Visitor
from webagents.envs.websites.homes.asking import EntryGoal, OpenGoal, SearchGoal, Wish
from webagents.envs.websites.homes.searching import Filters, found, town_of
from webagents.envs.websites.homes.stock import stock, towns
from webagents.envs.websites.website import Address

TOWN = "Thornbury, PA"
WISH = Wish(TOWN, "2", "house")


def test_there_are_as_many_homes_as_the_file_says_and_no_two_at_one_address():
    homes = stock().values()
    assert len(homes) == 20 * 90
    assert len({(home.street, home.town) for home in homes}) == len(homes)


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        (Filters(where=TOWN), lambda home: home.town.label == TOWN),
        (Filters(where="thornbury"), lambda home: home.town.label == TOWN),
        (Filters(low="1500", high="2000"), lambda home: 1500 <= home.rent <= 2000),
        (Filters(beds="studio"), lambda home: home.beds == 0),
        (Filters(beds="3"), lambda home: home.beds >= 3),
        (Filters(baths="1.5"), lambda home: home.baths >= 1.5),
        (Filters(types=("loft", "condo")), lambda home: home.type in ("loft", "condo")),
        (Filters(amenities=("pool", "gym")), lambda home: {"pool", "gym"} <= set(home.amenities)),
        (Filters(lease="student"), lambda home: home.lease == "student"),
        (Filters(free="2026-05-10"), lambda home: home.free <= date(2026, 5, 10)),
        (Filters(where="Larkspur Court"), lambda home: "Larkspur Court" in home.street),
    ],
)
def test_a_search_finds_the_homes_that_fit_and_no_others(filters, holds):
    wanted = {home.id for home in stock().values() if holds(home)}
    assert {home.id for home in found(filters)} == wanted != set()


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("price-low", lambda home: home.rent),
        ("price-high", lambda home: -home.rent),
        ("size", lambda home: -home.area),
        ("newest", lambda home: home.age),
    ],
)
def test_results_come_in_the_order_that_is_asked_for(sort, value):
    values = [value(home) for home in found(Filters(where=TOWN, sort=sort))]
    assert values == sorted(values)
    assert len(values) == 90


def test_values_that_no_form_offers_are_none():
    url = "/homes?max_rent=$2,400&min_rent=-3&beds=9&type=castle&type=loft&free=soon&sort=odd"
    assert Filters.of(Address.of(url)) == Filters(high="2400", types=("loft",))
    assert [town_of(text) for text in ("", "Nowhere", "port ellery fl")] == [
        None,
        None,
        towns()[10],
    ]


def test_a_search_is_met_filter_by_filter_and_one_too_many_counts_against_it():
    goal = SearchGoal(Filters(where=TOWN, beds="2", types=("house",), high="2000"))
    visitor = Visitor("site.real-estate")
    visitor.go("/homes?where=thornbury&beds=2&amenity=pool&sort=size")
    assert visitor.met(goal) == {
        "where": True,
        "high": False,
        "beds": True,
        "types": False,
        "not asked: amenities": False,
    }
    visitor.go("/homes?where=Thornbury%2C+PA&beds=2&type=house&max_rent=2000&min_rent=")
    assert set(visitor.met(goal).values()) == {True}


def test_a_home_is_met_by_what_it_shares_with_the_one_that_is_asked_for():
    cheapest, other, *_ = found(WISH.filters._replace(sort="price-low"))
    goal = OpenGoal(WISH, cheapest.id)
    visitor = Visitor("site.real-estate")
    met = [dict.fromkeys(("town", "beds", "type"), True) | {"home": there} for there in (0, 1)]
    visitor.go(f"/homes/{other.id}")
    assert visitor.met(goal) == met[0]
    visitor.go(f"/homes/{cheapest.id}")
    assert visitor.met(goal) == met[1]
    visitor.go(f"/homes?where={TOWN}&beds=2")
    assert visitor.met(goal) == {"town": True, "beds": True, "type": False, "home": False}


def test_a_tour_is_met_field_by_field_wherever_the_visitor_goes_afterwards():
    entry = {"date": "2026-06-01", "time": "10:00", "name": "Ada Abara", "email": "a@b.test"}
    goal = EntryGoal("tours", "10000", entry)
    visitor = Visitor("site.real-estate")
    visitor.send("/homes/10000/tour", **entry | {"time": "14:00", "name": " ada  abara"})
    visitor.go("/")
    met = {"home": True, "date": True, "time": False, "name": True, "email": True}
    assert visitor.met(goal) == met
    visitor.send("/homes/10000/tour", **entry)
    assert set(visitor.met(goal).values()) == {True}
    visitor.send("/homes/10005/save", list="Shortlist")
    assert visitor.met(goal)["not asked: saved 10005"] is False
    visitor.send("/homes/10005/no-save")
    assert set(visitor.met(goal).values()) == {True}
