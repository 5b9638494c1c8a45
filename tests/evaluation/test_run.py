from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.evaluation.episodes import episode
from webagents import progress
from webagents.errors import BrowserDied, UnknownTask, UserError
from webagents.evaluation.outcomes import Outcome
from webagents.evaluation.report import Report
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.rollout import Job
from webagents.types import Episode

TASKS = ("miniwob.click-test", "miniwob.enter-text")


@pytest.fixture
def config(tmp_path: Path) -> EvaluateConfig:
    return EvaluateConfig(
        policy="expert", tasks=",".join(TASKS), out=tmp_path / "run", episodes=3, seed_start=10
    )


class Scripted:
    """Plays jobs without a browser: what `outcome` makes of each, up to `stop` of them."""

    def __init__(
        self,
        outcome: Callable[[Job], Episode] = lambda job: episode(job.task, job.seed),
        *,
        stop: int | None = None,
        error: type[BaseException] = KeyboardInterrupt,
    ) -> None:
        self.outcome, self.stop, self.error = outcome, stop, error
        self.jobs: list[tuple[str, int]] = []
        self.closed = False

    def __call__(self, jobs: Sequence[Job]) -> Iterator[Episode]:
        self.jobs = [(job.task, job.seed) for job in jobs]
        try:
            for number, job in enumerate(jobs):
                if number == self.stop:
                    raise self.error
                yield self.outcome(job)
        finally:
            self.closed = True


def run(config: EvaluateConfig, play: Scripted) -> Report:
    return evaluate(config, progress=progress.silent, play=play)


