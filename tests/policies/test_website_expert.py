"""The websites' experts plan in words about what a page has, do it, and put mistakes right."""

from itertools import groupby

import pytest

from webagents import html
from webagents.policies.expert import ExpertPolicy
from webagents.policies.expert.websites import SITES, next_move
from webagents.policies.perturbed import PerturbedPolicy
from webagents.rollout import Job, rollout
from webagents.types import Episode, Observation


def played(policy, seeds, split="test"):
    jobs = [Job(task, seed) for task in SITES for seed in seeds]
    return list(rollout(jobs, policy, workers=2, screenshots=False, split=split))


@pytest.fixture(scope="module")
def episodes():
    return played(ExpertPolicy(), [3, 4])


def test_the_experts_succeed_in_a_real_browser(episodes):
    assert {(episode.success, episode.void) for episode in episodes} == {(True, "")}


def test_sub_instructions_are_sentences_about_elements_of_the_page_that_is_seen(episodes):
    for episode in episodes:
        for step in episode.steps:
            page = html.parse(step.observation.html)
            refs = {html.ref_of(each) for each in page.iter()}
            assert set(step.notes["refs"]) <= refs
            assert step.notes["sub_instruction"][0].isupper()


def test_the_actions_of_a_sub_instruction_follow_each_other_on_one_page_and_are_about_its_refs(
    episodes,
):
    for episode in episodes:
        said = groupby(episode.steps, key=lambda step: step.notes["sub_instruction"])
        *parts, (last, _) = [(name, [step.observation.url for step in some]) for name, some in said]
        assert [len(set(urls)) for _, urls in parts] == [1] * len(parts)
        assert last == "Say that it is done"
    touched = [step for episode in episodes for step in episode.steps[:-1]]
    about = [step.action.split("'")[1] in step.notes["refs"] for step in touched]
    assert about == [True] * len(touched)


def test_instructions_of_other_kinds_and_empty_pages_are_waited_out():
    for task, instruction in [
        ("site.map", "Do what you like."),
        ("site.map", "Find bakeries in Dunfold."),
        ("site.real-estate", "Search for 2+ bedroom lofts in Thornbury, PA."),
        ("site.real-estate", "Search for lofts in Thornbury, PA, available by tomorrow."),
        ("site.social-media", "Show me the hottest thread in c/chess."),
        ("site.social-media", "Show me the funniest thread in c/chess."),
        ("site.map", "Show me the way from Dunfold to Saltwick by the usual flying route."),
    ]:
        seen = Observation(instruction=instruction, html="<body></body>")
        episode = Episode(task=task, seed=0, observation=seen)
        assert ExpertPolicy().act([episode])[0].action == "noop(500)"


def test_the_next_move_tells_a_whole_sub_instruction():
    page = (
        '<body ref="1"><form ref="2"><input ref="3" id="where" value>'
        '<button ref="4" id="search-button">Search</button></form></body>'
    )
    said = "Search for 2+ bedroom lofts in Thornbury, PA."
    seen = Observation(instruction=said, html=page, url="http://real-estate.test/")
    episode = Episode(task="site.real-estate", seed=0, observation=seen)
    moves = [next_move(episode, variant) for variant in range(8)]
    assert {move.says for move in moves} == {"Type Thornbury, PA into the search field and search"}
    assert {tuple(touch.action for touch in move.touches) for move in moves} == {
        ("fill('3', 'Thornbury, PA')", "click('4')"),
        ("fill('3', 'Thornbury, PA')", "press('3', 'Enter')"),
    }


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("split", ["test", "train"])
def test_the_experts_succeed_on_many_seeds(split):
    failed = [e for e in played(ExpertPolicy(), range(100), split) if not e.success]
    assert [(each.task, each.seed, each.void) for each in failed] == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_experts_put_mistakes_right():
    found = played(PerturbedPolicy(ExpertPolicy(), 0.3), range(30))
    mistakes = sum("perturbed" in step.notes for each in found for step in each.steps)
    assert mistakes > 60
    assert [(each.task, each.seed) for each in found if not each.success] == []
