"""Evaluations whose language model is an endpoint on loopback, which fails in between."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

pytest.importorskip("httpx2")
pytest.importorskip("pydantic_monty")

from tests.planners.endpoints import GONE, SLOW, Reply, Server, saying, serving
from webagents import cli
from webagents.collection.collect import CollectConfig, collect
from webagents.errors import UserError, WebAgentsError
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.planners.language import LanguageModelFailed
from webagents.progress import silent

KEY = "sk-very-secret"
TASK = "miniwob.choose-list"
PROGRAM = """```python
Select(driver.find_element(By.TAG_NAME, "select")).select_by_visible_text("{}")
driver.find_element(By.CSS_SELECTOR, "button").click()
```"""


def program(asked: dict[str, Any]) -> Reply:
    """What a model that can do the task says."""
    wanted = re.findall(r"Goal: Select (.*) from the list", asked["messages"][-1]["content"])[0]
    return saying(PROGRAM.format(wanted))


def _settings(server: Server, out: Path, *, episodes: int) -> dict[str, Any]:
    """Of an evaluation, or a collection, one page at a time."""
    return {
        "policy": "llm:program",
        "tasks": TASK,
        "out": out,
        "episodes": episodes,
        "workers": 1,
        "screenshots": False,
        "llm": "openai:tiny",
        "base_url": server.url,
    }


def fail_after_two(server: Server, failure: Reply) -> None:
    """Has it answer two questions, and fail from then on."""
    server.reply = lambda asked: program(asked) if len(server.asked) <= 2 else failure


@pytest.mark.parametrize(
    ("failure", "kind", "told"),
    [
        ((GONE, None, {}), LanguageModelFailed, "did not answer in 1 try: it cannot be reached"),
        ((SLOW, None, {}), LanguageModelFailed, "did not answer in 1 try: no answer within 2 s"),
        ((200, b"<html>", {}), LanguageModelFailed, "in 1 try: its answer is none: '<html>'"),
        ((429, {"error": "slow"}, {"Retry-After": "9"}), LanguageModelFailed, "in 1 try: 429 slow"),
        ((401, {"error": f"bad {KEY}"}, {}), UserError, r"refuses the key: 401 bad \$OPENAI_API_K"),
    ],
)
def test_an_endpoint_that_fails_loses_no_finished_episode_and_the_run_goes_on(
    failure: Reply,
    kind: type[WebAgentsError],
    told: str,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving() as server:
        settings = _settings(server, tmp_path / "run", episodes=4)
        settings |= {"llm_price_read": 2.0, "llm_price_written": 10.0}
        config = EvaluateConfig(**settings)
        hasty = EvaluateConfig(**settings, llm_seconds=2.0, llm_tries=1)
        fail_after_two(server, failure)
        with pytest.raises(kind, match=told) as error:
            evaluate(hasty, progress=silent)
        broken_off = json.loads((config.out / "report.json").read_text())
        server.reply = program
        report = json.loads(evaluate(config, progress=silent).as_json())

    one = {"questions": 1, "prompt_tokens": 1000, "completion_tokens": 100, "cost": 0.003}
    all_four = {name: round(4 * value, 9) for name, value in one.items()}
    assert [each["seed"] for each in broken_off["episodes"]] == [0, 1]
    assert [(each["success"], each["asked"]) for each in report["episodes"]] == [(True, one)] * 4
    assert report["asked"] == {**all_four, "tasks": {TASK: all_four}}
    assert len(server.asked) == 4 + 1
    assert set(server.keys) == {f"Bearer {KEY}"}
    written = [path for folder in (tmp_path, home) for path in folder.rglob("*") if path.is_file()]
    assert {"config.json", "report.html", "episodes.jsonl"} <= {path.name for path in written}
    assert not any(KEY in path.read_text(errors="replace") for path in written)
    assert KEY not in caplog.text + str(error.value)


@pytest.mark.parametrize("method", ["zero-shot", "rci"])
def test_a_refused_question_is_a_mistake_that_costs_a_step(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as server:
        server.reply = lambda asked: (400, {"error": "too long, as click('5') is"}, {})
        settings = _settings(server, tmp_path / "run", episodes=1)
        config = EvaluateConfig(**settings | {"policy": f"llm:{method}"})
        report = json.loads(evaluate(config, progress=silent).as_json())
    (episode,) = report["episodes"]
    kept = json.loads((config.out / "episodes.jsonl").read_text())

    assert (episode["success"], episode["failure"]) == (False, "error")
    told = [move["error"] for move in kept["actions"]]
    assert len(told) == episode["steps"] > 1
    assert all(each[14:].startswith("the language model refused the question: 4") for each in told)


def test_after_an_episode_whose_questions_were_refused_the_next_is_played(tmp_path: Path) -> None:
    refused = (400, {"error": "against our content policy"}, {})
    with serving() as server:
        server.reply = lambda asked: refused if len(server.asked) <= 4 else program(asked)
        config = EvaluateConfig(**_settings(server, tmp_path / "run", episodes=2))
        report = json.loads(evaluate(config, progress=silent).as_json())
    first = json.loads((config.out / "episodes.jsonl").read_text().partition("\n")[0])

    assert [each["success"] for each in report["episodes"]] == [False, True]
    assert first["actions"][0]["action"] == (
        "report_infeasible('given up after no program that does anything')"
    )


def test_the_command_tells_a_refused_connection_in_a_line_and_goes_on_when_it_is_there(
    tmp_path: Path,
) -> None:
    with serving() as server:
        port = server.port
    command = (
        *("evaluate", "--policy", "llm:program", "--tasks", TASK, "--episodes", "1"),
        *("--out", str(tmp_path / "run"), "--no-screenshots", "--workers", "1"),
        *("--llm", "openai:tiny", "--base-url", f"http://127.0.0.1:{port}/v1"),
        *("--llm-tries", "1", "--llm-price-read", "2", "--llm-price-written", "10"),
    )
    refused = CliRunner().invoke(cli.app, command)
    with serving(port) as server:
        server.reply = program
        played = CliRunner().invoke(cli.app, command)
    shown = " ".join(played.stdout.split())

    last = refused.stderr.splitlines()[-1]
    assert (refused.exit_code, last[:52]) == (
        1,
        "error: openai:tiny@http://127.0.0.1:" + last[36:52],
    )
    assert "did not answer in 1 try: it cannot be reached" in last
    assert played.exit_code == 0, played.output
    assert "success of llm:program (openai:tiny)" in shown
    assert "1 question to the language model: 1,000 tokens read, 100 written, cost 0.003" in shown


def test_a_run_is_gone_on_with_by_another_key_and_patience_but_no_other_model(
    tmp_path: Path,
) -> None:
    with serving() as server:
        server.reply = program
        settings = _settings(server, tmp_path / "run", episodes=1)
        evaluate(EvaluateConfig(**settings), progress=silent)
        evaluate(EvaluateConfig(**settings, llm_tries=2, llm_per_minute=9.0), progress=silent)
        with pytest.raises(UserError, match="llm 'openai:tiny' there, 'openai:large' now"):
            evaluate(EvaluateConfig(**{**settings, "llm": "openai:large"}), progress=silent)

    assert len(server.asked) == 1


def test_a_language_model_s_episodes_are_collected_and_named_after_it(tmp_path: Path) -> None:
    with serving() as server:
        fail_after_two(server, (401, {"error": "bad key"}, {}))
        settings = _settings(server, tmp_path / "set", episodes=3)
        with pytest.raises(UserError, match="refuses the key: 401 bad key"):
            collect(CollectConfig(**settings), progress=silent)
        server.reply = program
        collected = collect(CollectConfig(**settings, resume=True), progress=silent)

    assert collected.tasks[TASK]["kept"] == 3
    assert len(server.asked) == 3 + 1
    told = json.loads((tmp_path / "set" / "dataset.json").read_text())
    assert "llm:program (openai:tiny)" in json.dumps(told)
