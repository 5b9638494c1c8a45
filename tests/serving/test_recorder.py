import json
import signal
import subprocess
import sys

import pytest

from tests.serving.servers import Client, served
from webagents.data.dataset import Dataset
from webagents.errors import UserError
from webagents.serving.recorder import site
from webagents.serving.recorder.guarding import Guard
from webagents.serving.recorder.run import RecordConfig

TEST_2 = "miniwob.click-test-2"
BUTTONS = '<body ref="1"><button ref="5">ONE</button><button ref="6">TWO</button></body>'


def config(out, **settings) -> RecordConfig:
    return RecordConfig(**{"tasks": "click-test-2", "out": out, "port": 0, **settings})


def clicked(text: str, raw: float, seed: int = 0, note: str = "") -> dict:
    move = {
        "ways": [[text]], "html": BUTTONS, "at_ms": 700, "changed_ms": None, "spare": False,
    }  # fmt: skip
    told = {"task": TEST_2, "seed": seed, "raw": raw, "ended_ms": 700, "note": note}
    return {**told, "moves": [move]}


def test_two_people_never_get_the_same_episode(tmp_path):
    with served(config(tmp_path / "d", episodes=3)) as serving:
        anna, ben = Client(serving), Client(serving)
        anna.join("anna")
        ben.join("ben")
        dealt = [anna.deal(), ben.deal(), anna.deal(skip=True), ben.deal(skip=True), anna.deal()]
    assert dealt == [(TEST_2, 0), (TEST_2, 1), (TEST_2, 2), (TEST_2, 3), (TEST_2, 2)]


def test_what_was_left_lying_is_dealt_to_the_same_person_again(tmp_path):
    with served(config(tmp_path / "d", tasks="click-test,click-test-2")) as serving:
        anna, ben = Client(serving), Client(serving)
        anna.join("anna")
        ben.join("ben")
        dealt = [
            anna.deal(task=TEST_2),
            anna.deal(task="miniwob.click-test"),
            ben.deal(task=TEST_2),
            anna.deal(task=TEST_2),
        ]
    assert dealt == [(TEST_2, 0), ("miniwob.click-test", 0), (TEST_2, 1), (TEST_2, 0)]


def test_a_finished_episode_is_replayed_kept_and_counted_and_the_recording_can_go_on(tmp_path):
    out = tmp_path / "d"
    with served(config(out, episodes=2)) as serving:
        anna = Client(serving)
        anna.join("anna")
        anna.deal()
        wrong = anna.ask("/api/finish", clicked("click('6')", -1)).body
        liar = anna.ask("/api/finish", clicked("click('6')", 1)).body
        right = anna.ask("/api/finish", clicked("click('5')", 1, note="easy")).body
    answers = [(each["accepted"], each["reason"]) for each in (wrong, liar, right)]
    assert answers == [
        (False, "the page gave the reward -1; a success gives 1"),
        (False, "your page gave the reward 1, the replay -1"),
        (True, ""),
    ]
    assert right["progress"][0]["people"] == {"anna": 1}
    (kept,) = Dataset(out)
    assert (kept.id, kept.source) == (f"{TEST_2}/0/person:anna", "person:anna")
    assert kept.episode.success
    assert kept.episode.info["note"] == "easy"
    assert kept.episode.observation.screenshot is not None

    with served(config(out, episodes=2)) as serving:
        ben = Client(serving)
        ben.join("ben")
        assert ben.deal() == (TEST_2, 1)
        progress = ben.ask("/api/state").body["progress"]
    assert [(each["done"], each["wanted"]) for each in progress] == [(1, 2)]


def test_failures_that_the_replay_agrees_with_are_kept_on_demand(tmp_path):
    with served(config(tmp_path / "d", keep="all")) as serving:
        anna = Client(serving)
        anna.join("anna")
        anna.deal()
        assert anna.ask("/api/finish", clicked("click('6')", -1)).body["accepted"]
    assert Dataset(tmp_path / "d").known["successes"] == 0


