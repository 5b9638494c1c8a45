"""Language models behind one interface; endpoints at a server of the test's own."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2")

from webagents.errors import UserError
from webagents.planners.language import (
    Answer,
    Cached,
    Counted,
    Endpoint,
    LanguageModelFailed,
    LanguageSettings,
    Prices,
    Scripted,
    Usage,
    answers,
    load_language,
    question,
)
from webagents.planners.language.local import Gguf, before_stop

GONE, SLOW = 0, 1  # no reply at all, or not in time
KEY = "sk-very-secret"
SAID = {
    "choices": [{"message": {"content": "click('5')"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1000, "completion_tokens": 100},
}
ANSWER = Answer(text="click('5')", prompt_tokens=1000, completion_tokens=100)


class Server:
    """An endpoint on loopback that replies by a script.

    Attributes:
        asked: the requests' bodies, in order.
        keys: the Authorization headers, in order.
    """

    def __init__(self) -> None:
        self.replies: list[tuple[int, Any, dict[str, str]]] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append(json.loads(body))
                server.keys.append(self.headers.get("Authorization"))
                status, told, headers = server.replies.pop(0)
                if status == SLOW:
                    time.sleep(0.2)
                if status in (SLOW, GONE):
                    self.close_connection = True
                    return
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def says(self, *replies: tuple[int, Any] | tuple[int, Any, dict[str, str]]) -> None:
        """What it replies, in order."""
        self.replies = [(*reply, {}) if len(reply) == 2 else reply for reply in replies]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    made = Server()
    yield made
    made.close()


def endpoint(server: Server, **more: Any) -> tuple[Endpoint, list[float]]:
    """A model there, and the seconds it waits."""
    waits: list[float] = []
    return Endpoint(model="tiny", base_url=server.url, wait=waits.append, **more), waits


def test_an_endpoint_is_asked_in_openai_s_form(server: Server) -> None:
    server.says((200, SAID))
    model, _ = endpoint(server, prices=Prices(read=2.0, written=10.0))
    answer = model.answer(question("Be brief.", "Click.", max_tokens=9, stop=("\n",), seed=3))

    assert answer == replace(ANSWER, cost=0.003)
    assert (answer.text, answer.prompt_tokens, answer.completion_tokens) == (
        "click('5')",
        1000,
        100,
    )
    assert server.keys == [f"Bearer {KEY}"]
    assert server.asked == [
        {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Click."},
            ],
            "max_tokens": 9,
            "temperature": 0.0,
            "seed": 3,
            "stop": ["\n"],
        }
    ]


def test_what_may_pass_is_asked_again_ever_later(server: Server) -> None:
    server.says(
        (500, {"error": {"message": "overloaded"}}),
        (GONE, None),
        (200, b"<html>not json"),
        (200, {"choices": []}),
        (429, {"error": "slow down"}, {"Retry-After": "7"}),
        (200, SAID),
    )
    model, waits = endpoint(server)

    assert model.answer(question("", "Click.")) == ANSWER
    assert all(
        0.75 * expected <= wait <= 1.25 * expected
        for wait, expected in zip(waits, (1, 2, 4, 8), strict=False)
    )
    assert waits[4] == 7.0


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (
            (401, {"error": {"message": "bad key"}}),
            UserError,
            r"refuses the key: 401 bad key; \$OP",
        ),
        ((404, {"error": "none"}), UserError, "no model 'tiny' at http://127.*: 404 none"),
        (
            (400, {"error": {"message": "too long"}}),
            UserError,
            "refuses the question: 400 too long",
        ),
        ((429, {"error": {"code": "insufficient_quota"}}), UserError, "refuses the question: 429"),
        ((503, b""), LanguageModelFailed, "did not answer in 2 tries: 503 Service Unavailable"),
        ((200, b"x"), LanguageModelFailed, "did not answer in 2 tries: its answer is none: 'x'"),
    ],
)
def test_what_no_waiting_helps_is_told_at_once_and_clearly(
    server: Server, reply: tuple[int, Any], kind: type[Exception], told: str
) -> None:
    server.says(reply, reply)
    model, _ = endpoint(server, tries=2)

    with pytest.raises(kind, match=told):
        model.answer(question("", "Click."))


def test_an_endpoint_that_is_slow_or_not_there_is_told_as_such(server: Server) -> None:
    gone = Endpoint(model="tiny", base_url="http://127.0.0.1:9/v1", tries=2, wait=lambda s: None)
    with pytest.raises(LanguageModelFailed, match=r"in 2 tries: it cannot be reached \(.*refused"):
        gone.answer(question("", "Click."))

    server.says((SLOW, None))
    slow = Endpoint(model="tiny", base_url=server.url, tries=1, seconds=0.1)
    with pytest.raises(LanguageModelFailed, match=r"in 1 tries: no answer within 0\.1 seconds"):
        slow.answer(question("", "Click."))


def test_a_model_that_names_the_length_otherwise_is_asked_so(server: Server) -> None:
    wrong = {"error": {"message": "Unsupported: use 'max_completion_tokens' instead."}}
    server.says((400, wrong), (200, SAID), (200, SAID))
    model, _ = endpoint(server)
    asked = question("", "Click.", max_tokens=9)

    assert [model.answer(asked), model.answer(asked)] == [ANSWER, ANSWER]
    assert ["max_completion_tokens" in each for each in server.asked] == [False, True, True]


def test_the_key_is_nowhere_to_be_read(
    server: Server, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    server.says((500, {}), (200, SAID))
    model, _ = endpoint(server)
    kept = Cached(model, tmp_path)
    kept.answer(question("", "Click."))
    files = "".join(path.read_text() for path in tmp_path.rglob("*.json"))

    assert KEY not in repr(kept) + caplog.text + files + model.name
    assert "click('5')" in files


def test_questions_are_spread_over_the_minute(server: Server) -> None:
    server.says(*[(200, SAID)] * 3)
    model, waits = endpoint(server, per_minute=60)
    answers(model, [question("", str(n)) for n in range(3)], workers=1)

    assert [round(wait) for wait in waits] == [1, 2]


def test_answers_are_kept_and_asked_for_once(tmp_path: Path) -> None:
    script = Scripted(["one", "two", "three"])
    model = Counted(Cached(script, tmp_path))
    asked = [question("", "a"), question("", "b"), question("", "a"), question("", "a", seed=1)]
    texts = [answer.text for answer in answers(model, asked, workers=1)]

    assert texts == ["one", "two", "one", "three"]
    assert model.usage == Usage(questions=4, cached=1, prompt_tokens=3, completion_tokens=3)
    assert Cached(Scripted([]), tmp_path).answer(asked[0]) == Answer(
        text="one", prompt_tokens=1, completion_tokens=1, cached=True
    )


def test_a_torn_file_of_the_cache_is_asked_anew(tmp_path: Path) -> None:
    asked = question("", "a")
    Cached(Scripted(["one"]), tmp_path).answer(asked)
    for path in tmp_path.rglob("*.json"):
        path.write_text('{"answer": {"te')

    assert Cached(Scripted(["two"]), tmp_path).answer(asked).text == "two"


def test_answers_come_in_the_order_of_their_questions() -> None:
    model = Scripted(lambda asked: asked.messages[-1].content * 2)
    asked = [question("", str(n)) for n in range(20)]

    assert [each.text for each in answers(model, asked)] == [str(n) * 2 for n in range(20)]


def test_models_are_had_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    script.write_text('["noop()", "click(\'1\')"]')
    model = load_language(f"scripted:{script}")
    said = [model.answer(question("", "x")).text for _ in range(3)]

    assert said == ["noop()", "click('1')", "noop()"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1")
    assert load_language("openai:tiny").name == "openai:tiny@http://here/v1"
    how = LanguageSettings(base_url="http://there/v1")
    assert load_language("openai:tiny", how).name == "openai:tiny@http://there/v1"
    for wrong in (
        "tiny",
        "openai:",
        f"scripted:{tmp_path}",
        f"gguf:{tmp_path}",
        "transformers:/no",
    ):
        with pytest.raises(UserError):
            load_language(wrong)


def test_a_gguf_file_without_its_extra_says_what_to_install(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    try:
        import xllamacpp  # noqa: F401
    except ImportError:
        with pytest.raises(UserError, match="pip install"):
            Gguf(file)


def test_an_answer_ends_before_the_first_stop() -> None:
    assert before_stop("abcabc", ("ca", "b")) == ("a", True)
    assert before_stop("abc", ("x",)) == ("abc", False)
