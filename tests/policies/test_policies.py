"""Policies by name, and the ones that need no rules."""

import json

import pytest

from webagents.actions import parse
from webagents.errors import UnknownPolicy
from webagents.policies import load_policy
from webagents.policies.random import RandomPolicy
from webagents.policies.replay import ReplayPolicy
from webagents.rollout import Job, rollout
from webagents.types import Decision, Episode, Observation


class Patient:
    """Waits."""

    def act(self, episodes):
        """One wait an episode."""
        return [Decision(action="noop()") for _ in episodes]


def episode(seed=0, html='<body ref="1"><a ref="2">x</a></body>'):
    return Episode(task="miniwob.t", seed=seed, observation=Observation(instruction="", html=html))


def test_random_actions_are_well_formed_and_the_same_for_the_same_episode():
    episodes = [episode(seed) for seed in range(50)]
    first = RandomPolicy().act(episodes)
    assert first == RandomPolicy().act(episodes)
    assert len({decision.action for decision in first}) > 10
    for decision in first:
        parse(decision.action)


def test_a_run_is_replayed_to_the_same_end(tmp_path):
    jobs = [Job("miniwob.click-test", seed) for seed in range(3)]
    before = list(rollout(jobs, load_policy("random"), workers=2, screenshots=False))
    lines = [
        {"task": e.task, "seed": e.seed, "steps": [{"action": s.action} for s in e.steps]}
        for e in before
    ]
    (tmp_path / "episodes.jsonl").write_text("\n".join(map(json.dumps, lines)))
    again = list(rollout(jobs, load_policy(f"replay:{tmp_path}"), workers=2, screenshots=False))
    key = lambda e: (e.task, e.seed)  # noqa: E731
    assert sorted(again, key=key) == sorted(before, key=key)


def test_a_policy_of_the_users_own_is_loaded_by_its_module():
    assert isinstance(load_policy("tests.policies.test_policies:Patient"), object)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("exprt", "no policy .exprt.; the policies are expert, random, replay:PATH, perturbed:"),
        ("replay", "replay: of what?"),
        ("replay:/nowhere", "'/nowhere' is no run to replay"),
        ("no_such_module:Policy", "No module named 'no_such_module'"),
        ("json:loads", "'json:loads' is no policy: it has no act"),
    ],
)
def test_a_policy_that_is_none_is_named(name, told):
    with pytest.raises(UnknownPolicy, match=told):
        load_policy(name)


def test_a_replay_of_something_else_is_told_once(caplog):
    policy = ReplayPolicy({("t", 0): ["click('1')"]}, {("t", 0): "Buy a lamp."})
    shown = Observation(instruction="Buy a chair.", html="")
    episode = Episode(task="t", seed=0, observation=shown)
    assert [policy.act([episode])[0].action for _ in range(2)] == ["click('1')"] * 2
    (line,) = caplog.messages
    assert "asked now: 'Buy a chair.', then: 'Buy a lamp.'" in line
