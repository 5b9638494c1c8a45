"""A policy plays, and the expert says at every step what it should have done."""

from collections import Counter

import pytest

from webagents.errors import UnknownPolicy, UserError
from webagents.policies import load_policy
from webagents.policies.dagger import DaggerPolicy
from webagents.policies.expert import ExpertPolicy
from webagents.rollout import play_one
from webagents.types import Decision, Episode, Needs, Observation, Step

PAGE = '<body ref="1"><button ref="5">Click Me!</button></body>'
SEEN = Observation(instruction="Click the button.", html=PAGE)


class Waiting:
    """Waits, and says why."""

    def act(self, episodes):
        return [Decision(action="noop()", notes={"why": "to see"}) for _ in episodes]

    def needs(self, task):
        return Needs(screenshots=True)


def episode(seed, steps=0):
    waited = Step(observation=SEEN, action="noop()")
    return Episode(task="miniwob.click-test", seed=seed, observation=SEEN, steps=(waited,) * steps)


def test_every_step_has_the_experts_action_whoever_plays():
    policy = DaggerPolicy(Waiting(), 0.25, expert=ExpertPolicy())
    episodes = [episode(seed, steps) for seed in range(40) for steps in range(5)]
    decisions = policy.act(episodes)
    assert decisions == policy.act(episodes)
    assert {(d.notes["player"], d.action, d.notes["label"], d.notes["why"]) for d in decisions} == {
        ("policy", "noop()", "click('5')", "to see"),
        ("expert", "click('5')", "click('5')", "to see"),
    }
    assert 30 < Counter(d.notes["player"] for d in decisions)["expert"] < 70


@pytest.mark.parametrize(("beta", "player"), [(0.0, "policy"), (1.0, "expert")])
def test_at_either_end_one_plays_alone(beta, player):
    decisions = DaggerPolicy(Waiting(), beta, expert=ExpertPolicy()).act(
        list(map(episode, range(50)))
    )
    assert {decision.notes["player"] for decision in decisions} == {player}


class Lost:
    """Finds nothing on the page."""

    def act(self, episodes):
        raise LookupError("no such field")


def test_where_the_expert_has_no_answer_the_policy_plays_and_the_step_says_so():
    notes = {"why": "to see", "player": "policy", "unlabelled": "LookupError: no such field"}
    policy = DaggerPolicy(Waiting(), 1.0, expert=Lost())
    assert policy.act([episode(0)]) == [Decision(action="noop()", notes=notes)]


def test_it_has_to_see_what_either_has_to_see():
    policy = DaggerPolicy(Waiting(), expert=ExpertPolicy())
    assert policy.needs("miniwob.click-shape") == Needs(view="visual", screenshots=True)


BOXES = (
    '<body ref="1"><label ref="2"><input ref="3" type="checkbox">A</label>'
    '<label ref="4"><input ref="5" type="checkbox">B</label><button ref="6">Submit</button></body>'
)


def test_the_label_is_that_of_the_variant_that_is_asked_for():
    seen = Observation(instruction="Select B, A and click Submit.", html=BOXES)
    episodes = [
        Episode(task="miniwob.click-checkboxes", seed=seed, observation=seen) for seed in range(30)
    ]
    labels = {
        variant: [d.notes["label"] for d in load_policy(f"dagger:0:{variant}random").act(episodes)]
        for variant in ("", "0:", "1:", "steady:")
    }
    assert labels[""] == labels["0:"] != labels["1:"]
    assert len(set(labels["steady:"])) == 1 < len(set(labels[""]))


def test_it_is_loaded_by_name_with_a_beta_or_without():
    seen = [episode(seed) for seed in range(20)]
    players = [
        {decision.notes["player"] for decision in load_policy(name).act(seen)}
        for name in ("dagger:random", "dagger:1:random", "dagger:0.5:perturbed:random")
    ]
    assert players == [{"policy"}, {"expert"}, {"expert", "policy"}]
    with pytest.raises(UnknownPolicy, match="no policy 'nobody'"):
        load_policy("dagger:0.5:nobody")
    with pytest.raises(UserError, match="beta, the expert's share of the steps, is from 0 to 1"):
        load_policy("dagger:1.5:random")


def test_on_a_page_the_labels_are_what_the_expert_would_do():
    policy = DaggerPolicy(Waiting(), expert=ExpertPolicy())
    played = play_one("miniwob.click-test", 3, policy, screenshots=False)
    assert not played.success
    assert {step.notes["label"] for step in played.steps} == {"click('5')"}
