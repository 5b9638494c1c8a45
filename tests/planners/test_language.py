"""Language models behind one interface; endpoints at a server of the test's own."""

import logging
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2")

from tests.planners.endpoints import DRIPPING, GONE, SLOW, Server, serving
from webagents.errors import UserError
from webagents.planners.language import (
    Answer,
    Cached,
    Counted,
    Endpoint,
    LanguageModelFailed,
    LanguageSettings,
    Prices,
    Question,
    Scripted,
    Usage,
    answers,
    load_language,
    question,
)
from webagents.planners.language.local import Gguf, before_stop

KEY = "sk-very-secret"
SAID = {
    "choices": [{"message": {"content": "click('5')"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1000, "completion_tokens": 100},
}
ANSWER = Answer(text="click('5')", prompt_tokens=1000, completion_tokens=100)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving() as made:
        yield made


def endpoint(server: Server, **more: Any) -> tuple[Endpoint, list[float]]:
    """A model there, and the seconds it waits."""
    waits: list[float] = []
    return Endpoint(model="tiny", base_url=server.url, wait=waits.append, **more), waits


def test_an_endpoint_is_asked_in_openai_s_form(server: Server) -> None:
    server.says((200, SAID))
    model, _ = endpoint(server)
    answer = model.answer(question("Be brief.", "Click.", max_tokens=9, stop=("\n",), seed=3))

    assert answer == ANSWER
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
        (200, {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": 1e999}}),
        (200, b"[" * 100_000),
        (200, b"not zipped", {"Content-Encoding": "gzip"}),
        (429, {"error": "slow down"}, {"Retry-After": "7"}),
        (200, SAID),
    )
    model, waits = endpoint(server, tries=9)

    assert model.answer(question("", "Click.")) == ANSWER
    assert all(
        0.75 * expected <= wait <= 1.25 * expected
        for wait, expected in zip(waits, (1, 2, 4, 8, 16, 32, 60), strict=False)
    )
    assert waits[7:] == [7.0]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("9999", 120.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 120.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
        ("nan", None),
        ("-3", None),
    ],
)
def test_retry_after_is_kept_to_where_it_says_a_time(
    server: Server, told: str, seconds: float | None
) -> None:
    server.says((429, {"error": "slow down"}, {"Retry-After": told}), (200, SAID))
    model, waits = endpoint(server)
    model.answer(question("", "Click."))

    assert waits == [seconds] if seconds else 0.75 <= waits[0] <= 1.25


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (
            (401, {"error": {"message": "bad key"}}),
            UserError,
            r"refuses the key: 401 bad key; \$OP",
        ),
        ((404, {"error": "none"}), UserError, "no model 'tiny' at http://127.*/v1.: 404 none"),
        ((301, b"", {"Location": "http://x.test/"}), UserError, "is elsewhere: 301 http://x.test/"),
        (
            (403, {"error": {"message": f"no such key: {KEY}"}}),
            UserError,
            r"403 no such key: \$OPENAI_API_KEY; \$OPENAI_API_KEY holds what is sent",
        ),
        (
            (200, f"what is {KEY}?".encode()),
            LanguageModelFailed,
            r"its answer is none: 'what is \$OPENAI_API_KEY\?'",
        ),
        ((405, {"error": {"message": "no"}}), UserError, "refuses the question: 405 no"),
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


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ((400, {"error": {"message": "maximum context  length is 4096"}}), "400 maximum context"),
        ((400, {"error": {"message": "no", "code": "content_policy_violation"}}), "400 no"),
        ((400, {"error": {"message": "odd", "param": "messages"}}), "400 odd"),
        ((413, b"too large"), "413 too large"),
        ((403, {"error": {"message": "moderated", "code": "flagged_input"}}), "403 moderated"),
        (
            (200, {"choices": [{"message": {"content": None, "refusal": "I'm sorry\n no"}}]}),
            "I'm sorry no",
        ),
        (
            (
                200,
                {"choices": [{"message": {"content": "cl"}, "finish_reason": "content_filter"}]},
            ),
            "content_filter",
        ),
    ],
)
def test_a_question_that_is_refused_is_one_without_an_answer_and_asked_once(
    server: Server, reply: tuple[int, Any], told: str, tmp_path: Path
) -> None:
    server.says(reply, (200, SAID), reply)
    model, waits = endpoint(server)
    counted = Counted(Cached(model, tmp_path))

    refused = counted.answer(question("", "Click."))
    answered = counted.answer(question("", "Click."))

    assert (refused.text, refused.refused[: len(told)]) == ("", told)
    assert answered == ANSWER
    assert (counted.usage.questions, counted.usage.refused, waits) == (2, 1, [])


