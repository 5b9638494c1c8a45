"""The shop as an environment: goals by seed and by number, splits, rewards, mistakes."""

import subprocess
import sys

import gymnasium
import numpy as np
import pytest

import webagents  # noqa: F401 (registers the environments)
from tests.envs.webshop.shops import options, row, write_shop
from webagents.envs.vector import WebVectorEnv
from webagents.envs.web_env import WebEnv
from webagents.envs.webshop.env import TextShopEnv
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.task import goal_number
from webagents.errors import UserError
from webagents.rollout import Job, rollout
from webagents.types import Decision

BUNDLED = open_shop()


def make(**play):
    return gymnasium.make("webagents/webshop-text-v1", disable_env_checker=True, **play).unwrapped


@pytest.fixture
def small(tmp_path):
    """A shop of one product and two goals: too few to split."""
    wanted = {"asin": "B000000001", "instruction_attributes": ["soft"]}
    human = {
        "B000000001": [
            {**wanted, "instruction": "a soft shoe in red.", "instruction_options": ["red"]},
            {**wanted, "instruction": "a soft shoe.", "instruction_options": []},
        ]
    }
    shoe = row(customization_options=options(color=["red", "blue"]))
    return write_shop(tmp_path / "shop", products=[shoe], human=human)


@pytest.mark.parametrize(
    ("split", "seed", "goal"),
    [
        ("test", 0, 0),
        ("test", 499, 499),
        ("test", 500, 0),
        ("dev", 0, 500),
        ("dev", 1000, 500),
        ("train", 0, 1500),
        ("train", len(BUNDLED.goals) - 1500, 1500),
        (None, 3, 1503),
        ("all", 7, 7),
    ],
)
def test_a_seed_stands_for_a_goal_of_the_split(split, seed, goal):
    assert goal_number(BUNDLED, seed, split, {}) == goal


def test_any_goal_can_be_asked_for_by_its_number():
    assert goal_number(BUNDLED, 0, None, {"goal": 3}) == 3
    assert goal_number(BUNDLED, 0, "dev", {"goal": np.int64(700)}) == 700


@pytest.mark.parametrize(
    ("split", "asked", "says"),
    [
        ("train", {"goal": 3}, r"goal=3 is not in split='train', whose goals are 1500 to"),
        (None, {"goal": 99_999}, r"goal=99999 is not in the shop, whose goals are 0 to"),
        (None, {"goal": "3"}, r"goal='3' is no goal's number"),
        (None, {"goal": True}, r"goal=True is no goal's number"),
        (None, {"goals": 3}, r"no reset option 'goals'; WebShop takes 'goal'"),
    ],
)
def test_a_goal_that_cannot_be_is_told(split, asked, says):
    with pytest.raises(UserError, match=says):
        goal_number(BUNDLED, 0, split, asked)


def test_a_shop_with_too_few_goals_for_a_split_says_so(small):
    env = make(shop=str(small))
    assert env.reset(seed=5)[1]["goal"] == 1  # no split asked for: all of them
    with pytest.raises(UserError, match=r"no goals in split='train': the shop has 2; split='all'"):
        make(shop=str(small), split="train").reset(seed=0)


def test_the_splits_are_disjoint_and_the_same_in_every_process():
    code = (
        "from webagents.envs.webshop.shop import open_shop; import hashlib; s = open_shop();"
        "print(*(hashlib.blake2b(repr([s.goals[i] for i in s.split(n)]).encode()).hexdigest()"
        " for n in ('test', 'dev', 'train')))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    splits = [set(BUNDLED.split(name)) for name in ("test", "dev", "train")]
    assert set().union(*splits) == set(range(len(BUNDLED.goals)))
    assert sum(map(len, splits)) == len(BUNDLED.goals)


def test_buying_what_was_asked_for_is_a_success(small):
    env = make(shop=str(small), split="all")
    numbers = {env.reset(options={"goal": n})[0]["instruction"]: n for n in (0, 1)}
    (red,) = (number for words, number in numbers.items() if "red" in words)
    env.reset(options={"goal": red})
    for action in ("search[shoe]", "click[b000000001]", "click[red]"):
        env.step(action)
    seen, reward, terminated, truncated, info = env.step("click[buy now]")
    assert (reward, terminated, truncated, info["success"]) == (1.0, True, False, True)
    assert info["score"]["r_option"] == 1.0
    assert "Your score (min 0.0, max 1.0): 1.0" in seen["html"]


def test_what_another_shopper_buys_is_not_judged_here(small):
    env = make(shop=str(small), split="all")
    env.reset(options={"goal": 0})
    step = env.step("goto('http://webshop.test/1/q=x/1/B000000001/buy')")
    assert (step[1], step[2], step[4]["goal"]) == (0.0, False, 0)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("click[nothing]", "nothing here is called 'nothing'; there is"),
        ("click[search]", "nothing here is called 'search'"),
        ("click('99')", "no element has ref 99; the page's refs go up to"),
        ("mouse_click(3, 3)", "mouse_click needs a screen"),
        ("fill('4', 'red')", "text cannot be typed into <"),
        ("goto('http://example.com/')", "is beyond this site"),
        ("select_option('3', 'x')", "select_option needs a screen"),
        ("buy everything", "no action in 'buy everything'; write one such as search[red shoes]"),
    ],
)
def test_a_mistake_costs_a_step_and_is_told(small, action, says):
    env = make(shop=str(small), split="all")
    before, _ = env.reset(options={"goal": 0})
    seen, reward, terminated, _, _ = env.step(action)
    assert says in seen["error"]
    assert (seen["html"], reward, terminated) == (before["html"], 0.0, False)


