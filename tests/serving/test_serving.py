"""The environment server: who comes in, how long they stay, and what they cannot break."""

import asyncio
import http.client
import json
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.serving.servers import ask, environments
from webagents.envs.catalogue import load, named_sets
from webagents.envs.remote.env import RemoteEnv
from webagents.errors import MachineError, ServerGone, UserError
from webagents.serving.environments.config import ServeConfig, token_of
from webagents.serving.environments.gate import Gate
from webagents.serving.environments.run import serve

SHOP = "webshop-text"
TOKEN = "a-token-of-some-length"
MOST = 2_000


@pytest.fixture(scope="module")
def shop():
    with environments(tasks=f"{SHOP},@webgum56", message_bytes=MOST) as served:
        yield served


def address(served, query=""):
    return f"{served.url.replace('http', 'ws', 1)}/ws{query}"


def say(socket, text):
    socket.send(text)
    return json.loads(socket.recv(timeout=30))


# ---------------------------------------------------------------------- a session over HTTP
def test_an_episode_over_http_is_that_over_the_socket(shop):
    status, began = ask(shop, "/reset", {"task": SHOP, "seed": 3, "episode_id": "mine"})
    assert (status, began["done"], began["reward"]) == (200, False, None)
    session = began["metadata"]["session"]
    action = {"session": session, "action": {"text": "search[red]"}}
    status, moved = ask(shop, "/step", action)
    with RemoteEnv(shop.url, SHOP) as env:
        env.reset(seed=3)
        assert env.step("search[red]")[0] == moved["observation"]
    assert ask(shop, f"/state?session={session}")[1] == {
        "episode_id": "mine",
        "step_count": 1,
        "task": SHOP,
        "seed": 3,
        "done": False,
        "session": session,
    }
    assert ask(shop, "/close", {"session": session}) == (200, {})
    status, over = ask(shop, "/step", action)
    assert (status, over["kind"]) == (410, "SessionEnded")
    assert over["detail"] == "the session is over: its client closed it"


def test_a_number_makes_a_request_be_carried_out_once(shop):
    session = ask(shop, "/reset", {"task": SHOP, "seed": 0})[1]["metadata"]["session"]
    action = {"session": session, "action": {"text": "search[red]"}, "id": 1}
    assert ask(shop, "/step", action) == ask(shop, "/step", action)
    status, refused = ask(shop, "/step", {**action, "id": 0})
    assert (status, refused["detail"]) == (422, "id=0 comes after id=1; they have to grow")
    assert ask(shop, f"/state?session={session}")[1]["step_count"] == 1
    ask(shop, "/close", {"session": session})


# ---------------------------------------------------------------------- what there is
def test_every_task_set_and_setting_is_told(shop):
    _, told = ask(shop, "/tasks")
    served = {SHOP, *named_sets()["@webgum56"]}
    assert {task["id"] for task in told["tasks"]} == served
    assert set(told["sets"]["@webgum56"]) == served - {SHOP}
    _, found = ask(shop, "/tasks?select=miniwob.click-t*")
    assert {task["id"] for task in found["tasks"]} == {
        id_ for id_ in served if id_.startswith("miniwob.click-t")
    }
    _, one = ask(shop, "/tasks/click-test")
    spec = load()["miniwob.click-test"]
    assert (one["id"], one["max_steps"], one["width"]) == (spec.id, spec.max_steps, spec.width)
    settings = {each["name"]: each for each in one["settings"]}
    assert settings["view"] == {
        "name": "view",
        "default": "text",
        "schema": {"enum": ["text", "visual"], "type": "string"},
    }
    assert {"max_steps", "goals", "split"} < set(settings)
    assert "pages" not in settings
    assert ask(shop, "/tasks/nope")[0] == ask(shop, "/tasks/webshop")[0] == 404


def test_openenvs_splits_are_the_sets(shop):
    _, splits = ask(shop, "/webagents/splits")
    assert {"name": "@webgum56", "type": "test"} in splits
    assert ask(shop, "/webagents/num_tasks", {"split": "@webgum56"}) == (200, {"num_tasks": 56})
    _, everything = ask(shop, "/webagents/tasks", {"split": "all"})
    _, third = ask(shop, "/webagents/task", {"split": "all", "index": 2})
    _, some = ask(shop, "/webagents/task_range", {"split": "all", "start": 1, "stop": 3})
    assert everything["tasks"][2] == third["task"] == some["tasks"][1]
    for asked in ({}, {"split": "nope"}, {"split": "all", "index": 57}, {"split": ["all"]}):
        assert ask(shop, "/webagents/task", asked)[0] == 422
    assert ask(shop, "/others/splits")[0] == 404


