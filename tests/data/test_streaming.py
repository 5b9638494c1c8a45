"""Every item once an epoch, in an order that comes again, from wherever it was left."""

import itertools
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.data.demos import dataset, demonstration, rows
from webagents.data import Dataset, streaming
from webagents.errors import UserError

KINDS = ("steps", "episodes")


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory):
    """60 episodes of 2 or 3 steps, in several shards of row groups that episodes lie across."""
    folder = tmp_path_factory.mktemp("data") / "demos"
    demos = [demonstration(seed=s, steps=2 + s % 2) for s in range(60)]
    dataset(folder, [*demos, (demonstration(seed=99), "validation")], shard_bytes=50_000)
    for shard in folder.glob("*.parquet"):
        table = pq.read_table(shard)
        pq.write_table(table, shard, row_group_size=7)
    assert len(list(folder.glob("train-*.parquet"))) > 2
    return folder


def _stream(folder, kind, **settings):
    columns = {"columns": ("episode_id", "step")} if kind == "steps" else {"pictures": None}
    return getattr(streaming, kind)(folder, buffer_bytes=9_000, **columns, **settings)


def _names(stream):
    return [
        (item["episode_id"], item["step"]) if isinstance(item, dict) else item.id for item in stream
    ]


def _all(folder, kind):
    demos = list(Dataset(folder).demonstrations(split="train"))
    if kind == "episodes":
        return [demo.id for demo in demos]
    return [(demo.id, step) for demo in demos for step in range(len(demo.episode.steps))]


@pytest.mark.parametrize("kind", KINDS)
def test_an_epoch_gives_every_item_once_in_another_order(kind, folder):
    stream = _stream(folder, kind)

    first, second = _names(stream), _names(stream)

    assert sorted(first) == sorted(second) == sorted(_all(folder, kind))
    assert len({tuple(first), tuple(second), tuple(_all(folder, kind))}) == 3
    assert len(stream) == len(first)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_follows_from_the_seed_and_the_epoch(kind, folder):
    streams = [_stream(folder, kind, seed=seed, threads=n) for seed, n in ((1, 1), (1, 4), (2, 1))]

    one, again, other = ([_names(stream), _names(stream)] for stream in streams)

    assert one == again
    assert one[0] != other[0]


@pytest.mark.parametrize("kind", KINDS)
def test_without_shuffling_the_order_is_the_datasets(kind, folder):
    assert _names(_stream(folder, kind, shuffle=False)) == _all(folder, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("of", [2, 3, 7])
def test_ranks_share_an_epoch_without_overlap(kind, of, folder):
    streams = [_stream(folder, kind, rank=rank, of=of) for rank in range(of)]

    parts = [_names(stream) for stream in streams]

    assert sorted(itertools.chain(*parts)) == sorted(_all(folder, kind))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert [len(stream) for stream in streams] == [len(part) for part in parts]


def test_even_ranks_get_the_same_number(folder):
    parts = [_names(_stream(folder, "steps", rank=rank, of=7, even=True)) for rank in range(7)]

    assert {len(part) for part in parts} == {150 // 7}
    assert len(set(itertools.chain(*parts))) == 150 // 7 * 7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [0, 1, 16, 25, 29])
def test_a_stream_goes_on_where_its_state_was_taken(kind, given, folder):
    stream = _stream(folder, kind, rank=1, of=2)
    _names(stream)
    before = list(itertools.islice(_iterated(stream), given))
    state = json.loads(json.dumps(stream.state()))

    fresh = _stream(folder, kind, rank=1, of=2)
    fresh.resume(state)
    rest = [_names(fresh), _names(fresh)]

    whole = _stream(folder, kind, rank=1, of=2)
    epochs = [_names(whole) for _ in range(3)]
    assert [*_names(before), *rest[0]] == epochs[1]
    assert rest[1] == epochs[2]


def _iterated(stream):
    yield from stream


@pytest.mark.parametrize("setting", [{"seed": 1}, {"rank": 1}, {"of": 3}, {"shuffle": False}])
def test_the_state_of_another_stream_is_told(setting, folder):
    settings = {"of": 2}
    state = _stream(folder, "steps", **settings).state()

    with pytest.raises(UserError, match=f"the state is of another stream: {next(iter(setting))} "):
        _stream(folder, "steps", **{**settings, **setting}).resume(state)


def test_rows_have_the_columns_chosen_and_screenshots_as_arrays(folder):
    stream = streaming.steps(folder, columns=("screenshot", "final_screenshot", "episode_id"))
    demos = {demo.id: demo.episode for demo in Dataset(folder)}

    for row in stream:
        episode = demos[row["episode_id"]]
        shots = [step.observation.screenshot for step in episode.steps]
        assert any(np.array_equal(row["screenshot"], shot) for shot in shots)
        if row["final_screenshot"] is not None:
            np.testing.assert_array_equal(row["final_screenshot"], episode.observation.screenshot)
    assert row.keys() == {"screenshot", "final_screenshot", "episode_id"}


def test_screenshots_can_stay_the_bytes_they_are(folder):
    row = next(iter(streaming.steps(folder, columns=("screenshot",), pictures=None)))

    assert row["screenshot"].startswith(b"\x89PNG")


def test_episodes_are_whole(folder):
    found = {demo.id: demo for demo in streaming.episodes(folder, split=None)}

    whole = list(Dataset(folder))
    assert rows(found[demo.id] for demo in whole) == rows(whole)


def test_several_datasets_are_read_as_one(folder, tmp_path):
    more = dataset(tmp_path / "more", [demonstration("miniwob.enter-text")])

    stream = streaming.steps([folder, more], columns=("task",))

    assert len([row for row in stream if row["task"] == "miniwob.enter-text"]) == 2
    assert len(stream) == 152


def test_two_datasets_may_have_episodes_of_the_same_ids(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        dataset(folder, [demonstration(seed=seed, steps=1 + seed % 2) for seed in range(4)])

    for seed in range(10):
        given = list(streaming.episodes(folders, seed=seed, pictures=None))
        assert sorted(len(one.episode.steps) for one in given) == [1, 1, 1, 1, 2, 2, 2, 2]


def test_a_stream_that_is_left_early_stops_its_threads(folder):
    stream = _stream(folder, "steps")

    for _ in stream:
        break

    assert stream.position == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"columns": ("html", "colour")}, r"no columns \['colour'\]; there is episode_id"),
        ({"columns": ()}, "no columns to read"),
        ({"rank": 2, "of": 2}, "rank is from 0 to below 2, not 2"),
        ({"threads": 0}, "threads is at least 1, not 0"),
    ],
)
def test_what_cannot_be_streamed_is_told(settings, told, folder):
    with pytest.raises(UserError, match=told):
        streaming.steps(folder, **settings)


