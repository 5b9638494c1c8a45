"""The one loop: every job played once, machines that break voided, nothing left running."""

import os
import signal
from pathlib import Path

import pytest

from webagents.errors import UnknownTask, UserError
from webagents.rollout import Job, play_one, rollout
from webagents.types import Decision

TASK = "miniwob.click-test"


class Scripted:
    """Acts by a function of the episode."""

    def __init__(self, act):
        self._act = act

    def act(self, episodes):
        return [Decision(action=self._act(episode)) for episode in episodes]


CLICK = Scripted(lambda episode: "click('5')")


def _children():
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except FileNotFoundError:
                continue
            if int(stat[1]) == os.getpid() and stat[0] != "Z":
                found.add(int(entry.name))
    return found


@pytest.fixture
def children():
    """The browser processes started since the test began; other tests' may run beside them."""
    before = _children()
    return lambda: _children() - before


def test_every_job_is_played_once_on_however_many_pages(children):
    jobs = [Job(TASK, seed) for seed in range(7)]
    episodes = list(rollout(jobs, CLICK, workers=3, browsers=2, screenshots=False))
    assert sorted(e.seed for e in episodes) == list(range(7))
    assert all(e.success and e.reward == 1.0 and len(e.steps) == 1 for e in episodes)
    assert children() == set()


def test_an_episode_tells_its_whole_story():
    policy = Scripted(lambda e: ["click('99')", "noop()", "click('5')"][len(e.steps)])
    episode = play_one(TASK, 3, policy, screenshots=False)
    assert [(s.action, s.reward, s.terminated, s.time_ms) for s in episode.steps] == [
        ("click('99')", 0.0, False, 200.0),
        ("noop()", 0.0, False, 400.0),
        ("click('5')", 1.0, True, 600.0),
    ]
    assert "no element has ref 99" in episode.steps[0].error
    assert episode.steps[1].observation.error == episode.steps[0].error


def test_episodes_are_cut_at_the_step_limit():
    episode = play_one(TASK, 0, Scripted(lambda e: "noop()"), max_steps=2, screenshots=False)
    assert (len(episode.steps), episode.steps[-1].truncated, episode.success) == (2, True, False)


def test_a_browser_that_dies_voids_its_episodes_and_the_rest_are_played(children):
    def act(episode):
        if episode.seed == 2 and not episode.steps:
            os.killpg(children().pop(), signal.SIGKILL)
        return "click('5')"

    jobs = [Job(TASK, seed) for seed in range(6)]
    episodes = list(rollout(jobs, Scripted(act), workers=2, browsers=1, screenshots=False))
    voided = [e.seed for e in episodes if e.void]
    assert 2 in voided
    assert len(voided) <= 2
    assert all(e.success for e in episodes if not e.void)
    assert len(episodes) == 6
    assert all(e.void.startswith("BrowserDied") for e in episodes if e.void)


def test_a_policy_that_fails_leaves_no_browser(children):
    def act(episode):
        raise RuntimeError("my policy broke")

    with pytest.raises(RuntimeError, match="my policy broke"):
        list(rollout([Job(TASK, 0)], Scripted(act), workers=1, screenshots=False))
    assert children() == set()


def test_a_rollout_that_is_given_up_leaves_no_browser(children):
    episodes = rollout([Job(TASK, s) for s in range(9)], CLICK, workers=2, screenshots=False)
    next(episodes)
    episodes.close()
    assert children() == set()


def test_what_cannot_be_played_is_named(children):
    with pytest.raises(UnknownTask, match="click-tset"):
        list(rollout([Job("miniwob.click-tset", 0)], CLICK))
    with pytest.raises(UserError, match="seed=-1"):
        list(rollout([Job(TASK, -1)], CLICK))
    with pytest.raises(UserError, match="workers=0"):
        list(rollout([Job(TASK, 0)], CLICK, workers=0))
    undecided = Scripted(lambda e: "noop()")
    undecided.act = lambda episodes: []
    with pytest.raises(UserError, match="gave 0 decisions for 1 episodes"):
        list(rollout([Job(TASK, 0)], undecided, workers=1))
    assert children() == set()
