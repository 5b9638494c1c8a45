"""Records on disk are found by place and by key, and damage is told."""

import pytest

from webagents.envs.webshop.records import KeyedRecords, Records, RecordWriter
from webagents.errors import UserError

KEYS = ["B2", "a", "", "B1", "é" * 10, "B10", "日本"]


@pytest.fixture
def stem(tmp_path):
    with RecordWriter(tmp_path / "store") as store:
        for number, key in enumerate(KEYS):
            store.append({"n": number, "key": key}, key)
    return tmp_path / "store"


def test_records_keep_their_order_and_are_found_by_their_keys(stem):
    found = KeyedRecords(stem)
    assert list(found) == KEYS
    assert {key: found[key] for key in KEYS} == {
        key: {"n": number, "key": key} for number, key in enumerate(KEYS)
    }
    assert [found.row(key) for key in KEYS] == list(range(len(KEYS)))


@pytest.mark.parametrize("key", ["B", "B3", "B2\0", "x" * 99, "\ud800", 5, None])
def test_a_key_that_is_not_there_is_not_found(stem, key):
    found = KeyedRecords(stem)
    assert (key in found, found.get(key)) == (False, None)


def test_records_are_found_by_their_places(stem):
    found = Records(stem, make=lambda record: record["n"])
    assert (found[0], found[-1], found[1:3], list(found)) == (0, 6, [1, 2], [0, 1, 2, 3, 4, 5, 6])
    with pytest.raises(IndexError):
        found[7]


def test_of_two_records_with_a_key_the_last_is_found(tmp_path):
    with RecordWriter(tmp_path / "store") as store:
        for number in range(5):
            store.append(number, "same")
    assert KeyedRecords(tmp_path / "store")["same"] == 4


def test_an_empty_store_holds_nothing(tmp_path):
    RecordWriter(tmp_path / "store").close()
    found = KeyedRecords(tmp_path / "store")
    assert (len(found), list(found), list(found.records), "a" in found) == (0, [], [], False)


@pytest.mark.parametrize("name", ["store.json", "store.ends.npy", "store.keys.npy"])
@pytest.mark.parametrize("size", [0, 20])
def test_a_store_that_was_cut_is_refused(stem, name, size):
    path = stem.with_name(name)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UserError, match="import the shop again"):
        KeyedRecords(stem)
