"""The jobs that an actor has been given."""

import threading
from pathlib import Path

from webagents.crews.ray_crew import _Actor, _Inbox
from webagents.rollout import Job

JOBS = [Job("t", seed) for seed in range(4)]


def test_an_inbox_runs_dry_and_goes_on_when_it_is_filled_again() -> None:
    inbox = _Inbox()
    inbox.put(JOBS[:2])
    assert list(inbox) == JOBS[:2]
    assert list(inbox) == []
    inbox.put(JOBS[2:])
    inbox.wait()
    inbox.wait()
    assert list(inbox) == JOBS[2:]


def test_who_waits_goes_on_with_what_another_thread_gives() -> None:
    inbox = _Inbox()
    giver = threading.Thread(target=inbox.put, args=(JOBS,))
    giver.start()
    inbox.wait()
    giver.join()
    assert list(inbox) == JOBS


class Echo:
    """Tells the jobs it was given."""

    def play(self, jobs):
        yield from jobs


def test_what_is_given_while_an_actor_plays_is_played_without_waiting_for_the_end() -> None:
    actor = _Actor(Echo, Path.cwd())
    actor.give(JOBS[:2])
    playing = actor.play()
    heard = [next(playing)]
    actor.give(JOBS[2:])
    heard += [next(playing) for _ in range(3)]
    assert heard == JOBS
