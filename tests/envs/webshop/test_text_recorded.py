"""TextShop against whole episodes that the original program played on the made-up catalogue.

The nouns of titles, which the original has from spaCy, are put in here so that they come to the
title score that was recorded; `test_nouns.py` is about our own.
"""

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import pytest

from webagents.envs.webshop.reward import score
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.text import TextShop

DATA = Path(__file__).parents[4] / "shared" / "data" / "webshop"
RECORDED = DATA / "episodes_catalog.json"
EPISODES = json.loads(RECORDED.read_bytes())["episodes"] if RECORDED.exists() else []
FORMS = ("text", "text_rich", "url", "session", "available_actions")

pytestmark = pytest.mark.skipif(not EPISODES, reason="the recorded episodes are not here")


def _named(episode):
    return f"{episode['name']}, {episode['env']}"


def _replayed(episode, **given):
    """The episode played by TextShop, fed with what was found: reset and steps as recorded."""
    found = []
    shop = TextShop(
        search=lambda _: found[-1],
        score=_score(episode),
        show_attrs="show_attrs=True" in episode["env"],
        session_prefix=episode.get("session_prefix"),
        num_prev_obs=episode.get("num_prev_obs", 0),
        num_prev_actions=episode.get("num_prev_actions", 0),
        **given,
    )
    if "same session id again" in episode["name"]:
        _buy_something(shop, episode["session"], found)
    played = [{"obs": shop.reset(episode["session"])} | _forms(shop)]
    for step in episode["steps"]:
        found.append(step.get("search_asins"))
        outcome = shop.step(step["action"])
        told = {"obs": outcome.observation, "reward": outcome.reward, "done": outcome.done}
        if outcome.done:
            told["verbose_info"] = shop.score.verbose
        played.append(told | _forms(shop))
    return played


def _score(episode):
    """The reward with nouns that give the episode's recorded title score."""
    scores = [step["verbose_info"]["title_score"] for step in episode["steps"] if step["done"]]
    share = Fraction(scores[-1] if scores else 0.0).limit_denominator(100)
    goal = [str(number) for number in range(share.denominator)]
    nouns = (goal[: share.numerator], goal)
    return lambda *bought: score(*bought, nouns=nouns)


def _buy_something(shop, session, found):
    found.append(["B000348436"])
    shop.reset(session)
    for action in ("search[tea]", "click[b000348436]", "click[buy now]"):
        shop.step(action)


def _forms(shop):
    html = shop.observe("html")
    return {
        "text": shop.observe("text"),
        "text_rich": shop.observe("text_rich"),
        "url": shop.observe("url"),
        "html": html,
        "html_sha256": hashlib.sha256(html.encode()).hexdigest(),
        "session": shop.session,
        "available_actions": shop.available_actions(),
    }


def _recorded(episode, played):
    """What was recorded, by the keys that there are in each."""
    return [
        {name: record.get(name, ours[name]) for name in ours}
        for record, ours in zip([episode["reset"], *episode["steps"]], played, strict=True)
    ]


@pytest.mark.parametrize("episode", EPISODES, ids=_named)
def test_every_answer_is_the_recorded_one(episode):
    products = open_shop(DATA / "catalog").products
    played = _replayed(episode, products=products, goals={episode["session"]: episode["goal"]})
    assert played == _recorded(episode, played)


@pytest.mark.parametrize("episode", EPISODES, ids=_named)
def test_our_own_goals_prices_and_search_give_the_recorded_episodes(episode):
    shop = open_shop(
        DATA / "catalog", goals="human" if "human_goals=True" in episode["env"] else "synthetic"
    )
    text = TextShop(
        shop.products,
        shop.goals,
        shop.search,
        prices=shop.prices,
        score=_score(episode),
        session=episode["session"],
        session_prefix=episode.get("session_prefix"),
        show_attrs="show_attrs=True" in episode["env"],
    )
    played = [text.observe()]
    for step in episode["steps"]:
        text.step(step["action"])
        played.append(text.observe())
    assert (text.goal, played) == (
        episode["goal"],
        [record["text"] for record in [episode["reset"], *episode["steps"]]],
    )