def test_what_happened_is_counted_for_prometheus():
    with environments(tasks=SHOP, sessions=1) as served, RemoteEnv(served.url, SHOP) as env:
        env.reset(seed=0)
        env.step("search[red]")
        with pytest.raises(MachineError):
            RemoteEnv(served.url, SHOP)
        status, text = ask(served, "/metrics")
    values = dict(re.findall(r"^(webagents_\S+) (\S+)$", text, re.MULTILINE))
    assert status == 200
    assert {name: float(values[name]) for name in values if "bucket" not in name}.items() >= {
        "webagents_sessions": 1.0,
        "webagents_sessions_limit": 1.0,
        "webagents_browsers": 0.0,
        "webagents_sessions_opened_total": 1.0,
        'webagents_request_seconds_count{type="step"}': 1.0,
        'webagents_failures_total{kind="ServerFull"}': 1.0,
    }.items()
    assert "process_resident_memory_bytes" in text


# ---------------------------------------------------------------------- hostile requests
DEEP = "[" * 900 + "]" * 900
SOCKET = [
    ("", "INVALID_JSON"),
    ("{", "INVALID_JSON"),
    (DEEP, "INVALID_JSON"),
    ("[1]", "INVALID_JSON"),
    (b"\x00\xff", "INVALID_JSON"),
    ("1" * 1_900, "INVALID_JSON"),
    ("{}", "UNKNOWN_TYPE"),
    ('{"type": ["reset"]}', "UNKNOWN_TYPE"),
    ('{"type": "__init__"}', "UNKNOWN_TYPE"),
    ('{"type": "step"}', "VALIDATION_ERROR"),
    ('{"type": "step", "data": {"text": 5}}', "VALIDATION_ERROR"),
    ('{"type": "step", "data": {"text": "noop()", "more": 1}}', "VALIDATION_ERROR"),
    ('{"type": "step", "data": "noop()"}', "VALIDATION_ERROR"),
    ('{"type": "step", "data": {"text": "noop()"}, "id": "1"}', "VALIDATION_ERROR"),
    ('{"type": "step", "data": {"text": "noop()"}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"seed": "0"}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"seed": 1e300}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"seed": NaN}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"seed": 99999999999999999999}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"seed": true}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"options": []}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"task": "../../etc/passwd"}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"task": "%s"}}' % ("[*" * 450), "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"task": "%s"}}' % ("a" * 1_500), "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"task": "\\ud800"}}', "VALIDATION_ERROR"),
    ('{"type": "reset", "data": {"task": "webshop"}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"shop": "/etc"}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"shop": ".."}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"pages": "/"}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"browser": "/bin/sh"}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"backend": "selenium"}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"action_ms": "1"}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"action_ms": NaN}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"view": {"a": 1}}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"settings": {"max_steps": -1}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"options": {"goal": "x"}}}', "EXECUTION_ERROR"),
    ('{"type": "reset", "data": {"options": {"nothing": 1}}}', "EXECUTION_ERROR"),
]


def test_every_hostile_message_gets_its_error_and_the_session_goes_on(shop):
    with connect(address(shop)) as socket:
        for text, code in SOCKET:
            answer = say(socket, text)
            assert (text[:60], answer["type"], answer["data"]["code"]) == (text[:60], "error", code)
            assert answer["data"]["kind"] in ("UserError", "UnknownTask"), (text, answer)
            assert len(answer["data"]["message"]) < 700
        began = say(socket, json.dumps({"type": "reset", "data": {"task": SHOP, "seed": 0}}))
        assert began["type"] == "observation"


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        ("/reset", "{", 422),
        ("/reset", b"\xff\xfe", 422),
        ("/reset", "[]", 422),
        ("/reset", {"seed": "x"}, 422),
        ("/reset", {"session": 5}, 422),
        ("/reset", {"session": "../../x"}, 410),
        ("/reset", {"task": "nope"}, 404),
        ("/reset", {"settings": {"pages": "/"}}, 400),
        ("/step", {}, 422),
        ("/step", {"session": "x" * 500, "action": {"text": "noop()"}}, 410),
        ("/step", {"session": "x", "action": "noop()"}, 422),
        ("/close", {"session": None}, 422),
        ("/state?session=nope", None, 410),
        ("/../../etc/passwd", None, 404),
        ("/tasks/..%2f..%2fetc%2fpasswd", None, 404),
        ("/%00", None, 404),
    ],
)
def test_every_hostile_request_gets_its_status_and_a_reason(shop, path, told, status):
    before = ask(shop, "/metrics")[1].split("\nwebagents_sessions ")[1][:3]
    answered, reason = ask(shop, path, told)
    assert answered == status
    assert isinstance(reason["detail"], str)
    assert ask(shop, "/metrics")[1].split("\nwebagents_sessions ")[1][:3] == before


def test_what_is_too_large_is_refused(shop):
    with connect(address(shop)) as socket:
        socket.send("x" * (MOST + 1))
        with pytest.raises(ConnectionClosed, match="1009"):
            socket.recv(timeout=30)
    assert ask(shop, "/reset", "x" * (MOST + 1))[0] == 413
    parts = iter([b"x" * 1_000] * 3)
    connection = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=30)
    connection.request("POST", "/reset", parts)  # in chunks, without its length
    assert connection.getresponse().status == 413
    connection.close()


