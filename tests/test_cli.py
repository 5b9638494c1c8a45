import json
import signal
import subprocess
import sys
import time
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from webagents import __version__, cli
from webagents.evaluation.run import EvaluateConfig
from webagents.flags import described, function_of

TEST_RUN = ("evaluate", "--policy", "random", "--tasks", "miniwob.click-test")


def webagents(*arguments: str) -> tuple[int, str, str]:
    """The command's exit status, stdout and stderr."""
    result = CliRunner().invoke(cli.app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_version():
    assert webagents("--version") == (0, f"{__version__}\n", "")


def test_help_lists_every_verb():
    status, shown, _ = webagents("--help")
    assert status == 0
    assert all(f"  {verb} " in shown for verb in ("list", "evaluate", "doctor"))


def test_list_prints_the_tasks_that_are_named():
    status, shown, _ = webagents("list", "miniwob.click-test,miniwob.enter-text", "--json")
    ids = [json.loads(line)["id"] for line in shown.splitlines()]
    assert (status, ids) == (0, ["miniwob.click-test", "miniwob.enter-text"])


def test_an_unknown_task_is_one_line_and_status_1():
    status, shown, said = webagents("list", "miniwob.clik-test")
    assert (status, shown, said.count("\n")) == (1, "", 1)
    assert said.startswith("error: no task 'miniwob.clik-test'; did you mean miniwob.click-test")


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("evaluate",), "--policy"),
        (
            (*TEST_RUN, "--out", "x", "--episodes", "many"),
            "'--episodes': Input should be a valid integer",
        ),
        ((*TEST_RUN, "--out", "x", "--colour", "red"), "--colour"),
        (("play",), "play"),
    ],
)
def test_wrong_flags_are_status_2_and_name_what_is_wrong(arguments, wrong):
    status, _, said = webagents(*arguments)
    assert status == 2
    assert wrong in said


def test_every_setting_of_an_evaluation_is_a_flag_with_its_help_and_default():
    status, shown, _ = webagents("evaluate", "--help")
    words = " ".join(shown.split())
    texts = described(EvaluateConfig)
    assert status == 0
    for field in fields(EvaluateConfig):
        assert f"--{field.name.replace('_', '-')}" in words
        assert texts[field.name].split()[0] in words
        if field.default not in (MISSING, None) and not isinstance(field.default, bool):
            assert f"[default: {field.default}]" in words


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (("--tasks", "nope"), "error: no task 'nope'"),
        (("--policy", "nope"), "error: no policy 'nope'"),
        (("--episodes", "0"), "error: episodes is at least 1, not 0"),
        (("--seed-start", "-1"), "error: seed_start is at least 0, not -1"),
        (("--view", "pretty"), "error: no view 'pretty'; there is text, visual"),
    ],
)
def test_what_cannot_be_evaluated_is_one_line_and_status_1(flags, line, tmp_path):
    status, shown, said = webagents(*TEST_RUN, "--out", str(tmp_path / "run"), *flags)
    assert (status, shown, said.count("\n")) == (1, "", 1)
    assert said.startswith(line)


def test_a_folder_that_cannot_be_written_is_one_line_and_status_1(tmp_path):
    (tmp_path / "file").touch()
    status, shown, said = webagents(*TEST_RUN, "--out", str(tmp_path / "file" / "run"))
    assert (status, shown, said.count("\n")) == (1, "", 1)
    assert str(tmp_path / "file") in said


def test_no_browser_is_one_line_and_status_1(tmp_path, monkeypatch):
    monkeypatch.setenv("WEBAGENTS_BROWSER", "/nowhere/chromium")
    status, _, said = webagents(*TEST_RUN, "--out", str(tmp_path / "run"))
    assert (status, said.count("\n")) == (1, 1)
    assert "'/nowhere/chromium' does not exist" in said


def test_evaluate_writes_the_report_and_says_where(tmp_path):
    out = tmp_path / "run"
    status, shown, said = webagents(*TEST_RUN, "--out", str(out), "--episodes", "2")
    assert status == 0
    assert str(out / "report.html") in shown.replace("\n", "")
    assert "episodes" in said
    report = json.loads((out / "report.json").read_text())
    assert report["tasks"]["miniwob.click-test"]["episodes"] == 2
    assert json.loads((out / "config.json").read_text())["config"]["policy"] == "random"
    assert report["versions"]["browser"]


@pytest.mark.slow
def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-c", "from webagents.cli import main; main()", *TEST_RUN]
    playing = subprocess.Popen(
        [*command, "--out", str(tmp_path / "run"), "--episodes", "5000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    log = tmp_path / "run" / "episodes.jsonl"
    while time.monotonic() < until and not (log.exists() and log.stat().st_size):
        time.sleep(0.05)
    playing.send_signal(signal.SIGINT)
    _, said = playing.communicate(timeout=60)
    assert playing.returncode == 130
    assert "Traceback" not in said
    assert "the same command goes on from here: webagents evaluate" in said
    assert (tmp_path / "run" / "report.json").exists()


def test_doctor_says_what_is_missing_in_a_table_and_one_line(monkeypatch):
    monkeypatch.setenv("WEBAGENTS_BROWSER", "/nowhere/chromium")
    status, shown, said = webagents("doctor")
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("error: Browser: the browser that WEBAGENTS_BROWSER names")
    assert "MISSING" in shown


def test_doctor_is_content_with_this_machine():
    status, shown, said = webagents("doctor")
    assert (status, said) == (0, "")
    assert "MISSING" not in shown


@dataclass(frozen=True, kw_only=True)
class Pour:
    """Something to drink.

    cup: what it is poured into,
        however long that takes to say.
    sugar, milk: whether it has some.
    ml: how much.
    """

    cup: Path
    sugar: bool = True
    milk: bool = False
    ml: int | None = None


def test_flags_are_made_from_a_record():
    poured: list[Pour] = []
    app = typer.Typer(rich_markup_mode=None)
    app.command()(function_of(Pour, poured.append))
    runner = CliRunner()
    result = runner.invoke(app, ["--cup", "mug", "--no-sugar", "--ml", "30"])
    assert result.exit_code == 0, result.output
    assert poured == [Pour(cup=Path("mug"), sugar=False, ml=30)]
    assert "what it is poured into, however long" in " ".join(
        runner.invoke(app, ["--help"]).stdout.split()
    )


@dataclass(frozen=True, kw_only=True)
class Serve(Pour):
    """Something to drink, brought.

    table: to where it is brought.
    """

    table: int = 1


def test_flags_of_another_record_may_be_listed_last():
    app = typer.Typer(rich_markup_mode=None)
    app.command()(function_of(Serve, lambda served: None, last=Pour))
    words = CliRunner().invoke(app, ["--help"]).stdout
    places = [words.index(flag) for flag in ("--table", "--cup", "--sugar", "--ml", "--help")]
    assert places == sorted(places)
