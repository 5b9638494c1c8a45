"""The maps: what searches find, which ways there are, and how far requests have been met."""

import math

import pytest

from tests.envs.websites.visits import Visitor
from webagents.envs.websites.atlas.asking import FindGoal, LeaveGoal, PlaceGoal, WayGoal
from webagents.envs.websites.atlas.drawing import region, town
from webagents.envs.websites.atlas.finding import Search, found
from webagents.envs.websites.atlas.places import Point, places, towns
from webagents.envs.websites.atlas.routes import Trip, end_of, routes
from webagents.envs.websites.website import Address, words

TRIP = Trip(start="Eastmere", end="Castle Brandon", mode="cycle")


def test_there_are_as_many_places_as_the_file_says_and_no_two_of_one_name_in_a_town():
    assert len({place.label for place in places().values()}) == len(places()) == 13 * 220


@pytest.mark.parametrize(
    ("search", "holds"),
    [
        (Search(words="bakeries"), lambda place: place.category == "bakery"),
        (
            Search(words="Café", town="Dunfold"),
            lambda p: p.label.endswith(", Dunfold") and p.category == "cafe",
        ),
        (Search(rating="4.5"), lambda place: place.rating >= 4.5),
        (Search(day="sunday"), lambda place: place.hours[6] is not None),
        (Search(features=("wifi", "pets")), lambda place: {"wifi", "pets"} <= set(place.features)),
        (Search(words="yew tree inn"), lambda place: place.name == "Yew Tree Inn"),
    ],
)
def test_a_search_finds_the_places_that_fit_and_no_others(search, holds):
    wanted = {place.id for place in places().values() if holds(place)}
    assert {place.id for place in found(search)} == wanted != set()


@pytest.mark.parametrize("words_", ["bakeries in great tarley", "bakery near Great Tarley"])
def test_a_town_may_be_part_of_the_words(words_):
    here = Search.of(Address("/search", {"q": (words_,)}))
    assert (here.category, here.town) == ("bakery", "Great Tarley")


def test_a_way_along_one_road_takes_what_its_length_and_speed_say():
    first, *_ = routes(TRIP)
    (road,) = [r for r in words("map")["roads"] if r["between"] == ["Eastmere", "Castle Brandon"]]
    km = road["bend"] * math.dist(towns()["Eastmere"], towns()["Castle Brandon"])
    assert ([leg.name for leg in first.legs], first.km) == (["Northern Road"], round(km, 1))
    assert first.minutes == math.ceil(60 * km / 19)


def test_ways_are_quickest_first_and_keep_to_roads_that_are_open_to_them():
    allowed = {
        "drive": {"motorway", "toll", "road", "lane"},
        "cycle": {"road", "lane", "path"},
        "walk": {"road", "lane", "path"},
        "transit": {"line"},
    }
    for mode, kinds in allowed.items():
        ways = routes(TRIP._replace(start="Harbourne", end="Nether Holt", mode=mode))
        minutes = [way.minutes for way in ways]
        assert minutes == sorted(set(minutes))
        assert len(ways) == 4
        assert {leg.kind for way in ways for leg in way.legs} <= kinds


def test_what_is_to_be_avoided_is_on_no_way():
    trip = Trip(start="Castle Brandon", end="Ockbridge")
    kinds = {
        avoid: {leg.kind for way in routes(trip._replace(avoid=avoid)) for leg in way.legs}
        for avoid in ((), ("tolls",), ("motorways",))
    }
    assert "toll" in kinds[()]
    assert "toll" not in kinds[("tolls",)]
    assert kinds[("motorways",)] <= {"road", "lane"}


def test_driving_takes_longer_when_all_do_and_arriving_counts_backwards():
    quiet = routes(Trip(start="Dunfold", end="Saltwick"))[0]
    rush = routes(
        Trip(start="Dunfold", end="Saltwick", when="arrive", day="2026-05-06", time="08:30")
    )[0]
    assert rush.minutes == pytest.approx(1.45 * quiet.minutes, rel=0.02)
    assert f"{rush.arrives:%Y-%m-%d %H:%M}" == "2026-05-06 08:30"
    assert (rush.arrives - rush.leaves).seconds == 60 * rush.minutes


