"""The bundled demonstrations are whole, and play again on today's pages."""

import pytest

from webagents.data import Dataset
from webagents.envs import catalogue
from webagents.policies.replay import ReplayPolicy
from webagents.resources import content
from webagents.rollout import Job, rollout

FOLDER = content("data", "webgum56")


def test_there_are_successful_episodes_of_all_56_tasks():
    dataset = Dataset(FOLDER)
    assert set(dataset.tasks) == {spec.id for spec in catalogue.select("@webgum56")}
    assert {demo.episode.success for demo in dataset} == {True}


def test_it_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 600_000


@pytest.mark.parametrize("tasks", [["click-test", "login-user", "choose-date", "email-inbox"]])
def test_its_episodes_succeed_when_they_are_played_again(tasks):
    ids = [f"miniwob.{task}" for task in tasks]
    kept = {
        (demo.episode.task, demo.episode.seed) for demo in Dataset(FOLDER).demonstrations(tasks=ids)
    }
    jobs = [Job(*key) for key in kept]
    again = rollout(jobs, ReplayPolicy.read(FOLDER), workers=2, view="visual", screenshots=False)

    assert {(e.task, e.seed) for e in again if e.success} == kept
