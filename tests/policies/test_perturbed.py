"""A perturbed policy errs as a page forgives, says so, and leaves the rest to the policy."""

from collections import Counter

import pytest

from webagents.errors import UnknownPolicy, UserError
from webagents.policies import load_policy
from webagents.policies.expert import ExpertPolicy
from webagents.policies.perturbed import MOST, PerturbedPolicy
from webagents.rollout import Job, rollout
from webagents.types import Episode, Observation, Step

FORM = (
    '<body ref="1"><label ref="2"><input ref="3" type="checkbox">A</label>'
    '<label ref="4"><input ref="5" type="checkbox">B</label><button ref="6">Submit</button></body>'
)


def episode(seed, steps=()):
    seen = Observation(instruction="Select A and click Submit.", html=FORM)
    return Episode(task="miniwob.click-checkboxes", seed=seed, observation=seen, steps=steps)


def test_mistakes_are_marked_and_the_same_for_the_same_episode():
    policy = PerturbedPolicy(ExpertPolicy(), 0.5)
    episodes = [episode(seed) for seed in range(200)]
    decisions = policy.act(episodes)
    assert decisions == policy.act(episodes)
    kinds = Counter(decision.notes.get("perturbed") for decision in decisions)
    assert 60 < kinds[None] < 140
    assert kinds["wrong box"] > kinds["misread"] > 0
    wrong = {d.action for d in decisions if d.notes.get("perturbed") == "wrong box"}
    assert wrong == {"click('5')"}


def test_an_episode_has_only_so_many_mistakes():
    seen = episode(0).observation
    made = Step(observation=seen, action="noop(200)", notes={"perturbed": "dawdled"})
    (decision,) = PerturbedPolicy(ExpertPolicy(), 1.0).act([episode(0, (made,) * MOST)])
    assert decision.notes == {}


def test_names_say_how_often_and_what_is_perturbed():
    assert isinstance(load_policy("perturbed:expert"), PerturbedPolicy)
    assert load_policy("perturbed:0.5:expert:3").act([episode(1)])
    with pytest.raises(UserError, match="between 0 and 1, not 2"):
        load_policy("perturbed:2:expert")
    with pytest.raises(UnknownPolicy, match="no policy 'exprt'"):
        load_policy("perturbed:exprt")


TASKS = [
    "click-checkboxes",
    "enter-text",
    "login-user",
    "choose-list",
    "click-tab-2",
    "click-option",
]


def test_the_expert_recovers_from_its_mistakes_in_a_real_browser():
    jobs = [Job(f"miniwob.{task}", seed) for task in TASKS for seed in range(3)]
    episodes = list(rollout(jobs, load_policy("perturbed:0.4:expert"), screenshots=False))
    assert [(e.task, e.seed) for e in episodes if not e.success] == []
    assert sum("perturbed" in step.notes for e in episodes for step in e.steps) > 10