def lines(config: EvaluateConfig) -> list[dict[str, object]]:
    text = (config.out / "episodes.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_seed_of_every_task_is_played_and_reported(config: EvaluateConfig) -> None:
    play = Scripted()
    report = run(config, play)
    assert play.jobs == [(task, seed) for task in TASKS for seed in (10, 11, 12)]
    assert play.closed
    assert [(task.episodes, task.success.mean) for task in report.tasks.values()] == [(3, 1.0)] * 2
    assert sorted(path.name for path in config.out.iterdir()) == [
        "config.json",
        "episodes.jsonl",
        "report.html",
        "report.json",
    ]
    read = json.loads((config.out / "report.json").read_text(encoding="utf-8"))
    assert Report.from_dict(read) == report
    assert read["config"]["out"] == str(config.out)
    assert read["sets"]["@miniwob"]["tasks"] == 2


def test_a_run_over_composed_tasks_and_their_parts_compares_them(config: EvaluateConfig) -> None:
    pair = "compwob.click-button_click-link"
    parts = ["click-button", "click-link"]
    tasks = ",".join([pair, *(f"miniwob.{part}" for part in parts)])

    def outcome(job: Job) -> Episode:
        flags = {part: part == parts[0] for part in parts} if job.task == pair else None
        return episode(job.task, job.seed, success=job.task != pair, subtasks=flags)

    report = run(replace(config, tasks=tasks), Scripted(outcome))
    assert report.composition is not None
    found = report.composition.tasks[pair]
    assert (found.category, found.composed, found.product) == ("two-way", 0.0, 1.0)
    assert [(hop.part, hop.rate) for hop in found.hops] == [
        ("miniwob.click-button", 1.0),
        ("miniwob.click-link", 0.0),
    ]
    assert [line["subtasks"] for line in lines(config)] == [
        *[{"click-button": True, "click-link": False}] * 3,
        *[{}] * 6,
    ]


def test_a_finished_episode_is_on_disk_before_the_next_one_is_played(
    config: EvaluateConfig,
) -> None:
    seen: list[int] = []

    def outcome(job: Job) -> Episode:
        path = config.out / "episodes.jsonl"
        seen.append(path.read_bytes().count(b"\n") if path.exists() else 0)
        return episode(job.task, job.seed)

    run(config, Scripted(outcome))
    assert seen == [0, 1, 2, 3, 4, 5]


def test_a_stopped_run_reports_what_it_has_and_resumes_with_the_rest(
    config: EvaluateConfig,
) -> None:
    stopped = Scripted(stop=2)
    with pytest.raises(KeyboardInterrupt):
        run(config, stopped)
    partial = json.loads((config.out / "report.json").read_text(encoding="utf-8"))
    assert (len(partial["episodes"]), partial["planned"], stopped.closed) == (2, 6, True)
    assert "2 of 6 episodes were played" in (config.out / "report.html").read_text(encoding="utf-8")

    rest = Scripted()
    report = run(config, rest)
    assert rest.jobs == stopped.jobs[2:]
    assert len(report.episodes) == report.planned == 6


def test_a_machine_that_breaks_for_good_leaves_the_partial_report_too(
    config: EvaluateConfig,
) -> None:
    with pytest.raises(BrowserDied):
        run(config, Scripted(stop=1, error=BrowserDied))
    assert (config.out / "report.json").exists()


def test_a_run_that_never_began_leaves_no_report_and_takes_other_settings(
    config: EvaluateConfig,
) -> None:
    with pytest.raises(BrowserDied):
        run(config, Scripted(stop=0, error=BrowserDied))
    assert [path.name for path in config.out.iterdir()] == ["config.json"]
    assert len(run(replace(config, episodes=1), Scripted()).episodes) == 2


def test_a_line_torn_by_a_kill_is_played_again(config: EvaluateConfig) -> None:
    whole = run(config, Scripted())
    path = config.out / "episodes.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    again = Scripted()
    report = run(config, again)
    assert again.jobs == [(TASKS[1], 12)]
    assert report.episodes == whole.episodes
    assert len(lines(config)) == 6


def test_a_line_torn_but_for_its_end_is_played_again(config: EvaluateConfig) -> None:
    run(config, Scripted())
    path = config.out / "episodes.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    again = Scripted()
    run(config, again)
    assert (again.jobs, len(lines(config))) == ([(TASKS[1], 12)], 6)


def test_a_spoilt_line_amid_the_others_is_an_error_that_names_it(config: EvaluateConfig) -> None:
    run(config, Scripted())
    path = config.out / "episodes.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())
    with pytest.raises(UserError, match=r"episodes\.jsonl, line 1, is no episode"):
        run(config, Scripted())


def test_a_complete_run_given_again_plays_nothing(config: EvaluateConfig) -> None:
    first, again = run(config, Scripted()), Scripted()
    assert run(config, again) == first
    assert again.jobs == []


def test_void_episodes_are_counted_apart_and_played_again_on_resuming(
    config: EvaluateConfig,
) -> None:
    def broken(job: Job) -> Episode:
        return episode(job.task, job.seed, void="BrowserDied: gone" if job.seed == 11 else "")

    report = run(config, Scripted(broken))
    counts = [(task.episodes, task.void, task.success.mean) for task in report.tasks.values()]
    assert counts == [(2, 1, 1.0)] * 2
    again = Scripted()
    mended = run(config, again)
    assert again.jobs == [(task, 11) for task in TASKS]
    assert [(r.episodes, r.void) for r in mended.tasks.values()] == [(3, 0), (3, 0)]


def test_other_settings_in_the_same_folder_are_refused_with_the_difference(
    config: EvaluateConfig,
) -> None:
    run(config, Scripted())
    play = Scripted()
    with pytest.raises(
        UserError, match=r"\(episodes 3 there, 5 now; view 'text' there, 'visual' now\)"
    ):
        run(replace(config, episodes=5, view="visual"), play)
    assert play.jobs == []


def test_other_weights_of_the_same_policy_are_refused_and_reported(
    config: EvaluateConfig, tmp_path: Path
) -> None:
    file = tmp_path / "policy" / "model.safetensors"
    file.parent.mkdir()
    file.write_bytes(b"1" * 1000)
    config = replace(config, policy=f"disturbed:top:{file.parent}")
    report = run(config, Scripted(stop=None))
    run(config, Scripted())
    file.write_bytes(b"1" * 999 + b"2")
    with pytest.raises(UserError, match=r"holds another evaluation \(weights '[0-9a-f]{16}' there"):
        run(config, Scripted())
    assert report.config["weights"] != config.as_dict()["weights"]


def test_settings_that_change_no_episode_may_differ_on_resuming(config: EvaluateConfig) -> None:
    run(config, Scripted())
    again = Scripted()
    run(replace(config, workers=9, keep="none", keep_per_task=0), again)
    assert again.jobs == []


def test_a_folder_of_something_else_is_refused_and_left_as_it_is(config: EvaluateConfig) -> None:
    config.out.mkdir()
    (config.out / "thesis.tex").write_text("mine")
    with pytest.raises(UserError, match=r"not empty and holds no evaluation \(it has \['thesis"):
        run(config, Scripted())
    assert [path.name for path in config.out.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("text", ["not json", "[]", '{"model": 1}'])
def test_anothers_config_is_refused_and_left_as_it_is(config: EvaluateConfig, text: str) -> None:
    config.out.mkdir()
    (config.out / "config.json").write_text(text)
    with pytest.raises(UserError, match="is no evaluation's"):
        run(config, Scripted())
    assert (config.out / "config.json").read_text() == text


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_place_that_cannot_be_a_folder_is_refused_before_playing(
    config: EvaluateConfig, tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("")
    play = Scripted()
    with pytest.raises(UserError, match="cannot write to"):
        run(replace(config, out=tmp_path / "file" / below), play)
    assert play.jobs == []


def test_an_unknown_task_is_refused_before_the_folder_is_made(config: EvaluateConfig) -> None:
    with pytest.raises(UnknownTask):
        run(replace(config, tasks="miniwob.click-tset"), Scripted())
    assert not config.out.exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"episodes": 0}, "episodes is at least 1, not 0"),
        ({"seed_start": -1}, "seed_start is at least 0"),
        ({"workers": 0}, "workers is at least 1"),
        ({"deciders": 0}, "deciders is at least 1"),
        ({"players": 2}, "--players is for --engine ray"),
        ({"view": "txt"}, "no view 'txt'; there is text, visual"),
        ({"clicks": "touch"}, "no clicks 'touch'"),
        ({"clock": "wall"}, "no clock 'wall'; there is virtual, real"),
        ({"keep": "some"}, "no keep 'some'; there is failures, all, none"),
    ],
)
def test_wrong_settings_are_told_at_once(
    config: EvaluateConfig, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        replace(config, **wrong)  # type: ignore[arg-type]


def lost(job: Job) -> Episode:
    return episode(
        job.task, job.seed, success=job.seed == 10, errors=("", "", ""), screenshots=True
    )


def test_the_last_screenshots_of_failures_are_kept(config: EvaluateConfig) -> None:
    run(replace(config, tasks=TASKS[0], episodes=5, keep_per_task=2), Scripted(lost))
    folder = config.out / "screenshots" / TASKS[0]
    assert sorted(path.name for path in folder.iterdir()) == [
        f"seed{seed}-step{step}.png" for seed in (11, 12) for step in (2, 3)
    ]
    assert [len(line["screenshots"]) for line in lines(config)] == [0, 2, 2, 0, 0]
    with Image.open(folder / "seed11-step3.png") as image:
        np.testing.assert_array_equal(np.asarray(image), np.full((4, 5, 3), 3, np.uint8))


@pytest.mark.parametrize(("keep", "kept"), [("none", []), ("all", [2, 2, 2])])
def test_which_screenshots_are_kept_can_be_chosen(
    config: EvaluateConfig, keep: str, kept: list[int]
) -> None:
    run(replace(config, tasks=TASKS[0], keep=keep), Scripted(lost))
    assert [n for line in lines(config) if (n := len(line["screenshots"]))] == kept  # type: ignore[arg-type]


def test_environment_options_are_those_of_the_settings(config: EvaluateConfig) -> None:
    assert replace(config, view="visual", screenshots=False).env_options() == {
        "screenshots": False,
        "view": "visual",
        "time_limit": "none",
        "clock": "virtual",
        "layout": "original",
        "goals": "human",
        "split": "test",
    }
    assert replace(config, clicks="pointer").env_options()["clicks"] == "pointer"


def test_progress_off_a_terminal_is_plain_lines() -> None:
    stream = io.StringIO()
    done = [Outcome.of(episode(seed=0))]
    with progress.shown(progress.Tally(3).after(done), stream=stream) as told:
        told(Outcome.of(episode(seed=1, success=False)))
        told(Outcome.of(episode(seed=2, void="gone")))
    first, last = stream.getvalue().splitlines()
    assert first == "1/3 episodes · success 100.0%"
    assert last.startswith("3/3 episodes · success 50.0% · 1 void · ")
    assert last.endswith(" left")


def test_progress_on_a_terminal_is_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with progress.shown(progress.Tally(1), stream=stream) as told:
        told(Outcome.of(episode()))
    assert "1/1" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")],
)
def test_lengths_of_time_read_well(seconds: float, text: str) -> None:
    assert progress.duration(seconds) == text
