"""Players in processes of their own, with real browsers: one dataset, and nothing left behind."""

import os
import signal

import psutil
import pytest

from webagents.collection.collect import CollectConfig, collect
from webagents.collection.crew import ProcessCrew
from webagents.collection.player import Playing
from webagents.data import Dataset
from webagents.errors import UnknownPolicy
from webagents.progress import silent
from webagents.rollout import Job

TASKS = "miniwob.click-test-2,miniwob.enter-text"


def collected(out, **settings):
    config = CollectConfig(policy="expert", out=out, tasks=TASKS, episodes=4, **settings)
    collect(config, progress=silent)
    return [path.read_bytes() for path in sorted(out.glob("*.parquet"))]


def test_two_players_give_what_one_gives_and_leave_no_process(tmp_path):
    before = psutil.Process().children(recursive=True)
    one = collected(tmp_path / "one", workers=1)
    two = collected(tmp_path / "two", workers=4, players=2)
    assert one == two
    steps = [step for demo in Dataset(tmp_path / "one") for step in demo.episode.steps]
    assert steps[0].observation.screenshot.shape == (210, 160, 3)
    left = [p for p in psutil.Process().children(recursive=True) if p not in before]
    commands = [" ".join(p.cmdline()) for p in left]
    assert [c for c in commands if "resource_tracker" not in c] == []  # Python's own, one a process


def test_what_only_the_policy_needs_is_not_recorded(tmp_path):
    config = CollectConfig(
        policy="expert", out=tmp_path, tasks="miniwob.click-color", episodes=2, screenshots=False
    )
    collect(config, progress=silent)
    (first, _) = Dataset(tmp_path)
    seen = first.episode.steps[0].observation
    assert seen.screenshot is None
    assert "box=" not in seen.html


def test_a_killed_player_is_replaced_and_told_of():
    how = Playing(policy="expert", source="expert", pages=1, play={"screenshots": False})
    crew = ProcessCrew(how, 1)
    try:
        crew.give(0, [Job("miniwob.click-test", seed) for seed in range(3)])
        assert crew.hear()[0].played.success
        os.kill(crew._players[0][0].pid, signal.SIGKILL)
        while (news := crew.hear()[0]).played is not None:
            pass
        assert news.player == 0
        crew.give(0, [Job("miniwob.click-test", 7)])
        assert crew.hear()[0].played.job.seed == 7
    finally:
        crew.close()


def test_what_a_player_cannot_do_is_raised_here():
    crew = ProcessCrew(Playing(policy="no_such:Policy", source="x"), 1)
    try:
        crew.give(0, [Job("miniwob.click-test", 0)])
        with pytest.raises(UnknownPolicy, match="no_such"):
            crew.hear()
    finally:
        crew.close()