def test_an_end_of_a_name_that_several_places_have_has_to_be_chosen():
    names = [place.name for place in places().values()]
    shared = next(name for name in names if names.count(name) > 1)
    ends = end_of(shared)
    assert len(ends) == names.count(shared)
    assert end_of(ends[0].label) == [ends[0]]
    page = Visitor("site.map").go(f"/directions?from={shared}&to=Dunfold")
    links = [a for a in page.iter("a") if a.text_content() == ends[1].label]
    assert [a.get("href").startswith("/directions?from=") for a in links] == [True]


def test_a_way_is_met_part_by_part():
    goal = WayGoal(TRIP._replace(route=2))
    visitor = Visitor("site.map")
    visitor.go("/directions?from=eastmere&to=Dunfold&mode=cycle&route=2&avoid=tolls")
    met = {"from": True, "to": False, "mode": True, "route": False, "not asked: avoid": False}
    assert visitor.met(goal) == met
    visitor.go("/directions?from=Eastmere&to=Castle+Brandon&mode=cycle&route=2&when=now&day=&time=")
    assert set(visitor.met(goal).values()) == {True}


def test_a_departure_is_met_by_its_day_and_time():
    timed = TRIP._replace(when="depart", day="2026-05-06", time="08:00")
    visitor = Visitor("site.map")
    url = "/directions?from=Eastmere&to=Castle+Brandon&mode=cycle"
    visitor.go(f"{url}&when=arrive&day=2026-05-06&time=08:00")
    assert [name for name, holds in visitor.met(WayGoal(timed)).items() if not holds] == ["when"]
    visitor.go(f"{url}&when=depart&day=2026-05-06&time=08:00")
    assert set(visitor.met(WayGoal(timed)).values()) == {True}
    assert visitor.met(WayGoal(TRIP))["not asked: when"] is False


def test_a_search_and_a_place_are_met_part_by_part():
    search = Search(words="museum", town="Dunfold", day="sunday", sort="rating")
    best, other, *_ = found(search)
    visitor = Visitor("site.map")
    visitor.go("/search?q=museums&near=dunfold&open=sunday&rating=3.0")
    met = {"category": True, "town": True, "day": True, "sort": False}
    assert visitor.met(FindGoal(search)) == met | {"not asked: rating": False}
    goal = PlaceGoal(search, best.id)
    visitor.go(f"/place/{other.id}")
    assert visitor.met(goal) == {"category": True, "town": True, "day": True, "place": False}
    visitor.go(f"/place/{best.id}")
    assert set(visitor.met(goal).values()) == {True}


def test_what_is_left_at_a_place_is_met_field_by_field_and_can_be_taken_back():
    goal = LeaveGoal("saved", "1000", {"list": "Weekend", "note": "Bring a map"})
    visitor = Visitor("site.map")
    visitor.send("/place/1000/save", list="Weekend", note="")
    assert visitor.met(goal) == {"place": True, "list": True, "note": False}
    visitor.send("/place/1000/save", list="Weekend", note="bring a map")
    assert set(visitor.met(goal).values()) == {True}
    visitor.send("/place/1010/review", stars="2", text="No.")
    assert visitor.met(goal)["not asked: reviews 1010"] is False
    visitor.send("/place/1010/no-review")
    assert list(visitor.left) == ["saved"]


def test_maps_show_a_pin_for_each_place_and_the_way():
    some = found(Search(words="museum", town="Dunfold"))
    plain, way = region(), region(route=routes(TRIP)[0])
    assert town("Dunfold", some).count("#b3261e") == len(some)
    assert way.count("<polyline") - plain.count("<polyline") == 1
    assert Point(0, 0).to(Point(3, 4)) == 5
