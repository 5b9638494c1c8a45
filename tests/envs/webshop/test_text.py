"""How TextShop is driven: what it takes, what it answers, and what it tells of mistakes."""

import logging

import numpy as np
import pytest

from webagents.envs.webshop.reward import score
from webagents.envs.webshop.text import Outcome, TextShop
from webagents.errors import UserError

NOUNS = (["lamp"], ["lamp"])


def _row(asin, name="Lamp", **more):
    """A row of a products file."""
    return {
        "asin": asin,
        "name": name,
        "full_description": "Bright",
        "small_description": ["One"],
        "pricing": "$10.00",
        "customization_options": "",
        "images": ["a.jpg"],
        "category": "garden",
        "query": "lamps",
        "product_category": "Home › Lamps",
        **more,
    }


def _options(**groups):
    named = {name: [{"value": value} for value in values] for name, values in groups.items()}
    return {"customization_options": named}


def _goal(text="find a lamp", **more):
    return {
        "asin": "B000000001",
        "category": "garden",
        "query": "lamps",
        "name": "Lamp",
        "product_category": "Home › Lamps",
        "instruction_text": text,
        "attributes": ["bright"],
        "price_upper": 20.0,
        "goal_options": [],
        "weight": 1,
        **more,
    }


def _shop(*rows, goals=None, found=None, **more):
    rows = rows or (_row("B000000001"), _row("B000000002", "Vase"))
    asins = [row["asin"] for row in rows] if found is None else found
    given = {
        "search": lambda _: asins,
        "score": lambda *bought: score(*bought, nouns=NOUNS),
        **more,
    }
    return TextShop(rows, goals or [_goal(), _goal("find a vase")], **given)


def _played(shop, *actions):
    """The outcome of the last of the actions."""
    return [shop.step(action) for action in actions][-1]


def test_an_episode_ends_with_the_reward_of_what_was_bought():
    shop = _shop()
    shop.reset(0)
    outcome = _played(shop, "search[lamp]", "click[b000000001]", "click[Buy Now]")
    assert (outcome.reward, outcome.done, outcome.error, shop.score.total, shop.session) == (
        1.0,
        True,
        "",
        1.0,
        {
            "keywords": ["lamp"],
            "page": 1,
            "asin": "B000000001",
            "asins": ["B000000001"],
            "options": {},
            "actions": {"search": 1, "asin": 1, "purchase": 1},
            "done": True,
        },
    )


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("", "no action ''; write search[words] or click[name]"),
        ("click[]", "no action 'click[]'; write search[words] or click[name]"),
        ("a\nclick[search]", "no action 'a\\nclick[search]'; write search[words] or click[name]"),
        ("Search[lamp]", "no action 'Search'; the actions are search and click"),
        ("search[a[b]", "no action 'search[a'; the actions are search and click"),
        (
            "click[search]",
            "nothing can be clicked here, not 'search'; search[words] is taken",
        ),
        (None, "no action None; write search[words] or click[name]"),
    ],
)
def test_an_action_that_is_none_changes_nothing_and_is_told(action, error):
    shop = _shop()
    first = shop.reset(0)
    assert shop.step(action) == Outcome(first, 0, False, error)


def test_what_follows_the_last_bracket_is_ignored_and_brackets_may_be_within():
    shop = _shop(found=[])
    shop.step("search[a]b] please")
    assert shop.session["keywords"] == ["a]b"]


def test_a_click_on_what_is_not_there_says_what_is():
    shop = _shop()
    shop.step("search[lamp]")
    assert shop.step("click[b000000009]").error == (
        "'b000000009' cannot be clicked here; "
        "what can is back to search, next >, b000000001, b000000002"
    )


def test_the_query_is_in_lower_case_with_its_spaces():
    asked = []
    shop = _shop(search=lambda query: asked.append(query) or [])
    shop.step("search[ Red  Lamp ]")
    assert (asked, shop.session["keywords"]) == ([" red  lamp "], ["", "red", "", "lamp", ""])


def test_searching_gives_fifty_at_most_and_takes_scores_along():
    rows = [_row(f"B{number:09}") for number in range(60)]
    shop = _shop(*rows, search=lambda _: [(row["asin"], 1.0) for row in rows] + [("B9", 0.5)])
    shop.step("search[lamp]")
    for _ in range(4):
        last = shop.step("click[next >]")
    clickables = shop.available_actions()["clickables"]
    past = shop.step("click[next >]").observation
    assert ("Page 5 (Total results: 50)" in last.observation, clickables[-1], past[-38:]) == (
        True,
        "b000000049",
        "Total results: 50) [SEP] < Prev [SEP] Next >"[-38:],
    )


