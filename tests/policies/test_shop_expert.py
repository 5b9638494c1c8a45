"""The shopping policies play a small shop, and see no more of it than its pages."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from webagents.policies.expert import ExpertPolicy
from webagents.policies.perturbed import PerturbedPolicy
from webagents.policies.shop import RulePolicy, ShopExpert
from webagents.policies.shop.pages import page_of, visit_of
from webagents.rollout import Job, play_one, rollout

REAL = Path(__file__).parents[3] / "shared" / "data" / "webshop" / "real_1000"

PRODUCTS = [
    ("B000000001", "Oak Desk Lamp", "$19.0", ["Made of oak wood"], {"color": ["red", "blue"]}),
    ("B000000002", "Brass Desk Lamp", "$35.0", ["Dimmable light"], {"color": ["blue", "green"]}),
    ("B000000003", "Brass Desk Lamp Deluxe", "$95.0", ["Dimmable light"], {"color": ["blue"]}),
    ("B000000004", "Brass Door Handle", "$15.0", ["Rust proof"], {"size": ["small", "large"]}),
]
WANTED = "I'm looking for a green brass desk lamp that is dimmable"


@pytest.fixture
def shop(tmp_path):
    rows = [
        {
            "asin": asin,
            "name": title,
            "full_description": "",
            "small_description": points,
            "pricing": price,
            "images": ["http://shop.test/a.jpg"],
            "category": "garden",
            "query": "lamps",
            "product_category": "Home › Lamps",
            "customization_options": {
                name: [{"value": value, "image": None} for value in values]
                for name, values in options.items()
            },
        }
        for asin, title, price, points, options in PRODUCTS
    ]
    person = {
        "asin": "B000000002",
        "instruction": WANTED,
        "attributes": ["dimmable"],
        "options": [],
        "instruction_attributes": ["dimmable"],
        "instruction_options": ["green"],
    }
    marks = {
        asin: {"attributes": ["dimmable"] if "2" in asin[-1] else ["oak"]} for asin, *_ in PRODUCTS
    }
    for name, content in [
        ("items_shuffle.json", rows),
        ("items_ins_v2.json", marks),
        ("items_human_ins.json", {"B000000002": [person]}),
    ]:
        (tmp_path / name).write_text(json.dumps(content))
    return str(tmp_path)


def bought(episode):
    return visit_of(episode.observation).asin or episode.steps[-1].observation.url.split("/")[6]


@pytest.mark.parametrize("policy", [ShopExpert(), ShopExpert(1), ExpertPolicy(), ExpertPolicy(1)])
def test_the_expert_buys_what_is_asked_for_with_the_option(shop, policy):
    episode = play_one("webshop-text", 0, policy, shop=shop, split="all")
    assert (bought(episode), episode.reward, episode.success) == ("B000000002", 1.0, True)


def test_the_expert_puts_mistakes_right(shop):
    policy = PerturbedPolicy(ShopExpert(), 0.6)
    jobs = [Job("webshop-text", seed) for seed in range(12)]
    episodes = list(rollout(jobs, policy, shop=shop, split="all"))
    mistakes = sum("perturbed" in step.notes for e in episodes for step in e.steps)
    assert mistakes > 6
    assert {episode.success for episode in episodes} == {True}


def test_the_expert_sees_no_more_than_observations_and_needs_no_particular_refs(shop):
    episode = play_one("webshop-text", 0, ShopExpert(), shop=shop, split="all")
    for at, step in enumerate(episode.steps):
        before = replace(
            episode, steps=episode.steps[:at], observation=step.observation, info={}, success=False
        )
        assert ShopExpert().act([before])[0].action == step.action
        shifted = step.observation.html.replace('ref="', 'ref="1000')
        moved = replace(before, observation=replace(step.observation, html=shifted))
        assert ShopExpert().act([moved])[0].action == step.action.replace("('", "('1000", 1)


def test_the_rule_buys_the_first_result_and_chooses_nothing(shop):
    episode = play_one("webshop-text", 0, RulePolicy(), shop=shop, split="all")
    results = page_of(episode.steps[2].observation)
    query = f"{WANTED}, and price lower than".lower()
    assert [step.action.partition("(")[0] for step in episode.steps] == [
        *("fill", "press", "click", "click")
    ]
    assert visit_of(episode.steps[2].observation).query.startswith(query)
    assert bought(episode) == results.cards[0].asin


def test_the_expert_is_found_by_the_tasks_ids():
    assert [ExpertPolicy.knows(task) for task in ("webshop", "webshop-text", "webshop-x")] == [
        *(True, True, False)
    ]


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the public products are not here")
def test_the_rule_reaches_the_original_programs_figures_on_the_public_products():
    jobs = [Job("webshop-text", seed) for seed in range(500)]
    options = {"shop": str(REAL), "goals": "synthetic", "split": "test", "workers": 8}
    episodes = list(rollout(jobs, RulePolicy(), **options))
    score = sum(episode.reward for episode in episodes) / 5
    assert (round(score, 1), sum(e.success for e in episodes)) == (57.1, 11)


@pytest.mark.slow
def test_the_expert_does_well_on_the_bundled_catalogue():
    jobs = [Job("webshop-text", seed) for seed in range(200)]
    episodes = list(rollout(jobs, ShopExpert(), workers=8, split="train"))
    assert sum(episode.reward for episode in episodes) / 200 > 0.92
    assert sum(episode.success for episode in episodes) / 200 > 0.82
