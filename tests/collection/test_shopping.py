"""Imported shopping trips are played again on a shop, and kept where they end as recorded."""

import json

import pytest

from tests.data.shopping import ASINS, played, write, written_shop
from webagents.collection.shopping import Numbers, shop_again
from webagents.data import Dataset
from webagents.data.importing import import_dataset
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.text import TextShop
from webagents.errors import UserError

OPENED = f"click[{ASINS[0].lower()}]"
BOUGHT = ["search[lamp no. 0]", OPENED, "click[red]", "click[features]", "click[< prev]"]
BOUGHT += ["click[buy now]"]


@pytest.fixture(name="folder")
def _folder(tmp_path):
    return written_shop(tmp_path / "shop")


def _store(folder):
    shop = open_shop(folder)
    return TextShop(shop.products, shop.goals, shop.search, prices=shop.prices)


def _trip(folder, actions=BOUGHT, number=0):
    """The log of an episode."""
    return played(actions, number, _store(folder))[1]


def _again(tmp_path, folder, lines, form="webshop-logs", **more):
    src = write(tmp_path / "src" / "a.jsonl", lines)
    imported = import_dataset(form, src, tmp_path / "imported", keep="all")
    replayed = shop_again(imported.out, tmp_path / "out", shop=str(folder), **more)
    return replayed, [each.episode for each in Dataset(tmp_path / "out")]


def _actions(episode):
    return [step.action for step in episode.steps]


def test_a_logged_trip_gets_the_pages_of_the_shop(tmp_path, folder):
    replayed, (episode,) = _again(tmp_path, folder, _trip(folder))
    assert (_actions(episode), episode.reward, episode.success) == (BOUGHT, 1.0, True)
    page = episode.steps[2].observation.html
    assert [words in page for words in ("Lamp &lt;No. 0&gt; &amp; co", "$10.0", "café | x")] == [
        True,
        True,
        True,
    ]
    assert (replayed.kept, replayed.steps, dict(replayed.dropped), dict(replayed.rewards)) == (
        1,
        6,
        {},
        {"1.00": 1},
    )


def test_a_trajectory_without_a_reward_gets_the_shops(tmp_path, folder):
    trajectory, _, reward = played(BOUGHT, 1, _store(folder))
    trajectory["states"].pop()
    _, (episode,) = _again(tmp_path, folder, [trajectory], "webshop-il")
    assert (_actions(episode), episode.reward, episode.success) == (BOUGHT, reward, True)


def test_a_trip_that_ends_otherwise_in_the_shop_is_left_out_and_counted(tmp_path, folder):
    good = _trip(folder)
    cheap = json.loads(json.dumps(good).replace('"reward": 1.0', '"reward": 0.5'))
    other = json.loads(json.dumps(good).replace("red lamp", "blue vase"))
    gone = json.loads(json.dumps(good).replace(ASINS[0], "B0ELSEWHERE"))
    poor = _trip(folder, [*BOUGHT[:2], BOUGHT[-1]])
    left = good[:3]
    replayed, (episode,) = _again(tmp_path, folder, [*good, *cheap, *other, *gone, *poor, *left])
    assert _actions(episode) == BOUGHT
    assert dict(replayed.dropped) == {
        "another reward": 1,
        "no such goal in the shop": 1,
        "an action that fails in the shop": 1,
        "failed": 2,
    }


def test_failed_trips_are_taken_when_asked_for(tmp_path, folder):
    poor, left = _trip(folder, [*BOUGHT[:2], BOUGHT[-1]]), _trip(folder)[:3]
    _, episodes = _again(tmp_path, folder, [*poor, *left], keep="all")
    assert [(each.success, each.steps[-1].terminated) for each in episodes] == [
        (False, True),
        (False, False),
    ]


def test_goals_are_found_by_their_words_whatever_their_price_limit():
    numbers = Numbers(
        [
            "Find a lamp, and price lower than 20.00 dollars",
            "find a 'lamp', and price lower than 30.00 dollars",
            "find a vase.",
        ]
    )
    asked = [
        "find a 'lamp', and price lower than 30.00 dollars",
        'find a "lamp", and price lower than 90.00 dollars',
        "Find a vase",
        "find a boat",
    ]
    assert [numbers[each] for each in asked] == [1, 0, 2, None]


def test_what_can_be_kept_is_told(tmp_path):
    with pytest.raises(UserError, match="keep is 'successes' or 'all'"):
        shop_again(tmp_path, tmp_path / "out", keep="best")