def test_of_two_options_with_one_value_the_last_one_is_chosen_and_choosing_again_replaces():
    row = _row("B000000001", **_options(Color=["Large", "red"], Size=["LARGE ", "small"]))
    shop = _shop(row)
    for action in ("search[x]", "click[b000000001]", "click[large]", "click[red]", "click[small]"):
        shop.step(action)
    assert (shop.session["options"], shop.available_actions()["clickables"][-3:], shop.url) == (
        {"size": "small", "color": "red"},
        ["large", "red", "small"],
        (
            f'http://127.0.0.1:3000/item_page/{shop.session_id}/B000000001/x/1/{{"size": "small", '
            '"color": "red"}'
        ),
    )


def test_an_option_called_buy_now_buys():
    shop = _shop(_row("B000000001", **_options(size=["Buy Now"])))
    outcome = _played(shop, "search[x]", "click[b000000001]", "click[buy now]")
    assert (outcome.done, shop.session["options"]) == (True, {})


def test_an_option_called_like_a_sub_page_opens_the_sub_page():
    shop = _shop(_row("B000000001", **_options(size=["Features"])))
    outcome = _played(shop, "search[x]", "click[b000000001]", "click[features]")
    assert (outcome.observation.endswith("< Prev [SEP] One"), shop.session["options"]) == (True, {})


def test_keywords_that_read_like_an_address_lead_astray():
    shop = _shop()
    _played(shop, "search[search_results]", "click[b000000001]", "click[< prev]")
    assert (shop.session["page"], shop.available_actions()["clickables"]) == (
        0,
        ["back to search", "next >"],
    )


def test_a_product_with_small_letters_in_its_asin_cannot_be_opened():
    shop = _shop(_row("b000000001"))
    shop.step("search[x]")
    before = shop.url
    outcome = shop.step("click[b000000001]")
    assert (outcome.error, outcome.done, shop.url, shop.session["asin"]) == (
        (
            "there is no product 'B000000001': "
            "the original looks a product up by its asin in upper case"
        ),
        False,
        before,
        "B000000001",
    )


def test_opened_products_are_marked_until_the_next_start():
    shop = _shop(observation_mode="text_rich")
    actions = ("search[x]", "click[b000000001]", "click[< prev]")
    marked = _played(shop, *actions).observation
    fresh = _played(shop, "click[back to search]", "search[x]").observation
    assert [
        [line for line in shown.split("\n") if "B00000000" in line] for shown in (marked, fresh)
    ] == [
        ["[clicked button] B000000001 [clicked button_]", "[button] B000000002 [button_]"],
        ["[button] B000000001 [button_]", "[button] B000000002 [button_]"],
    ]


@pytest.mark.parametrize(
    ("action", "asins"),
    [
        ("search[<c> garden]", ["b000000001", "b000000003"]),
        ("search[<q> table  lamps]", ["b000000002"]),
        ("search[<c> sea side]", ["b000000002"]),
    ],
)
def test_special_searches_go_by_category_or_query(action, asins):
    shop = _shop(
        _row("B000000001"),
        _row("B000000002", category="sea", query="Table  Lamps "),
        _row("B000000003"),
    )
    shop.step(action)
    assert shop.available_actions()["clickables"][2:] == asins


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("search[<c>]", "search[<c> …] needs the name of a category"),
        ("search[<a> bright]", "search[<a> …] works on the original's site alone, not here"),
        ("search[<r>]", "search[<r>] draws 50 products; there are only 2"),
    ],
)
def test_special_searches_that_fail_leave_the_page_and_are_told(action, error):
    shop = _shop()
    first = shop.reset(0)
    outcome = shop.step(action)
    assert (outcome, shop.session["actions"]) == (Outcome(first, 0, False, error), {"search": 1})


def test_a_search_by_chance_repeats_with_the_seed():
    rows = [_row(f"B{number:09}") for number in range(60)]
    shown = [_played(_shop(*rows, seed=seed), "search[<r>]").observation for seed in (1, 1, 2)]
    assert (shown[0] == shown[1], shown[0] == shown[2]) == (True, False)


def test_a_goal_without_attributes_cannot_be_bought_for():
    shop = _shop(goals=[_goal(attributes=[])])
    shop.reset(0)
    outcome = _played(shop, "search[x]", "click[b000000001]", "click[buy now]")
    assert (outcome.error, outcome.done, shop.session["done"]) == (
        (
            "this purchase cannot be rewarded: "
            "the goal of 'B000000001' has no attributes; a reward needs one"
        ),
        False,
        False,
    )


def test_a_session_known_by_its_name_keeps_its_goal_and_stays_done():
    shop = _shop(session_prefix="p_")
    shop.reset(1)
    _played(shop, "search[x]", "click[b000000001]", "click[buy now]")
    shop.reset(0)
    shop.reset("1")
    assert (shop.session_id, shop.instruction, shop.session["done"], shop.session["actions"]) == (
        "p_1",
        "find a vase",
        True,
        {},
    )


@pytest.mark.parametrize("number", [1, np.int64(1), np.int32(1)])
def test_any_integer_names_a_goal(number):
    shop = _shop()
    shop.reset(number)
    assert (shop.session_id, shop.instruction) == ("1", "find a vase")


