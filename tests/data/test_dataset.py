"""A dataset gives back what was put into it, also after its writer was cut off."""

import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from webagents.data import Dataset, Demonstration
from webagents.data.columns import SCHEMA, batch_of
from webagents.data.journal import Journal
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter, shards
from webagents.errors import UserError
from webagents.types import Episode, Observation, Step


def demonstration(seed, *, task="miniwob.click-test", steps=2, screenshots=True, success=True):
    """An episode with everything that an episode can have."""
    rng = np.random.default_rng(seed)

    def seen(number, error=""):
        picture = rng.integers(0, 255, (4, 6, 3), dtype=np.uint8) if screenshots else None
        return Observation(
            instruction=f'Press "ä{seed}"',
            html=f'<b ref="1">{number}</b>',
            url=f"http://page/{number}",
            error=error,
            screenshot=picture,
        )

    errors = [f"no element has ref {n}" if n % 2 else "" for n in range(steps)]
    made = tuple(
        Step(
            observation=seen(n, errors[n - 1] if n else ""),
            action=f"click('{n}')",
            reward=0.25 * n,
            terminated=n == steps - 1,
            error=errors[n],
            time_ms=200.5 * n,
            notes={"score": 0.5} if n else {},
        )
        for n in range(steps)
    )
    episode = Episode(
        task=task,
        seed=seed,
        observation=seen(steps, errors[-1]),
        steps=made,
        success=success,
        info={"success": success, "fields": {"a": "1"}, "raw_reward": 1.0},
    )
    return Demonstration.of(episode, "expert")


def plain(demo):
    """A demonstration as values that compare."""

    def seen(o):
        picture = None if o.screenshot is None else o.screenshot.tolist()
        return (o.instruction, o.html, o.url, o.error, picture)

    e = demo.episode
    steps = [
        (
            *(seen(s.observation), s.action, s.reward, s.terminated, s.truncated),
            *(s.error, s.time_ms, dict(s.notes)),
        )
        for s in e.steps
    ]
    return (
        *(demo.id, demo.source, e.task, e.seed, e.success, dict(e.info)),
        *(seen(e.observation), steps),
    )


def written(folder, demos, **options):
    with DatasetWriter(folder, About(title="t", licence="mit"), **options) as writer:
        for demo in demos:
            writer.add(demo)
    return Dataset(folder)


def test_demonstrations_come_back_as_they_were(tmp_path):
    demos = [demonstration(n, steps=n % 3 + 1, screenshots=n % 2 == 0) for n in range(9)]
    dataset = written(tmp_path / "set", demos)
    assert [plain(d) for d in dataset] == [plain(d) for d in demos]
    assert len(dataset) == 9
    assert dataset.known["steps"] == sum(len(d.episode.steps) for d in demos)
    assert [len(b) for b in dataset.batches_of_episodes()] == [len(d.episode.steps) for d in demos]


def test_pictures_are_left_out_where_nobody_looks(tmp_path):
    dataset = written(tmp_path / "set", [demonstration(0)])
    (demo,) = dataset.demonstrations(pictures=None)
    assert demo.episode.steps[0].observation.screenshot is None


def test_episodes_are_chosen_by_task_and_split(tmp_path):
    demos = [demonstration(n, task=f"t{n % 2}") for n in range(6)]
    with DatasetWriter(tmp_path, About(title="t")) as writer:
        for number, demo in enumerate(demos):
            writer.add(demo, split="validation" if number == 3 else "train")
    dataset = Dataset(tmp_path)
    assert dataset.splits == ["train", "validation"]
    assert [d.episode.seed for d in dataset.demonstrations(tasks=["t1"])] == [1, 5, 3]
    assert [d.episode.seed for d in dataset.demonstrations(split="validation")] == [3]