@pytest.mark.parametrize("mode", ["text", "text_rich", "html", "url"])
def test_the_text_environment_shows_what_the_original_does(mode):
    from webagents.envs.webshop.text import TextShop

    original = TextShop(observation_mode=mode)
    env = make(observation_mode=mode)
    first, info = env.reset(options={"goal": 12})
    seen = [(original.reset(session=12), first["text"])]
    actions = [(original.available_actions(), info["available_actions"])]
    product = BUNDLED.goals[12]["asin"].lower()
    title = BUNDLED.products[product.upper()]["Title"]
    for action in (f"search[{title}]", f"click[{product}]", "click[features]", "click[< prev]"):
        outcome, step = original.step(action), env.step(action)
        seen.append((outcome.observation, step[0]["text"]))
        actions.append((original.available_actions(), step[4]["available_actions"]))
    done, step = original.step("click[buy now]"), env.step("click[buy now]")
    seen.append((done.observation, step[0]["text"]))
    assert [theirs for theirs, _ in seen] == [ours for _, ours in seen]
    assert [theirs for theirs, _ in actions] == [ours for _, ours in actions]
    assert (done.reward, done.done) == step[1:3]


def test_a_form_of_text_that_there_is_not_is_told():
    with pytest.raises(UserError, match="observation_mode='rich' is not one of 'html', 'text'"):
        make(observation_mode="rich")


def test_a_shop_without_a_browser_renders_as_text_alone():
    env = make(render_mode="ansi")
    env.reset(options={"goal": 3})
    assert env.render().startswith("WebShop\nInstruction: \n")
    with pytest.raises(UserError, match="render_mode='rgb_array' is not None or 'ansi'"):
        TextShopEnv(render_mode="rgb_array")
    with pytest.raises(UserError, match="webshop-text is played without a browser"):
        WebEnv("webshop-text", render_mode="rgb_array")


def test_a_vector_of_shops_takes_a_goal_for_each():
    env = WebVectorEnv("webshop-text", 3)
    _, infos = env.reset(options={"goal": [4, 5, 6]})
    assert list(infos["goal"]) == [4, 5, 6]
    env.close()


class Buyer:
    """Buys the first result of the instruction's first words."""

    def act(self, episodes):
        ways = ["search[{}]", "click('9')", "click[buy now]"]
        return [
            Decision(action=ways[len(e.steps)].format(e.observation.instruction[:40]))
            for e in episodes
        ]


def test_rollouts_play_the_shop_without_a_browser():
    jobs = [Job("webshop-text", seed) for seed in range(6)]
    episodes = list(rollout(jobs, Buyer(), workers=3, split="test"))
    assert sorted(e.info["goal"] for e in episodes) == list(range(6))
    assert all(len(e.steps) == 3 and e.steps[-1].terminated for e in episodes)
    assert all(e.observation.screenshot is None for e in episodes)


def test_an_environment_without_a_browser_can_be_reset_after_it_was_closed():
    env = make()
    first, _ = env.reset(options={"goal": 3})
    env.close()
    again, _ = env.reset(options={"goal": 3})
    assert first == again


def test_an_address_that_is_none_is_a_mistake():
    env = make()
    env.reset(seed=0)
    assert "goto: " in env.step("goto('http://[')")[0]["error"]


def test_reset_options_that_are_no_dict_are_told():
    with pytest.raises(UserError, match=r"options=\[1\] is no dict such as"):
        make().reset(options=[1])
    with pytest.raises(UserError, match="shop=3 is no name of a shop or folder"):
        make(shop=3)


def test_many_shops_show_the_originals_text_too():
    env = gymnasium.make_vec("webagents/webshop-text-v1", 2, observation_mode="url")
    seen, _ = env.reset(seed=[0, 1])
    assert list(seen["text"]) == ["http://127.0.0.1:3000/1500", "http://127.0.0.1:3000/1501"]
    env.close()
