"""Datasets whose files are not what they should be."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.demos import dataset, demonstration
from webagents.data import streaming
from webagents.data.dataset import Dataset
from webagents.errors import UserError
from webagents.policies import load_policy

SHARD = "train-00000.parquet"


@pytest.fixture
def folder(tmp_path):
    return dataset(tmp_path / "set", [demonstration(seed=seed) for seed in range(3)])


def rewritten(folder, change):
    """The dataset with its only shard's table changed."""
    pq.write_table(change(pq.read_table(folder / SHARD)), folder / SHARD)


def replaced(name, values):
    def change(table):
        at = table.schema.get_field_index(name)
        made = values(table.column(name).to_pylist())
        type_ = None if isinstance(made[0], int) else table.schema.field(name).type
        return table.set_column(at, name, pa.array(made, type_))

    return change


def all_ways(folder):
    """What each way of reading it says."""
    ways = {
        "read": lambda: list(Dataset(folder)),
        "streamed": lambda: list(streaming.episodes(folder)),
        "replayed": lambda: load_policy(f"replay:{folder}"),
    }
    told = {}
    for name, read in ways.items():
        with pytest.raises(UserError) as error:
            read()
        told[name] = str(error.value)
    return told


@pytest.mark.parametrize("column", ["html", "action", "episode_id", "step", "screenshot", "info"])
def test_a_missing_column_is_told_before_anything_is_read(folder, column):
    rewritten(folder, lambda table: table.drop_columns([column]))
    told = all_ways(folder)
    assert len(set(told.values())) == 1
    assert told["read"].startswith(f"{folder / SHARD} lacks the columns {column}; a dataset's are ")


def test_a_column_of_another_type_is_told(folder):
    rewritten(folder, replaced("html", lambda values: [1 for _ in values]))
    told = f"{folder / SHARD} has a column html of int64, not of large_string"
    assert all_ways(folder) == dict.fromkeys(("read", "streamed", "replayed"), told)


@pytest.mark.parametrize("left", [0, 100, -1])
def test_a_shard_that_was_cut_is_told(folder, left):
    whole = (folder / SHARD).read_bytes()
    (folder / SHARD).write_bytes(whole[:left])
    assert all(told.endswith("is it whole?") for told in all_ways(folder).values())


def test_a_shard_with_damage_inside_is_told(folder):
    damaged = bytearray((folder / SHARD).read_bytes())
    end = len(damaged) - int.from_bytes(damaged[-8:-4], "little") - 8
    damaged[4:end] = b"\xff" * (end - 4)
    (folder / SHARD).write_bytes(bytes(damaged))
    told = all_ways(folder)
    assert all(f"{folder / SHARD} cannot be read: " in each for each in told.values())


def test_a_missing_shard_is_told(folder):
    (folder / SHARD).unlink()
    told = all_ways(folder)["read"]
    assert told.startswith(f"{folder} has 0 steps in 0 shards, and 6 by its dataset.json")


def test_an_index_without_its_counts_is_told(folder):
    known = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps({"format": known["format"]}))
    told = f"the dataset.json of {folder} does not say its episodes, steps, splits, tasks"
    assert all_ways(folder)["read"] == told


def test_steps_out_of_order_are_told(folder):
    rewritten(folder, lambda table: table.take(pa.array([1, 0, 2, 3, 4, 5])))
    told = all_ways(folder)
    assert told["read"].endswith("are its steps [1, 0], not those from 0 to 1")
    assert told["streamed"].endswith("has a step 1 in row 0 that follows no step 0")
    assert "comes after 0 others" in told["replayed"]


def test_a_step_without_an_action_is_told(folder):
    rewritten(folder, replaced("action", lambda values: [*values[:-1], None]))
    assert all(" action" in told for told in all_ways(folder).values())


def test_a_screenshot_that_is_none_is_told(folder):
    none = {"bytes": b"no", "path": None}
    rewritten(folder, replaced("screenshot", lambda found: [none for _ in found]))
    with pytest.raises(UserError, match=r"a screenshot of the episode .* is no picture"):
        list(Dataset(folder))
    assert len(list(Dataset(folder).demonstrations(pictures=None))) == 3


def test_columns_of_ones_own_are_let_be(folder):
    whole = list(Dataset(folder))
    rewritten(folder, lambda table: table.append_column("mine", pa.array(["x"] * len(table))))
    assert [demo.id for demo in Dataset(folder)] == [demo.id for demo in whole]
