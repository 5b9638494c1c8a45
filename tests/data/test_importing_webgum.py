"""Episodes in WebGUM's form are read whatever their fields are called."""

import gzip
import json

import pytest

from webagents.data import Dataset
from webagents.data.importing import import_dataset

PAGE = '<body ref="1"><input ref="2"><button ref="3">Ok</button></body>'
TYPED = {"action": "type", "ref": "2", "typed_text": "Ann"}
CLICKED = {"action": "click", "ref": "3"}
ACTIONS = ["type('2', 'Ann')", "click('3')"]


def _imported(tmp_path, lines, name="click-test.jsonl", **more):
    src = tmp_path / "src"
    src.mkdir()
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (src / name).write_text("\n".join(written) + "\n")
    imported = import_dataset("webgum", src, tmp_path / "out", **more)
    episodes = [[step.action for step in each.episode.steps] for each in Dataset(tmp_path / "out")]
    return imported, episodes


def _step(action=CLICKED, **more):
    return {"instruction": "Say Ann.", "html": PAGE, "action": action, **more}


@pytest.mark.parametrize(
    "lines",
    [
        [_step(TYPED, episode_id=7), _step(CLICKED, episode_id=7)],
        [_step(str(TYPED), history=[]), _step(str(CLICKED), history=[TYPED])],
        [_step(json.dumps(TYPED), history=""), _step(json.dumps(CLICKED), history=str(TYPED))],
        [_step("type('2', 'Ann')", step=0), _step("click('3')", step=1)],
        [_step(TYPED, done=False), _step(CLICKED, done=True)],
        [
            {"goal": "Say Ann.", "dom": PAGE, "traj_id": "a", "target": TYPED},
            {"goal": "Say Ann.", "dom": PAGE, "traj_id": "a", "target": CLICKED},
        ],
        [
            _step("type", ref=2, typed_text="Ann", history=[]),
            _step("CLICK", ref=3, typed_text="", history=[TYPED]),
        ],
        [
            {
                "instruction": "Say Ann.",
                "steps": [{"html": PAGE, "action": TYPED}, {"html": PAGE, "action": CLICKED}],
            }
        ],
        [{"instruction": "Say Ann.", "html": [PAGE, PAGE], "actions": [TYPED, CLICKED]}],
    ],
    ids=[
        "an id",
        "a history",
        "a history as text",
        "step numbers",
        "ends",
        "other names",
        "flat actions",
        "whole episodes",
        "lists side by side",
    ],
)
def test_an_episode_is_read_whatever_its_layout(tmp_path, lines):
    imported, episodes = _imported(tmp_path, lines)
    assert (episodes, dict(imported.dropped)) == ([ACTIONS], {})


def test_episodes_without_an_id_begin_anew_where_the_history_does(tmp_path):
    one, two = _step(TYPED, history=[]), _step(CLICKED, history=[TYPED])
    _, episodes = _imported(tmp_path, [one, two, one, two, two, _step(history=[])])
    # The history may be cut to the latest actions: it then stays as long as it was.
    assert episodes == [ACTIONS, [*ACTIONS, "click('3')"], ["click('3')"]]


def test_the_task_is_named_by_the_record_or_the_file(tmp_path):
    lines = [_step(episode_id=1, task="miniwob/click-tab-v1"), _step(episode_id=2)]
    imported, _ = _imported(tmp_path, lines)
    assert [each.episode.task for each in Dataset(imported.out)] == [
        "miniwob.click-tab",
        "miniwob.click-test",
    ]


def test_a_json_file_may_hold_a_list_or_lines(tmp_path):
    src = tmp_path / "src"
    src.mkdir()
    (src / "a.json").write_text(json.dumps([_step(episode_id=1), _step(episode_id=2)], indent=1))
    (src / "b.json").write_text("\n".join(json.dumps(_step(episode_id=n)) for n in (1, 2)))
    assert import_dataset("webgum", src, tmp_path / "out").kept == 4


def test_every_dropped_record_is_counted_with_its_reason(tmp_path):
    lines = [
        "{torn",
        "3",
        _step(episode_id="a", instruction=""),
        _step(episode_id="b", html=None),
        _step({"action": "fly", "ref": "3"}, episode_id="c"),
        _step({"action": "click", "ref": "9"}, episode_id="d"),
        _step(None, episode_id="e"),
        _step(episode_id="f", reward=0),
        _step(history=[TYPED, TYPED]),
        _step(),
        _step(episode_id="g", reward=1),
    ]
    imported, episodes = _imported(tmp_path, lines)
    assert episodes == [["click('3')"]]
    assert dict(imported.dropped) == {
        "not JSON": 1,
        "not a record": 1,
        "no instruction": 1,
        "no html": 1,
        "not in our grammar": 1,
        "action on no element": 1,
        "no action": 1,
        "failed": 1,
        "steps missing": 1,
        "of no episode": 1,
    }


def test_an_episode_with_an_unreadable_step_is_dropped_whole(tmp_path):
    lines = [
        _step(TYPED, episode_id=1),
        _step({"action": "fly"}, episode_id=1),
        _step(CLICKED, episode_id=1),
        _step(TYPED, episode_id=2),
        "{torn",
        _step(CLICKED, episode_id=2),
        _step(CLICKED, episode_id=3),
    ]
    imported, episodes = _imported(tmp_path, lines)
    assert episodes == [["click('3')"]]
    assert dict(imported.dropped) == {
        "of a dropped episode": 4,
        "not in our grammar": 1,
        "not JSON": 1,
    }


def test_a_torn_compressed_file_gives_what_is_before_the_tear(tmp_path):
    src = tmp_path / "src"
    src.mkdir()
    lines = "\n".join(json.dumps(_step(episode_id=n, extra="x" * n)) for n in range(3000))
    whole = gzip.compress(lines.encode())
    (src / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    imported = import_dataset("webgum", src, tmp_path / "out")
    assert imported.kept > 100
    assert imported.dropped["truncated"] == 1


def test_failed_episodes_are_taken_when_asked_for(tmp_path):
    imported, _ = _imported(tmp_path, [_step(episode_id=1, success=False)], keep="all")
    (only,) = Dataset(imported.out)
    assert (only.episode.success, only.episode.reward) == (False, 0.0)