def test_a_thousand_sessions_at_once_are_as_many_as_may_be_and_clear_refusals():
    async def one(url, answers, enough):
        async with connect_async(url, open_timeout=60) as socket:
            with suppress(ConnectionClosed):  # a refusal may come before the request has gone
                await socket.send(json.dumps({"type": "reset", "data": {"seed": 0}}))
            answers.append(json.loads(await socket.recv()))
            if len(answers) == 1_000:
                enough.set()
            await enough.wait()

    async def all_of_them(url):
        answers, enough = [], asyncio.Event()
        async with asyncio.timeout(100):
            await asyncio.gather(*(one(url, answers, enough) for _ in range(1_000)))
        return answers

    with environments(tasks=SHOP, sessions=8) as served:
        answers = asyncio.run(all_of_them(address(served)))
        errors = [each["data"] for each in answers if each["type"] == "error"]
        assert len(answers) - len(errors) == 8
        assert {(each["code"], each["kind"]) for each in errors} == {
            ("CAPACITY_REACHED", "ServerFull")
        }
        assert ask(served, "/health") == (200, {"status": "healthy"})
        with RemoteEnv(served.url, SHOP) as env:
            env.reset(seed=0)


# ---------------------------------------------------------------------- who comes in
def test_without_the_token_nothing_is_told_but_that_the_server_lives(monkeypatch):
    monkeypatch.setenv("WEBAGENTS_TOKEN", TOKEN)
    with environments(tasks=SHOP, host="0.0.0.0") as served:
        monkeypatch.delenv("WEBAGENTS_TOKEN")
        url = f"http://127.0.0.1:{urlsplit(served.url).port}"
        served = served._replace(url=url)
        paths = ["/tasks", "/metrics", "/openapi.json", "/state", "/nowhere", "/mcp"]
        wrong = [{}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": f"Bearer {TOKEN}x"}]
        for headers in wrong:
            assert {ask(served, path, **headers)[0] for path in paths} == {401}
            assert ask(served, "/reset", {"task": SHOP}, **headers)[0] == 401
            with pytest.raises(InvalidStatus, match="401"):
                connect(address(served), additional_headers=headers, legacy=True)
        with pytest.raises(UserError, match=r"refuses.*token"):
            RemoteEnv(url, SHOP)
        with pytest.raises(UserError, match="refuses"):
            RemoteEnv(url, SHOP, token="another-token-than-it")
        assert ask(served, "/health")[0] == 200
        assert ask(served, "/tasks", Authorization=f"Bearer {TOKEN}")[0] == 200
        with RemoteEnv(url, SHOP, token=TOKEN) as env:
            env.reset(seed=0)
        monkeypatch.setenv("WEBAGENTS_TOKEN", TOKEN)
        with RemoteEnv(url, SHOP) as env:
            env.reset(seed=0)


def test_beyond_this_machine_the_server_does_not_start_without_a_token(tmp_path: Path):
    beyond = ServeConfig(host="0.0.0.0", port=0)
    with pytest.raises(UserError, match=r"beyond this machine: set \$WEBAGENTS_TOKEN"):
        serve(beyond, say=print)
    kept = tmp_path / "token"
    for text, words in ((None, "no token can be read"), ("short", "is not 16 to 200")):
        if text:
            kept.write_text(text)
        with pytest.raises(UserError, match=words) as raised:
            token_of(ServeConfig(token_file=kept))
        assert "short" not in str(raised.value)
    kept.write_text(f"{TOKEN}\n")
    assert token_of(ServeConfig(host="0.0.0.0", token_file=kept)) == TOKEN
    assert token_of(ServeConfig(), {}) is None


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"host": "127.0.0.1:8000"}, ""),
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, ""),
        ({"host": "127.0.0.1:8000", "origin": "http://evil.test"}, "another site"),
        ({"host": "127.0.0.1:8000", "origin": "null"}, "another site"),
        ({"host": "127.0.0.1:8000", "origin": "http://[::"}, "another site"),
        ({"host": "evil.test"}, "not known as evil.test"),
        ({"host": "[::"}, "not known"),
        ({}, "not known as nothing"),
    ],
)
def test_pages_of_other_sites_stay_outside(headers, refused):
    gate = Gate(None, "127.0.0.1", None, MOST)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    for kind in ("http", "websocket"):
        told = gate.refusal({"type": kind, "path": "/ws", "headers": raw})
        assert refused in told[1]
        assert told[0] == (403 if refused else 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", 70_000), ("sessions", 0), ("browsers", 0), ("idle", 0.0), ("message_bytes", 5)],
)
def test_settings_that_cannot_be_are_refused(name, value):
    with pytest.raises(UserError, match=f"{name} is "):
        ServeConfig(**{name: value})


# ---------------------------------------------------------------------- the end
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_end_ends_sessions_and_browsers(how):
    command = [sys.executable, "-m", "webagents", "serve", "--port", "0", "--browsers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = process.stderr.readline().split()[2].rstrip(";")
        env = RemoteEnv(url, "miniwob.click-test")
        env.reset(seed=0)
        (browser,) = children(process.pid)
        process.send_signal(how)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
        assert not Path(f"/proc/{browser}").exists()
        with pytest.raises(ServerGone):
            env.step("noop()")
        env.close()
    finally:
        process.kill()
        process.communicate()


def children(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