def test_goals_may_be_given_by_number():
    shop = _shop(goals={7: _goal("find seven")})
    assert shop.reset(7) == "WebShop [SEP] Instruction: [SEP] find seven [SEP] Search"


def test_one_goal_alone_is_that_of_every_session():
    shop = _shop(goals=[_goal("find it")])
    shop.reset(7)
    assert (shop.session_id, shop.instruction) == ("7", "find it")


def test_a_goal_that_is_not_there_is_told():
    with pytest.raises(UserError, match="no goal 2; there are 2 goals, counted from 0"):
        _shop().reset(2)


def test_sessions_by_chance_repeat_with_the_seed_and_draw_each_goal_by_the_weight_before_it():
    goals = [_goal(str(number), weight=weight) for number, weight in enumerate([1, 0, 8, 1])]
    shops = [_shop(goals=goals, seed=3) for _ in range(2)]
    drawn = [
        [(shop.reset(), shop.session_id, shop.instruction)[1:] for _ in range(1000)]
        for shop in shops
    ]
    names = [instruction for _, instruction in drawn[0]]
    # As the original does: the first goal never, the last one for its own weight too.
    assert (drawn[0] == drawn[1], sorted(set(names)), round(names.count("3") / 1000, 1)) == (
        True,
        ["1", "3"],
        0.9,
    )


def test_rows_that_make_no_product_are_left_out_and_logged(caplog):
    caplog.set_level(logging.WARNING)
    rows = [_row("B000000001", "Lamp"), _row("nan"), _row("B000000001", "Again"), {"asin": "B2"}]
    shop = TextShop(rows, [_goal()], lambda _: ["B000000001", "B2"])
    shown = _played(shop, "search[x]").observation
    assert (shown.split(" [SEP] ")[5:], len(caplog.records)) == (
        ["B000000001", "Lamp", "$10.0"],
        2,
    )


def test_products_by_asin_are_taken_too():
    shop = TextShop({"x": _row("B000000001")}, [_goal()], lambda _: ["B000000001"])
    assert _played(shop, "search[x]").observation.endswith("B000000001 [SEP] Lamp [SEP] $10.0")


def test_prices_that_are_given_are_those_that_count():
    dear, cheap = (_shop(prices={"B000000001": price}) for price in (21.0, 19.0))
    for shop in (dear, cheap):
        shop.reset(0)
        _played(shop, "search[x]", "click[b000000001]", "click[buy now]")
    assert (dear.score.r_price, cheap.score.r_price) == (False, True)


def test_history_stands_before_the_observation_oldest_first():
    shop = _shop(found=[], num_prev_obs=2, num_prev_actions=1, observation_mode="url")
    shop.reset("s")
    base = "http://127.0.0.1:3000"
    shown = [shop.step(action).observation for action in ("search[a]", "click[x]")]
    start, results = f"{base}/s", f"{base}/search_results/s/a/1"
    assert shown == [
        f"{start} [SEP] search[a] [SEP] {results}",
        f"{start} [SEP] {results} [SEP] click[x] [SEP] {results}",
    ]


def test_a_mode_that_is_none_is_told():
    with pytest.raises(UserError, match="no observation mode 'json'; the modes are html, text"):
        _shop().observe("json")
    with pytest.raises(UserError, match="no observation mode 'json'"):
        _shop(observation_mode="json")


def test_products_without_goals_are_told():
    with pytest.raises(UserError, match="products were given without goals"):
        TextShop([_row("B000000001")])


@pytest.mark.parametrize(
    "search",
    [
        lambda query: ["B000000001"],
        lambda query, k: ["B000000001"][:k],
        lambda query, *, k=50: [("B000000001", 1.0)],
        type("Engine", (), {"search": lambda self, query, k=50: [("B000000001", 1.0)]})(),
    ],
)
def test_a_search_may_take_the_number_of_results_or_be_an_engine(search):
    shop = TextShop([_row("B000000001")], [_goal()], search)
    assert "B000000001" in shop.step("search[lamp]").observation


@pytest.mark.parametrize("goals", [_goal(), iter([_goal()])])
def test_goals_may_be_one_goal_or_come_one_by_one(goals):
    shop = TextShop([_row("B000000001")], goals, lambda query: [])
    shop.reset(0)
    assert shop.instruction == "find a lamp"


def test_rows_that_hold_their_attributes_keep_them_and_others_are_left_out():
    rows = [_row("B000000001", attributes=["bright"]), None, 3]
    shop = TextShop(rows, [_goal()], lambda query: ["B000000001"], show_attrs=True)
    for action in ("search[lamp]", "click[b000000001]", "click[attributes]"):
        shop.step(action)
    assert "bright" in shop.observe()


def test_a_path_in_place_of_products_is_told():
    with pytest.raises(UserError, match=r"products='shop.json' is a path; open_shop\(path\) opens"):
        TextShop("shop.json", [_goal()])


def test_a_search_that_is_none_is_told():
    with pytest.raises(UserError, match="search=3 is no callable that takes a query"):
        TextShop([_row("B000000001")], [_goal()], 3)
