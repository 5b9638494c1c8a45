"""A dataset comes back from every format as it went in."""

import json

import datasets
import h5py  # noqa: F401  (its warnings on being imported are no test's)
import minari
import numpy as np
import pytest
import webdataset

from tests.data.demos import dataset, demonstration, rows
from webagents.data import Dataset
from webagents.data.exporting import (
    EXPORTERS,
    export,
    read_jsonl,
    read_minari,
    read_webdataset,
)
from webagents.errors import UserError

READERS = {"jsonl": read_jsonl, "minari": read_minari, "webdataset": read_webdataset}
FORMATS = sorted(READERS)


@pytest.fixture(name="source")
def _source(tmp_path):
    demos = [
        demonstration(seed=1),
        (demonstration(seed=2, steps=1), "validation"),
        demonstration("miniwob.book-flight", seed=-1, source="miniwob-human", success=False),
        demonstration(seed=2**62, shots=False),
        demonstration(seed=5, size=(30, 9), steps=3),
        demonstration(seed=6, html="<b>a\0b</b>", actions=("fill('1', 'a\0')", "")),
    ]
    return dataset(tmp_path / "demos", demos)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_episode_comes_back_as_it_was(format_, source, tmp_path):
    done = export(source, format_, tmp_path / "out-v0")

    back = list(READERS[format_](tmp_path / "out-v0"))

    assert rows(back) == rows(Dataset(source))
    assert back[0].episode.observation.error == ""
    assert back[0].episode.steps[1].observation.error == "no element 0"
    shot = next(iter(Dataset(source))).episode.observation.screenshot
    np.testing.assert_array_equal(back[0].episode.observation.screenshot, shot)
    assert (done.episodes, done.steps) == (6, 12)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_dataset_without_screenshots_comes_back(format_, tmp_path):
    source = dataset(tmp_path / "demos", [demonstration(seed=s, shots=False) for s in range(3)])

    export(source, format_, tmp_path / "out-v0")

    assert rows(READERS[format_](tmp_path / "out-v0")) == rows(Dataset(source))


@pytest.mark.parametrize("format_", FORMATS)
def test_what_was_exported_is_written_beside_it(format_, source, tmp_path):
    export(source, format_, tmp_path / "out-v0")

    about = json.loads((tmp_path / "out-v0" / "about.json").read_text())

    assert (about["title"], about["splits"]) == ("Demos", {"train": 5, "validation": 1})
    assert about["exported"]["format"] == format_


def test_the_formats_are_those_that_can_be_read_back():
    assert sorted(EXPORTERS) == FORMATS


def test_an_unknown_format_is_told_with_those_that_there_are(source, tmp_path):
    with pytest.raises(UserError, match="no format 'csv' to export to; there is jsonl, minari, w"):
        export(source, "csv", tmp_path / "out")


def test_a_folder_with_something_in_it_is_left_as_it_is(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")

    with pytest.raises(UserError, match="is not empty"):
        export(source, "jsonl", out)

    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_an_export_that_fails_leaves_nothing(source, tmp_path):
    with pytest.raises(UserError, match="is named NAME-vNUMBER, such as my-demos-v0, not 'my d"):
        export(source, "minari", tmp_path / "my demos")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["demos"]


def test_json_lines_open_in_datasets(source, tmp_path):
    export(source, "jsonl", tmp_path / "out")

    table = datasets.load_dataset(
        "json", data_files=str(tmp_path / "out/train.jsonl"), cache_dir=str(tmp_path / "cache")
    )["train"]

    expected = [row["action"] for row in rows(Dataset(source).demonstrations(split="train"))]
    assert table["action"] == expected
    assert (tmp_path / "out" / table[0]["screenshot"]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves it open
def test_webdataset_reads_the_samples_with_their_pictures(source, tmp_path):
    export(source, "webdataset", tmp_path / "out")
    url = str(tmp_path / "out/train-000000.tar")

    samples = list(webdataset.WebDataset(url, shardshuffle=False).decode("rgb8"))

    expected = rows(Dataset(source).demonstrations(split="train"))
    assert [sample["json"]["action"] for sample in samples] == [row["action"] for row in expected]
    first = next(iter(Dataset(source))).episode
    np.testing.assert_array_equal(samples[0]["png"], first.steps[0].observation.screenshot)
    np.testing.assert_array_equal(samples[1]["final.png"], first.observation.screenshot)


def test_tar_files_depend_on_the_dataset_alone(source, tmp_path):
    for name in ("a", "b"):
        export(source, "webdataset", tmp_path / name)

    assert (tmp_path / "a/train-000000.tar").read_bytes() == (
        tmp_path / "b/train-000000.tar"
    ).read_bytes()


def test_minari_opens_and_samples_the_dataset(source, tmp_path, monkeypatch):
    monkeypatch.delenv("MINARI_DATASETS_PATH", raising=False)
    export(source, "minari", tmp_path / "root" / "demos-v0")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "root"))

    opened = minari.load_dataset("demos-v0")
    opened.set_seed(0)
    sampled = opened.sample_episodes(3)

    assert (opened.total_episodes, opened.total_steps) == (6, 12)
    assert len(sampled) == 3
    for episode in opened:
        for at in range(len(episode) + 1):
            seen = {name: values[at] for name, values in episode.observations.items()}
            assert opened.observation_space.contains(seen)
        assert all(opened.action_space.contains(action) for action in episode.actions)


def test_a_dataset_of_minari_that_is_not_ours_is_told(tmp_path):
    with pytest.raises(UserError, match="no Minari dataset: it has no folder data"):
        list(read_minari(tmp_path))


@pytest.mark.parametrize("line", ['{"task": "a"}', "nonsense", "[]"])
def test_a_line_that_is_no_step_is_told_with_its_number(line, source, tmp_path):
    export(source, "jsonl", tmp_path / "out")
    file = tmp_path / "out/train.jsonl"
    file.write_text(f"{file.read_text()}{line}\n")

    with pytest.raises(UserError, match=r"train.jsonl, line 12 is no"):
        list(read_jsonl(file))
