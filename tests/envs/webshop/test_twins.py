"""The shop in the browser and without one: the same pages, goals and rewards."""

import random
import re

import numpy as np
import pytest

from webagents.envs.web_env import WebEnv
from webagents.envs.webshop.env import TextShopEnv

CLICKABLE = re.compile(r'<(?:a|button|input) ref="(\d+)"')
PRODUCT = re.compile(r'<a ref="(\d+)" class="product"')
FIELD = re.compile(r'<input ref="(\d+)" id="search"')


@pytest.fixture(scope="module")
def twins():
    options = {"split": "all", "show_attrs": True, "max_steps": 30}
    with_browser = WebEnv("webshop", screenshots=False, **options)
    without = TextShopEnv(**options)
    yield with_browser, without
    with_browser.close()
    without.close()


def drawn(dice: random.Random, seen: dict) -> str:
    """A shopper's action by chance, such as most lead on."""
    html, words = seen["html"], seen["instruction"].split()
    start = dice.randrange(max(1, len(words) - 3))
    query = " ".join(words[start : start + dice.randint(1, 3)])
    if field := FIELD.search(html):
        searching = [f"search[{query}]", f"fill('{field[1]}', {query!r})"]
        return dice.choice(
            [
                *searching,
                f"press('{field[1]}', 'Enter')",
                f"click('{field[1]}')",
                "keyboard_press('Backspace')",
                "keyboard_type('tea')",
                "press('7', 'Enter')",
                "click('7')",
                "type('6', 'x')",
            ]
        )
    refs = CLICKABLE.findall(html)
    products = PRODUCT.findall(html)
    if products and dice.random() < 0.6:
        return f"click('{dice.choice(products)}')"
    named = ["features", "description", "attributes", "reviews", "buy now", "< prev", "next >"]
    return dice.choice(
        [
            *(f"click('{ref}')" for ref in refs),
            *(f"click[{name}]" for name in named),
            f"search[{query}]",
            "go_back()",
            "go_forward()",
            "noop()",
            f"click('{len(html)}')",
            "goto('http://elsewhere.test/')",
            "no action",
            *(f"focus('{ref}')" for ref in refs[-2:]),
            *(f"press('{ref}', 'Enter')" for ref in refs[-2:]),
            f"fill('{dice.choice(refs)}', 'text')",
            "keyboard_press('Enter')",
        ]
    )


def told(moment: tuple) -> tuple:
    """What both are to agree on: all but what only the twin without a browser shows."""
    seen, *rest = moment
    info = {name: value for name, value in rest[-1].items() if name != "available_actions"}
    return {name: seen[name] for name in ("instruction", "html", "url", "error")}, *rest[:-1], info


def play_both(twins, seed: int) -> int:
    """Plays an episode of random actions in both and compares each moment; how long it was."""
    dice = random.Random(seed)
    moments = [env.reset(seed=seed) for env in twins]
    steps = 0
    while True:
        assert told(moments[0]) == told(moments[1]), (seed, steps)
        if steps and (moments[0][2] or moments[0][3]):
            return steps
        action = drawn(dice, moments[1][0])
        moments = [env.step(action) for env in twins]
        steps += 1


@pytest.mark.parametrize("seed", range(4))
def test_a_random_episode_is_the_same_with_and_without_a_browser(twins, seed):
    assert play_both(twins, seed) >= 1


def test_a_picture_shows_the_window_where_the_page_is_scrolled_to():
    env = WebEnv("webshop", split="test")
    env.reset(seed=0)
    env.step("search[lamp]")
    before = env.step("mouse_move(390, 1)")[0]["screenshot"]
    after = env.step("scroll(0, 100)")[0]["screenshot"]
    env.close()
    left = slice(0, 190)  # the card beside it is under the pointer
    np.testing.assert_array_equal(after[:200, left], before[100:300, left])


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_hundred_random_episodes_are_the_same_with_and_without_a_browser(twins):
    lengths = [play_both(twins, seed) for seed in range(100, 200)]
    assert len(lengths) == 100
    assert sum(lengths) > 500