@pytest.fixture(name="mixed", scope="module")
def _mixed(tmp_path_factory):
    """40 episodes of 2 steps of one task, 80 of 3 steps of another, in row groups of both."""
    folder = tmp_path_factory.mktemp("data") / "demos"
    long = [demonstration("miniwob.click-tab", s, steps=3) for s in range(80)]
    dataset(folder, [*(demonstration(seed=s) for s in range(40)), *long])
    for shard in folder.glob("*.parquet"):
        pq.write_table(pq.read_table(shard), shard, row_group_size=25)
    return folder


def test_a_stream_of_episodes_knows_what_there_is_of_each_task(mixed):
    assert _stream(mixed, "episodes", rank=1, of=3).tasks == {
        "miniwob.click-tab": (80, 240),
        "miniwob.click-test": (40, 80),
    }


def _thinned(folder, share=0.5, **settings):
    stream = _stream(folder, "episodes", seed=4, **settings)
    stream.thin({"miniwob.click-tab": share})
    return stream


def test_a_thinned_epoch_takes_a_share_of_each_task_and_others_every_time(mixed):
    stream = _thinned(mixed)
    epochs = [_names(stream) for _ in range(20)]
    taken = [{name for name in epoch if "click-tab" in name} for epoch in epochs]
    assert all(sum("click-test" in name for name in epoch) == 40 for epoch in epochs)
    assert all(len(set(epoch)) == len(epoch) for epoch in epochs)
    assert 38 < sum(map(len, taken)) / 20 < 42
    assert len(set().union(*taken)) == 80
    assert len({frozenset(one) for one in taken}) == 20


def test_ranks_share_a_thinned_epoch_without_overlap(mixed):
    whole = _thinned(mixed)
    ranks = [_thinned(mixed, rank=rank, of=3) for rank in range(3)]
    for _ in range(3):
        assert [len(rank) for rank in ranks] == [
            len(whole) * n // 3 - len(whole) * (n - 1) // 3 for n in (1, 2, 3)
        ]
        assert sorted(name for rank in ranks for name in _names(rank)) == sorted(_names(whole))


def test_a_thinned_stream_goes_on_where_it_was_and_only_with_its_own_shares(mixed):
    whole, stream = _thinned(mixed), _thinned(mixed)
    expected = _names(whole) + _names(whole)
    given = [item.id for item in itertools.islice(stream, 50)]
    state = json.loads(json.dumps(stream.state()))
    again = _thinned(mixed)
    again.resume(state)
    assert given + _names(again) + _names(again) == expected
    with pytest.raises(UserError, match="the state is of another stream: thinned"):
        _thinned(mixed, 0.25).resume(state)


def test_a_dataset_of_one_task_after_the_other_is_given_mixed(tmp_path):
    tasks = [f"t.{number:02}" for number in range(10)]
    played = [demonstration(t, seed, steps=20, shots=False) for t in tasks for seed in range(20)]
    folder = dataset(tmp_path / "sorted", played)
    (shard,) = folder.glob("*.parquet")
    known = pq.read_metadata(shard)
    window = sum(known.row_group(n).total_byte_size for n in range(known.num_row_groups)) // 5
    stream = streaming.episodes(folder, pictures=None, buffer_bytes=window)
    first = [demo.episode.task for demo in itertools.islice(stream, 40)]
    assert len(set(first)) > 4, "a fifth of what there is, of half of the tasks"