def test_what_every_question_has_is_refused_at_once(server: Server) -> None:
    server.says((400, {"error": {"message": "not with this model", "param": "temperature"}}))
    model, _ = endpoint(server)

    with pytest.raises(UserError, match="refuses the question: 400 not with this model"):
        model.answer(question("", "Click."))


def test_an_endpoint_that_refuses_everything_ends_the_run(server: Server) -> None:
    unclear, clear = (400, {"error": "no"}), (400, {"error": "too long"})
    model, _ = endpoint(server)
    server.says(*[unclear] * 20, (200, SAID), *[unclear, clear] * 20, unclear)

    assert [model.answer(question("", "Click.")).refused for _ in range(61)] == [
        *["400 no"] * 20,
        "",
        *["400 no", "400 too long"] * 20,
    ]
    with pytest.raises(UserError, match="refuses every question: 400 no"):
        model.answer(question("", "Click."))


def test_an_endpoint_that_is_slow_or_not_there_is_told_as_such(server: Server) -> None:
    gone = Endpoint(model="tiny", base_url="http://127.0.0.1:9/v1", tries=2, wait=lambda s: None)
    with pytest.raises(LanguageModelFailed, match=r"in 2 tries: it cannot be reached \(.*refused"):
        gone.answer(question("", "Click."))

    server.says((SLOW, None), (DRIPPING, None))
    slow = Endpoint(model="tiny", base_url=server.url, tries=2, seconds=0.1, wait=lambda s: None)
    with pytest.raises(LanguageModelFailed, match=r"in 2 tries: no answer within 0\.1 seconds"):
        slow.answer(question("", "Click."))


