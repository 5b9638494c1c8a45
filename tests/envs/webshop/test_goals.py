"""Goals, prices and their order are the original's."""

import itertools
import json
import random
from collections import Counter

import numpy as np
import pytest

from tests.envs.webshop.shops import options, recorded, row, write_shop
from webagents.envs.webshop.catalogue.draws import draw_limits, draw_prices, shuffled
from webagents.envs.webshop.catalogue.goals import combination, combinations, split
from webagents.envs.webshop.catalogue.requests import read_attributes, read_instructions
from webagents.envs.webshop.shop import open_shop
from webagents.errors import UserError


def instruction(**fields) -> dict:
    return {
        "asin": "A",
        "instruction": "i want a soft shoe...",
        "attributes": ["soft", "red"],
        "options": ["color: red"],
        "instruction_attributes": ["soft"],
        "instruction_options": ["red"],
    } | fields


def test_a_human_goal_is_the_original_s(tmp_path):
    folder = write_shop(tmp_path, products=[row("A")], human={"A": [instruction()]})
    limit = max(random.Random(3).sample([10.0, 20.0, 30.0, 40.0], 2))
    assert list(open_shop(folder, price_seed=3).goals) == [
        {
            "asin": "A",
            "category": "fashion",
            "query": "red shoes",
            "name": "Red Shoe",
            "product_category": "Shoes › Red",
            "instruction_text": f"i want a soft shoe, and price lower than {limit:.2f} dollars",
            "attributes": ["soft"],
            "price_upper": limit,
            "goal_options": ["red"],
            "weight": 1,
        }
    ]


def test_a_synthetic_goal_asks_for_each_combination_of_the_options(tmp_path):
    rows = [
        row("A", pricing="$985", customization_options=options(Size=["S", "L"], Color=["red"])),
        row("B", pricing="$985"),
    ]
    entry = {"attributes": ["soft", "wide"], "instruction": "Find me shoes"}
    attributes = {
        "A": entry | {"instruction_attributes": ["soft", "wide"]},
        "B": entry | {"instruction_attributes": ["soft"]},
    }
    shop = open_shop(write_shop(tmp_path, products=rows, attributes=attributes), goals="synthetic")
    made = {
        goal["instruction_text"]: (goal["goal_options"], goal["price_upper"], goal["weight"])
        for goal in shop.goals
    }
    # "soft" is asked for by three goals, "wide" by two.
    assert made == {
        "Find me shoes with color: red, and size: s": (
            {"color": "red", "size": "s"},
            1_000_000,
            (1 / 3 + 1 / 2) / 2,
        ),
        "Find me shoes with color: red, and size: l": (
            {"color": "red", "size": "l"},
            1_000_000,
            (1 / 3 + 1 / 2) / 2,
        ),
        "Find me shoes": ({}, 1_000_000, 1 / 3),
    }
    assert [list(goal["goal_options"]) for goal in shop.goals if goal["asin"] == "A"] == [
        ["color", "size"]
    ] * 2


def test_an_option_without_values_leaves_no_synthetic_goal_but_draws_a_limit(tmp_path):
    entry = {"instruction": "Find me shoes", "instruction_attributes": ["soft"]}
    rows = [row("A", customization_options={"size": []}), row("B")]
    folder = write_shop(tmp_path, products=rows, attributes={"A": entry, "B": entry})
    draws = random.Random(0)
    _, second = (max(draws.sample([10.0, 20.0, 30.0, 40.0], 2)) for _ in "AB")
    [goal] = open_shop(folder, goals="synthetic").goals
    assert (goal["asin"], goal["price_upper"], goal["weight"]) == ("B", second, 1.0)


def test_the_seed_draws_the_products_prices_first_and_then_the_goals_limits(tmp_path):
    rows = [
        row("A"),
        row("B", pricing="$1 - $9"),
        row("C", pricing="$5"),
        row("D", pricing="$2 $4"),
    ]
    human = {"C": [instruction()], "A": [instruction(), instruction()]}
    shop = open_shop(write_shop(tmp_path, products=rows, human=human), price_seed=11)
    draws = random.Random(11)
    prices = {"A": 9.5, "B": draws.uniform(1, 9), "C": 5.0, "D": draws.uniform(2, 4)}
    limits = [max(draws.sample([10.0, 20.0, 30.0, 40.0], 2)) for _ in range(3)]
    goals = list(zip("AAC", limits, strict=True))
    random.Random(233).shuffle(goals)
    assert dict(shop.prices) == prices
    assert [(goal["asin"], goal["price_upper"]) for goal in shop.goals] == goals


@pytest.mark.parametrize(
    ("price", "above"),
    [
        (0.0, [10.0, 20.0, 30.0, 40.0]),
        (9.99, [10.0, 20.0, 30.0, 40.0]),
        (10.0, [20.0, 30.0, 40.0, 50.0]),
        (965.0, [970.0, 980.0, 990.0]),
        (979.99, [980.0, 990.0]),
    ],
)
def test_a_limit_is_the_higher_of_two_of_the_next_four(price, above):
    limits = [draw_limits([price], random.Random(seed))[0] for seed in range(40)]
    assert limits == [max(random.Random(seed).sample(above, 2)) for seed in range(40)]


@pytest.mark.parametrize("price", [980.0, 990.0, 1e9])
def test_a_price_above_the_limits_has_none_and_draws_nothing(price):
    draws = random.Random(0)
    assert draw_limits([price], draws).tolist() == [1_000_000]
    assert draws.random() == random.Random(0).random()


