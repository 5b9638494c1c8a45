"""The plan gives the same episodes whoever plays them, in whatever order."""

import random

import pytest

from webagents.collection.plan import TRIES, Plan
from webagents.rollout import Job


def carried_out(plan, keeps, rng, at_once=5):
    """Plays a plan with jobs finishing in random order; the seeds placed, in order."""
    out, placed, played = [], [], []
    while True:
        while len(out) < at_once and (job := plan.next_job()) is not None:
            out.append(job)
        if not out:
            return placed, played
        job = out.pop(rng.randrange(len(out)))
        played.append(job)
        plan.heard(job, keeps(job))
        placed.extend(plan.settled())


def odd(job):
    return job.seed % 3 != 1


@pytest.mark.parametrize("shuffle", range(20))
def test_the_first_seeds_worth_keeping_are_kept_in_order_and_none_is_played_in_vain(shuffle):
    plan = Plan({"a": 4, "b": 2}, 10)
    placed, played = carried_out(plan, odd, random.Random(shuffle))
    assert placed == [Job("a", s) for s in (11, 12, 14, 15)] + [Job("b", s) for s in (11, 12)]
    assert sorted(played) == [Job("a", s) for s in range(10, 16)] + [
        Job("b", s) for s in range(10, 13)
    ]
    assert plan.complete


def test_a_task_that_never_succeeds_is_given_up_and_the_next_one_goes_on():
    plan = Plan({"hopeless": 2, "b": 1}, 0)
    placed, played = carried_out(plan, lambda job: job.task == "b", random.Random(0))
    assert placed == [Job("b", 0)]
    assert len(played) == TRIES * 2 + 20 + 1
    assert plan.complete


@pytest.mark.parametrize("shuffle", range(20))
def test_a_plan_taken_up_again_places_the_same_episodes(shuffle):
    rng = random.Random(shuffle)
    _, played = carried_out(Plan({"a": 6, "b": 3}, 0), odd, rng)
    known = rng.sample(played, rng.randrange(len(played)))
    plan = Plan({"a": 6, "b": 3}, 0)
    for job in known:
        plan.heard(job, odd(job))
    placed = list(plan.settled())
    more, again = carried_out(plan, odd, rng)
    whole, _ = carried_out(Plan({"a": 6, "b": 3}, 0), odd, rng)
    assert placed + more == whole
    assert sorted([*known, *again]) == sorted(played)


def test_a_lost_job_is_given_out_again():
    plan = Plan({"a": 1}, 0)
    job = plan.next_job()
    assert plan.next_job() is None
    plan.lost([job])
    assert plan.next_job() == job


def test_nothing_is_placed_behind_an_episode_that_stays_void():
    plan = Plan({"a": 2}, 0)
    first, second = plan.next_job(), plan.next_job()
    plan.heard(second, keep=True)
    assert (first, list(plan.settled()), plan.complete) == (Job("a", 0), [], False)