def test_half_a_character_on_a_page_is_no_reason_to_lose_the_episode(tmp_path):
    seen = Observation(instruction="\ud83d", html="<b>\udc00</b>")
    notes = {"thought": "\udfff"}
    step = Step(observation=seen, action="type('1', '\ud83d')", terminated=True, notes=notes)
    demo = Demonstration.of(Episode(task="t", seed=0, observation=seen, steps=(step,)), "x")
    (back,) = written(tmp_path / "set", [demo])
    assert back.episode.steps[0].action == "type('1', '?')"
    assert back.episode.steps[0].notes == {"thought": "?"}


def test_shards_are_the_same_bytes_whether_or_not_the_writer_was_cut_off(tmp_path):
    demos = [demonstration(n) for n in range(40)]
    written(tmp_path / "plain", demos, shard_bytes=3000)
    folder = tmp_path / "0"
    writer = DatasetWriter(folder, About(title="t"), shard_bytes=3000)
    for number, demo in enumerate(demos):
        if number % 7 == 3:
            killed, folder = folder, tmp_path / str(number)
            shutil.copytree(killed, folder)  # what a kill leaves
            writer.suspend()
            writer = DatasetWriter(folder, About(title="t"), shard_bytes=3000, resume=True)
            writer.place_rest()
        writer.add(demo)
    writer.close()
    names = [path.name for path in shards(tmp_path / "plain")]
    assert len(names) > 3
    assert names == [path.name for path in shards(folder)]
    for name in names:
        assert (tmp_path / "plain" / name).read_bytes() == (folder / name).read_bytes()


def test_a_journal_cut_off_at_any_byte_gives_its_whole_episodes(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(path)
    sizes = []
    for seed in range(3):
        journal.append(batch_of(demonstration(seed)))
        sizes.append(path.stat().st_size)
    journal.close()
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        found = Journal(path)
        found.close()
        assert len(found.batches) == sum(size <= length for size in sizes)


def test_an_episode_is_not_kept_twice(tmp_path):
    with DatasetWriter(tmp_path / "set", About(title="t")) as writer:
        writer.add(demonstration(3))
        with pytest.raises(
            UserError, match=r"has an episode 'miniwob\.click-test/3/expert' already"
        ):
            writer.add(demonstration(3))


def test_what_is_no_dataset_is_told(tmp_path):
    with pytest.raises(UserError, match="is no dataset: it has no dataset"):
        Dataset(tmp_path)
    (tmp_path / "dataset.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        Dataset(tmp_path)
    (tmp_path / "dataset.json").write_text('{"format": 99}')
    with pytest.raises(UserError, match="not of format 1"):
        Dataset(tmp_path)
    with pytest.raises(UserError, match="holds a dataset already"):
        DatasetWriter(tmp_path, About(title="t"))


def test_the_card_counts_what_is_there(tmp_path):
    written(tmp_path / "set", [demonstration(n, success=n > 0) for n in range(3)])
    card = (tmp_path / "set" / "card.md").read_text()
    assert "3 episodes, 6 steps, 2 episodes successful, 6 screenshots." in card
    assert "| miniwob.click-test | 3 | 6 | 2.0 | 2 |" in card
    assert 'license: "mit"' in card


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("given", ["files", "folder", "name"])
def test_the_datasets_library_opens_it_with_images(tmp_path, given, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="the extra datasets is not installed")
    demo = demonstration(0)
    folder = tmp_path / "set"
    written(folder, [demo])
    where = {
        "files": {"path": "parquet", "data_files": str(folder / "*.parquet")},
        "folder": {"path": "parquet", "data_dir": str(folder)},
        "name": {"path": str(folder)},
    }[given]
    rows = datasets.load_dataset(**where, cache_dir=str(tmp_path / "cache"))["train"]
    assert rows.column_names == SCHEMA.names
    assert np.array_equal(
        np.asarray(rows[0]["screenshot"]), demo.episode.steps[0].observation.screenshot
    )
    assert rows[1]["action"] == "click('1')"


def test_pandas_and_arrow_read_it_as_it_is(tmp_path):
    written(tmp_path / "set", [demonstration(0)])
    table = pq.read_table(tmp_path / "set" / "train-00000.parquet")
    assert isinstance(table, pa.Table)
    assert table.column("action").to_pylist() == ["click('0')", "click('1')"]