def test_what_the_environment_holds_and_is_no_key_is_told_and_not_shown(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = endpoint(server)
    for wrong in ("sk-one\nsk-two", "sk-“quoted”"):
        monkeypatch.setenv("OPENAI_API_KEY", wrong)
        with pytest.raises(UserError, match=r"^\$OPENAI_API_KEY holds what is no key") as told:
            model.answer(question("", "Click."))
        assert "sk-" not in str(told.value)
    assert server.asked == []


def test_halves_of_characters_are_neither_sent_nor_taken(server: Server) -> None:
    server.says((200, {"choices": [{"message": {"content": "click \ud83d"}}]}))
    model, _ = endpoint(server)

    assert model.answer(question("", "Say \udc00.")).text == "click ?"
    assert server.asked[0]["messages"][0]["content"] == "Say ?."


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


def test_kept_answers_cost_what_the_prices_of_the_day_say(tmp_path: Path) -> None:
    asked = question("", "a b c")
    cheap, dear = Prices(read=1.0, written=10.0), Prices(read=2.0, written=20.0)
    models = [
        Counted(Cached(Scripted(said), tmp_path), prices)
        for said, prices in ((["x y"], None), ([], cheap), ([], dear))
    ]

    assert [each.answer(asked).cost for each in models] == [None, 23e-6, 46e-6]
    assert [each.usage.cached for each in models] == [0, 1, 1]


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


def test_after_a_question_without_an_answer_no_more_are_asked() -> None:
    def said(asked: Question) -> str:
        if asked.messages[-1].content == "2":
            raise IndexError("of the model's own")
        return "yes"

    model = Scripted(said)
    with pytest.raises(IndexError, match="of the model's own"):
        answers(model, [question("", str(n)) for n in range(9)], workers=1)

    assert [each.messages[-1].content for each in model.questions] == ["0", "1", "2"]


def test_ctrl_c_waits_for_no_answer() -> None:
    over = threading.Event()

    def said(asked: Question) -> str:
        if asked.messages[-1].content == "0":
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        over.wait()
        return "too late"

    model = Scripted(said)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a background job
    try:
        with pytest.raises(KeyboardInterrupt):
            answers(model, [question("", str(n)) for n in range(3)], workers=2)
    finally:
        signal.signal(signal.SIGINT, before)
    late = [each for each in threading.enumerate() if each.daemon and each.name.endswith("(_ask)")]
    over.set()
    for thread in late:
        thread.join()

    assert 1 <= len(model.questions) <= 2


def test_models_are_had_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    script.write_text('["noop()", "click(\'1\')"]')
    model = load_language(LanguageSettings(llm=f"scripted:{script}"))
    said = [model.answer(question("", "x")).text for _ in range(3)]

    assert said == ["noop()", "click('1')", "noop()"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1")
    here = LanguageSettings(llm="openai:tiny")
    assert load_language(here).name == "openai:tiny@http://here/v1"
    there = LanguageSettings(llm="openai:tiny", base_url="http://there/v1/")
    assert load_language(there).name == "openai:tiny@http://there/v1"
    for wrong in (
        "",
        "tiny",
        "openai:",
        f"scripted:{tmp_path}",
        f"gguf:{tmp_path}",
        "transformers:/no",
    ):
        with pytest.raises(UserError):
            load_language(LanguageSettings(llm=wrong))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"llm_tries": 0}, "llm_tries is at least 1, not 0"),
        ({"llm_seconds": 0.0}, r"llm_seconds is above 0, not 0\.0"),
        ({"llm_price_read": -1.0}, r"llm_price_read is at least 0, not -1\.0"),
        ({"llm_per_minute": float("nan")}, "llm_per_minute is at least 0, not nan"),
        ({"base_url": "127.0.0.1:8080/v1"}, "base_url is an address such as http.*not '127"),
        ({"base_url": "http://127.0.0.1:99999/v1"}, "base_url is an address such as"),
        ({"base_url": "http:///v1"}, "base_url is an address such as"),
        ({"base_url": "http://a/v1/chat/completions"}, "as far as before /chat/completions"),
        ({"base_url": f"http://me:{KEY}@a/v1"}, "base_url is an address alone"),
        ({"base_url": f"http://a/v1?key={KEY}"}, "base_url is an address alone"),
        ({"llm_key_variable": KEY}, "llm_key_variable is the name of an environment variable"),
        ({"llm_key_variable": "gsk_0123"}, "and not the key itself"),
    ],
)
def test_settings_that_are_none_are_told_and_keys_among_them_not_shown(
    settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(UserError, match=told) as error:
        LanguageSettings(**settings)
    assert KEY not in str(error.value)
    assert "gsk_" not in str(error.value)


def test_an_address_in_the_environment_is_looked_at_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://me:{KEY}@a/v1")
    with pytest.raises(UserError, match=r"^\$OPENAI_BASE_URL is an address alone") as error:
        load_language(LanguageSettings(llm="openai:tiny"))
    assert KEY not in str(error.value)


def test_settings_are_kept_with_the_address_that_is_asked_and_none_without_a_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1/")
    kept = LanguageSettings(llm="openai:tiny").resolved({"llm": None, "policy": "llm"})

    assert list(kept)[:3] == ["policy", "llm", "base_url"]
    assert (kept["llm"], kept["base_url"]) == ("openai:tiny", "http://here/v1")
    assert LanguageSettings(llm="gguf:a").resolved({})["base_url"] is None
    assert LanguageSettings().resolved({"llm": None, "policy": "expert"}) == {"policy": "expert"}


def test_a_variable_of_another_name_has_to_be_set(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = LanguageSettings(llm="openai:tiny", base_url=server.url, llm_key_variable="OTHER_KEY")
    with pytest.raises(UserError, match=r"^\$OTHER_KEY, which is to hold the key, is not set"):
        load_language(how)
    monkeypatch.setenv("OTHER_KEY", "other")
    server.says((200, SAID))
    load_language(how).answer(question("", "Click."))

    assert server.keys == ["Bearer other"]


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
