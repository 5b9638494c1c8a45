"""A real model behind llama.cpp's own server, on loopback.

The file is the one that $WEBAGENTS_GGUF names, or the first in ~/.cache/webagents-gguf; a small
model does, such as Qwen2.5-Coder-0.5B-Instruct.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("httpx2")
pytest.importorskip("pydantic_monty")
pytest.importorskip("xllamacpp")

from webagents.errors import UserError
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.planners.language import LanguageSettings, load_language, question
from webagents.planners.language.local import Gguf
from webagents.progress import silent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of llama.cpp's server."""
    named = os.environ.get("WEBAGENTS_GGUF")
    files = [Path(named)] if named else sorted(Path.home().glob(".cache/webagents-gguf/*.gguf"))
    if not files:
        pytest.skip("no GGUF file: $WEBAGENTS_GGUF names none, ~/.cache/webagents-gguf has none")
    model = Gguf(files[0], context=4096)
    yield model.address
    del model  # which ends the server


def test_an_evaluation_asks_a_real_model_and_counts_what_it_says(
    server: str, tmp_path: Path
) -> None:
    config = EvaluateConfig(
        policy="llm:program",
        tasks="miniwob.click-test,miniwob.click-button",
        out=tmp_path / "run",
        episodes=1,
        workers=2,
        screenshots=False,
        llm="openai:local",
        base_url=server,
        llm_seconds=600.0,
        llm_price_read=1.0,
        llm_price_written=4.0,
    )
    report = json.loads(evaluate(config, progress=silent).as_json())
    kept = list((tmp_path / "webagents-home" / "answers").rglob("*.json"))
    answers = [json.loads(path.read_text())["answer"] for path in kept]
    again = replace(config, out=tmp_path / "again")
    repeated = json.loads(evaluate(again, progress=silent).as_json())

    asked = report["asked"]
    assert [each["failure"] == "void" for each in report["episodes"]] == [False, False]
    assert asked["questions"] >= len(answers) >= 2
    assert min(each["prompt_tokens"] for each in answers) > 100
    assert asked["prompt_tokens"] >= sum(each["prompt_tokens"] for each in answers)
    assert asked["cost"] == pytest.approx(
        (asked["prompt_tokens"] + 4 * asked["completion_tokens"]) / 1e6
    )
    assert any("driver." in each["text"] for each in answers)
    assert (repeated["episodes"], repeated["asked"]) == (report["episodes"], asked)
    assert len(list((tmp_path / "webagents-home" / "answers").rglob("*.json"))) == len(kept)


def test_a_question_that_is_too_long_is_told_in_the_server_s_words(server: str) -> None:
    model = load_language(LanguageSettings(llm="openai:local", base_url=server))

    assert re.match("400 .*context size", model.answer(question("", "word " * 5000)).refused)


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + bytes(60))

    with pytest.raises(UserError, match=r"is no GGUF file that llama\.cpp reads"):
        Gguf(file)