def test_only_ranges_are_drawn():
    draws = random.Random(0)
    prices = draw_prices(np.array([[5.0, np.nan], [1.0, 2.0]]), draws)
    assert prices.tolist() == [5.0, random.Random(0).uniform(1.0, 2.0)]


def test_combinations_are_numbered_as_itertools_lists_them():
    offered = {"b": ["1", "2", "3"], "a": ["x", "y"], "c": ["p", "q"]}
    made = [combination(offered, number) for number in range(combinations(offered))]
    listed = itertools.product(offered["a"], offered["b"], offered["c"])
    assert made == [dict(zip("abc", values, strict=True)) for values in listed]


def test_the_order_is_that_of_the_seed_233():
    goals = list(range(1000))
    random.Random(233).shuffle(goals)
    assert shuffled(1000).tolist() == goals


@pytest.mark.parametrize(
    ("name", "count", "places"),
    [
        ("test", 12_087, range(500)),
        ("dev", 12_087, range(500, 1500)),
        ("train", 12_087, range(1500, 12_087)),
        ("all", 12_087, range(12_087)),
        ("test", 13, range(13)),
        ("dev", 600, range(500, 600)),
        ("train", 1500, range(0)),
        ("train", 0, range(0)),
    ],
)
def test_splits_are_those_of_the_papers_and_never_overlap(name, count, places):
    assert split(name, count) == places


def test_a_split_that_is_none_is_told():
    with pytest.raises(UserError, match="no split 'eval'; the splits are test, dev, train, all"):
        split("eval", 5)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (5, "the instruction is no object"),
        ({}, "the instruction is no text"),
        (instruction(instruction="\ud800"), "the instruction is no text"),
        (instruction(instruction_attributes=[]), "instruction_attributes are empty"),
        (instruction(instruction_attributes="soft"), "instruction_attributes are no list of texts"),
        (instruction(instruction_options=[1]), "instruction_options are no list of texts"),
    ],
)
def test_an_instruction_that_makes_no_goal_is_left_out_and_counted(tmp_path, record, reason):
    path = tmp_path / "human.json"
    path.write_text(json.dumps({"A": [record, instruction()]}))
    dropped: Counter[str] = Counter()
    [(asin, requests)] = read_instructions(path, dropped=dropped)
    assert (asin, len(requests), dropped) == ("A", 1, {f"human instructions: {reason}": 1})


def test_attributes_that_cannot_be_used_are_left_out_and_counted(tmp_path):
    path = tmp_path / "attributes.json"
    entries = {
        "A": 5,
        "B": {"attributes": ["soft"], "instruction": 7, "instruction_attributes": ["soft"]},
        "C": {"attributes": [None]},
        "D": {"attributes": None, "other": 1},
    }
    path.write_text(json.dumps(entries))
    dropped: Counter[str] = Counter()
    assert dict(read_attributes(path, dropped=dropped)) == {
        "B": {"attributes": ["soft"], "instruction_attributes": ["soft"]},
        "C": {},
        "D": {},
    }
    assert dropped == {
        "attributes: an entry is no object": 1,
        "attributes: instruction is no text": 1,
        "attributes: attributes is no list of texts": 1,
    }


def test_products_without_an_entry_stay_in_the_shop_and_make_no_synthetic_goal(tmp_path):
    entry = {"instruction": "Find me shoes", "instruction_attributes": ["soft"]}
    folder = write_shop(
        tmp_path,
        products=[row("A"), row("B"), row("C"), row("D")],
        attributes={"A": entry, "C": {}, "D": {"instruction": "x", "instruction_attributes": []}},
    )
    shop = open_shop(folder, goals="synthetic")
    assert (list(shop.products), [goal["asin"] for goal in shop.goals], dict(shop.dropped)) == (
        ["A", "B", "C", "D"],
        ["A"],
        {
            "synthetic goals of a product: it has no entry in the attributes file": 1,
            "synthetic goals of a product: its entry has no instruction": 1,
            "synthetic goals of a product: its instruction asks for no attributes": 1,
        },
    )


def test_options_beyond_counting_make_no_goals(tmp_path):
    many = options(**{f"o{n}": [str(value) for value in range(10)] for n in range(12)})
    entry = {"instruction": "Find me shoes", "instruction_attributes": ["soft"]}
    folder = write_shop(
        tmp_path, products=[row("A", customization_options=many)], attributes={"A": entry}
    )
    shop = open_shop(folder, goals="synthetic")
    assert (len(shop.goals), dict(shop.dropped)) == (
        0,
        {"synthetic goals of a product: its options have over 1,000,000 combinations": 1},
    )


def episodes() -> list[dict]:
    return json.loads(recorded("episodes_catalog.json").read_text(encoding="utf-8"))["episodes"]


def test_the_goals_that_the_original_recorded_are_ours():
    told = [
        (
            "human" if "human_goals=True" in episode["env"] else "synthetic",
            episode["session"],
            episode["goal"],
        )
        for episode in episodes()
    ]
    shops = {kind: open_shop(recorded("catalog"), goals=kind) for kind in ("human", "synthetic")}
    assert [shops[kind].goals[place] for kind, place, _ in told] == [goal for _, _, goal in told]


def test_the_weights_of_all_goals_are_those_of_each():
    goals = open_shop(recorded("catalog"), goals="synthetic").goals
    assert goals.all_weights().tolist() == [goal["weight"] for goal in goals]


def test_the_public_products_have_the_goals_that_the_original_counts():
    shops = [open_shop(recorded("real_1000"), goals=kind) for kind in ("human", "synthetic")]
    assert [(len(shop.products), len(shop.goals)) for shop in shops] == [(1000, 13), (1000, 6910)]