def test_an_episode_of_somebody_else_is_refused(tmp_path):
    with served(config(tmp_path / "d")) as serving:
        anna, ben = Client(serving), Client(serving)
        anna.join("anna")
        ben.join("ben")
        anna.deal()
        refused = ben.ask("/api/finish", clicked("click('5')", 1))
    assert (refused.status, refused.body["detail"]) == (
        400,
        f"{TEST_2}, seed 0, was not dealt to ben",
    )


def test_requests_of_other_sites_are_refused(tmp_path):
    with served(config(tmp_path / "d")) as serving:
        client = Client(serving)
        name = {"name": "eve"}
        answers = [
            client.ask("/", Host="rebound.example"),
            client.ask("/api/join", name, Origin="http://evil.example"),
            client.ask("/api/join", name, Origin="null"),
            client.ask("/api/join", name, Content_Type="text/plain"),
            client.ask("/api/state", Sec_Fetch_Site="cross-site"),
            client.ask("/api/state", Sec_Fetch_Site="same-site"),
        ]
        assert [each.status for each in answers] == [403] * 6
        assert client.ask("/").status == 200
        assert client.ask("/api/state").status == 401


def test_a_token_is_asked_for_beyond_this_machine(tmp_path):
    with served(config(tmp_path / "d", host="0.0.0.0")) as serving:
        token = serving.url.partition("?token=")[2]
        assert len(token) >= 20
        stranger = Client(serving)
        refused = [
            stranger.ask(path).status for path in ("/", "/?token=wrong", "/page.js", "/api/state")
        ]
        assert refused == [403] * 4
        friend = Client(serving)
        welcome = friend.ask(f"/?token={token}")
        assert welcome.status == 200
        assert "HttpOnly; SameSite=Strict" in welcome.headers["Set-Cookie"]
        friend.join("anna")
        assert friend.ask("/api/state").body["person"] == "anna"


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost:9000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("192.168.1.7:8000", True),
        ("evil.example:8000", False),
        ("", False),
    ],
)
def test_names_that_could_be_rebound_are_unknown(host, known):
    guard = Guard(lambda *_: None, "127.0.0.1", None, "cookie")
    scope = {
        "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", host.encode())],
    }  # fmt: skip
    assert (guard.refusal(scope) == "") is known


def test_nothing_above_the_pages_is_served(tmp_path):
    with served(config(tmp_path / "d")) as serving:
        client = Client(serving)
        paths = ["/site/../../miniwob/__init__.py", "/site/%2e%2e/__init__.py", "/static/x.py"]
        assert [client.ask(path).status for path in paths] == [404] * 3


def test_every_page_gets_the_recorders_script_before_its_own():
    body = site.page("miniwob/click-test.html").body.decode()
    assert body.index(site.SCRIPT) < body.index("core.js")
    assert "refOf" in site.script()


def test_settings_that_cannot_be_are_told(tmp_path):
    with pytest.raises(UserError, match="no keep 'some'; there is successes, all"):
        config(tmp_path, keep="some")
    with pytest.raises(UserError, match="a token has 8 to 200"):
        config(tmp_path, token="a b")
    with pytest.raises(UserError, match="episodes is 1 to 1000000, not 0"):
        config(tmp_path, episodes=0)


def test_an_address_in_use_is_told(tmp_path):
    with served(config(tmp_path / "a")) as serving:
        port = Client(serving).port
        with (
            pytest.raises(UserError, match="choose another port"),
            served(config(tmp_path / "b", port=port)),
        ):
            pass


def test_ctrl_c_ends_it_with_a_line_of_what_was_collected(tmp_path):
    out = tmp_path / "d"
    code = (
        "from pathlib import Path\n"
        "from webagents.serving.recorder.run import RecordConfig, record\n"
        f"record(RecordConfig(tasks='click-test-2', out=Path({json.dumps(str(out))}), port=0))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = [process.stderr.readline(), process.stderr.readline()]
    assert said[0].startswith("record at http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=30)[1]
    assert (process.returncode, rest) == (0, f"{out}: 0 episodes, 0 of them new\n")
    assert Dataset(out).known["episodes"] == 0
