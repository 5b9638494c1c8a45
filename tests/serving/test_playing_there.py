"""A rollout whose pages are on environment servers is the rollout whose pages are here."""

import json
import logging
from dataclasses import replace

import numpy as np
import pytest

from tests.serving.servers import environments
from webagents import progress
from webagents.doctor import browser_version
from webagents.envs.remote.address import Address, browser_of
from webagents.errors import ServerFull, ServerGone, UnknownTask, UserError
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.policies.expert import ExpertPolicy
from webagents.rollout import Job, rollout
from webagents.types import Decision

CLICK, SHOP = "miniwob.click-test", "webshop-text"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def two():
    with environments(sessions=4) as first, environments(sessions=4) as second:
        yield first.url, second.url


class Scripted:
    def __init__(self, act):
        self._act = act

    def act(self, episodes):
        return [Decision(action=self._act(each)) for each in episodes]


def played(jobs, policy, **options):
    return {(each.task, each.seed): each for each in rollout(jobs, policy, **options)}


def story(episode):
    """All of an episode as plain values, bytes of pictures included."""
    seen = [*(step.observation for step in episode.steps), episode.observation]
    pages = [
        replace(each, screenshot=None if each.screenshot is None else each.screenshot.tobytes())
        for each in seen
    ]
    steps = [replace(step, observation=None) for step in episode.steps]
    return pages, steps, episode.success, episode.void, dict(episode.info)


def test_episodes_on_two_servers_are_those_played_here(two):
    tasks = (CLICK, "miniwob.click-collapsible", "webshop", SHOP)
    jobs = [Job(task, seed) for task in tasks for seed in range(2)]
    options = {"view": "visual", "split": "test", "workers": 3}
    here = played(jobs, ExpertPolicy(), **options)
    there = played(jobs, ExpertPolicy(), servers=two, **options)
    assert {key: story(each) for key, each in there.items()} == {
        key: story(each) for key, each in here.items()
    }
    assert isinstance(there[CLICK, 0].observation.screenshot, np.ndarray)


def test_an_evaluation_there_reports_what_one_here_does(two, tmp_path):
    config = EvaluateConfig(
        policy="expert", tasks=f"{CLICK},miniwob.click-link", out=tmp_path / "here", episodes=2
    )
    there = replace(config, out=tmp_path / "there", remote=", ".join(two))
    for each in (config, there):
        servers = each.servers()
        browser = browser_of(servers) if servers else browser_version()
        evaluate(each, progress=progress.silent, browser=browser)
    reports = [json.loads((each.out / "report.json").read_text()) for each in (config, there)]
    for report in reports:
        for timed in ("seconds", "steps_per_second"):
            report.pop(timed)
        report["config"] = {k: v for k, v in report["config"].items() if k not in ("out", "remote")}
    assert reports[0] == reports[1]
    assert (there.out / "report.html").exists()
    with pytest.raises(UserError, match="names no server"):
        replace(config, remote=" , ")


def test_a_server_that_goes_away_voids_what_it_plays_and_the_other_plays_the_rest(two):
    ending = environments(tasks=CLICK)
    served = ending.__enter__()

    def act(episode):
        if episode.seed == 2 and not episode.steps:
            served.server.should_exit = True
            ending.__exit__(None, None, None)
        return "noop()" if not episode.steps else "click('5')"

    jobs = [Job(CLICK, seed) for seed in range(7)]
    episodes = played(
        jobs, Scripted(act), servers=[served.url, two[0]], workers=2, screenshots=False
    )
    voided = [each for each in episodes.values() if each.void]
    assert [each.seed for each in voided] == [2]
    assert voided[0].void.startswith(("ServerGone", "SessionEnded"))
    assert sum(each.success for each in episodes.values()) == 6


def test_without_a_server_that_takes_it_nothing_is_played():
    jobs = [Job(SHOP, seed) for seed in range(3)]
    with pytest.raises(ServerGone, match=f"no environment server at {NOWHERE}"):
        played(jobs, ExpertPolicy(), servers=[NOWHERE])
    with environments(tasks=SHOP, sessions=1) as small:
        with pytest.raises(ServerFull, match="plays 1 sessions at once"):
            played(jobs, ExpertPolicy(), servers=[small.url], workers=2)
        with environments(tasks=SHOP) as roomy:
            # The place on no server at all and the second on the small one go to the roomy one.
            servers = [small.url, NOWHERE, small.url, roomy.url]
            episodes = played(jobs, ExpertPolicy(), servers=servers, workers=3)
            assert all(each.success for each in episodes.values())
            assert sum(len(each.house._guests) for each in (small, roomy)) == 0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"pages": "."}, UserError, "is a folder here"),
        ({"shop": "./shop"}, UserError, "is a folder here"),
        ({"clock": "real"}, UserError, "is not served"),
        ({"servers": ["there"]}, UserError, "is no address"),
        ({"jobs": [Job(CLICK, -1)]}, UserError, "seed=-1"),
        ({"jobs": [Job("miniwob.click-tset", 0)]}, UnknownTask, "click-tset"),
        ({"jobs": [Job("miniwob.click-*", 0)]}, UnknownTask, "an episode is of one"),
    ],
)
def test_what_cannot_be_played_there_is_named(two, options, error, words):
    with pytest.raises(error, match=words):
        played(**{"jobs": [Job(CLICK, 0)], "policy": ExpertPolicy(), "servers": two, **options})


def test_a_server_tells_its_browser_and_versions_to_those_with_its_token(two, monkeypatch, caplog):
    assert browser_of(two) == browser_version()
    token = "a-token-of-sixteen"
    monkeypatch.setenv("WEBAGENTS_TOKEN", token)
    with environments(tasks=SHOP) as served:
        assert browser_of([served.url]) == ""
        monkeypatch.setenv("WEBAGENTS_TOKEN", "another-of-sixteen")
        with pytest.raises(UserError, match="refuses"):
            browser_of([served.url])
        with pytest.raises(UserError, match="refuses"):
            played([Job(SHOP, 0)], ExpertPolicy(), servers=[served.url])
    with pytest.raises(ServerGone, match="answers 404"):
        Address.of(two[0]).get("/nothing")
    with pytest.raises(ServerGone, match="no environment server"):
        browser_of([NOWHERE])
    monkeypatch.setattr(
        "webagents.envs.remote.address.current_versions",
        lambda: {"webagents": "9", "miniwob": "9"},
    )
    with caplog.at_level(logging.WARNING):
        browser_of(two[:1])
    assert "here is '9'" in caplog.text
