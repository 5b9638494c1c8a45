"""An import takes what can be taken and counts what cannot, with its reason."""

import gzip
import json

import pytest

from tests.data.recordings import Recorder, node, write
from webagents.data import Dataset
from webagents.data.importing import DROPPED, IMPORTERS, Progress, import_dataset
from webagents.errors import UserError


def _recorded(**more):
    recorder = Recorder(node("BUTTON", 4, text="Ok"))
    recorder.click(4)
    return recorder.recorded(**more)


@pytest.fixture(name="src")
def _src(tmp_path):
    src = tmp_path / "src"
    folder = src / "turk" / "click-test"
    write(folder / "good.json.gz", _recorded())
    write(folder / "plain.json", _recorded(), packed=False)
    write(folder / "failed.json.gz", _recorded(rawReward=-1, reward=-1))
    write(folder / "idle.json.gz", {**_recorded(), "states": _recorded()["states"][:1]})
    write(folder / "text.json.gz", "no JSON at all")
    write(folder / "list.json.gz", "[1, 2]")
    write(folder / "other.json.gz", {"name": "something else"})
    write(folder / "silent.json.gz", _recorded(utterance=None))
    write(folder / "pageless.json", {**_recorded(), "states": [{"time": 1}]}, packed=False)
    (folder / "empty.json.gz").touch()
    whole = gzip.compress(json.dumps(_recorded()).encode())
    (folder / "torn.json.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "broken.json.gz").write_bytes(whole[:10] + b"\xff" * 50)
    (folder / "README.md").write_text("not read")
    return src


def test_every_file_is_taken_or_counted_with_its_reason(src, tmp_path):
    told = []
    imported = import_dataset("miniwob-human", src, tmp_path / "out", on_file=told.append)
    assert imported.kept == imported.steps == 2
    assert dict(imported.dropped) == {
        "not an episode": 3,
        "failed": 1,
        "no action": 1,
        "not JSON": 1,
        "no instruction": 1,
        "empty": 1,
        "truncated": 1,
        "unreadable": 1,
    }
    assert imported.files == 12 == imported.kept + imported.dropped.total()
    assert told[-1] == Progress(files=12, total=12, kept=2, dropped=10)


def test_what_was_dropped_is_written_beside_the_dataset(src, tmp_path):
    imported = import_dataset("miniwob-human", src, tmp_path / "out")
    dataset = Dataset(tmp_path / "out")
    assert dataset.known["made"]["dropped"] == dict(imported.dropped)
    lines = [json.loads(line) for line in (tmp_path / "out" / DROPPED).read_text().splitlines()]
    assert {
        "file": "turk/click-test/failed.json.gz",
        "reason": "failed",
        "detail": "reward -1",
    } in (lines)
    assert len(lines) == 10


def test_the_episodes_come_back_with_ids_of_their_files(src, tmp_path):
    import_dataset("miniwob-human", src, tmp_path / "out")
    found = {each.id: each for each in Dataset(tmp_path / "out")}
    assert list(found) == [
        "miniwob-human/turk/click-test/good",
        "miniwob-human/turk/click-test/plain",
    ]
    assert {each.source for each in found.values()} == {"miniwob-human"}


def test_failed_episodes_are_taken_when_asked_for(src, tmp_path):
    imported = import_dataset("miniwob-human", src, tmp_path / "out", keep="all")
    failed = [each for each in Dataset(imported.out) if not each.episode.success]
    assert [each.episode.reward for each in failed] == [-1.0]


def test_the_same_episode_compressed_and_not_is_taken_once(tmp_path):
    write(tmp_path / "src" / "a.json", _recorded(), packed=False)
    write(tmp_path / "src" / "a.json.gz", _recorded())
    imported = import_dataset("miniwob-human", tmp_path / "src", tmp_path / "out")
    assert (imported.kept, dict(imported.dropped)) == (1, {"twice": 1})


def test_one_file_can_be_imported(tmp_path):
    path = write(tmp_path / "click-test_1.json.gz", _recorded())
    assert import_dataset("miniwob-human", path, tmp_path / "out").kept == 1


def test_texts_that_no_file_can_hold_are_mended(tmp_path):
    data = json.dumps(_recorded(utterance="Half \ud83d", fields={"n": 10**30, "x": float("nan")}))
    write(tmp_path / "src" / "a.json", data, packed=False)
    imported = import_dataset("miniwob-human", tmp_path / "src", tmp_path / "out")
    (only,) = Dataset(imported.out)
    assert only.episode.steps[0].observation.instruction == "Half ?"


def test_an_unknown_format_lists_the_known_ones(tmp_path):
    with pytest.raises(UserError, match=f"no format 'csv'; .* {', '.join(IMPORTERS)}"):
        import_dataset("csv", tmp_path, tmp_path / "out")


@pytest.mark.parametrize("name", ["absent", "bare"])
def test_nothing_to_import_is_told(tmp_path, name):
    (tmp_path / "bare").mkdir()
    with pytest.raises(UserError, match=name):
        import_dataset("miniwob-human", tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_import_into_a_dataset_is_refused(src, tmp_path):
    import_dataset("miniwob-human", src, tmp_path / "out")
    with pytest.raises(UserError, match="holds a dataset already"):
        import_dataset("miniwob-human", src, tmp_path / "out")
