"""The original's files: found, read piece by piece, and refused with one clear line."""

import gzip
import json

import pytest

from tests.envs.webshop.shops import row, write_shop
from webagents.envs.webshop.catalogue import json_stream
from webagents.envs.webshop.catalogue.files import find_files
from webagents.envs.webshop.catalogue.json_stream import entries, rows
from webagents.errors import UserError


@pytest.fixture(params=[1, 7, 1 << 21])
def chunk(request, monkeypatch):
    """Reads a few bytes at a time, so that every kind of value is cut somewhere."""
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", request.param)


VALUES = [
    {"a": [1, -2.5e10, None, True], "é": '\ud83d\ude00 " \\ / \n'},
    "text",
    123456,
    0.5,
    [],
    {},
    "�" * 50,
    None,
    False,
]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_read_whatever_its_writing_and_wherever_it_is_cut(
    tmp_path, chunk, ascii_only, indent
):
    path = tmp_path / "list.json"
    values = json.loads(json.dumps(VALUES))
    path.write_text(json.dumps(values, ensure_ascii=ascii_only, indent=indent), encoding="utf-8")
    assert list(rows(path)) == values


def test_an_object_is_read_entry_by_entry(tmp_path, chunk):
    path = tmp_path / "object.json.gz"
    value = {"a": {"b": [1]}, "c": None, '"': "x"}
    path.write_bytes(gzip.compress(json.dumps(value).encode()))
    assert list(entries(path)) == list(value.items())


def test_a_number_that_is_missing_is_read_as_python_writes_it(tmp_path):
    path = tmp_path / "list.json"
    path.write_text('[{"average_rating": NaN}]')
    assert str(list(rows(path))) == "[{'average_rating': nan}]"


@pytest.mark.parametrize("text", ["[]", " [\n] ", "\ufeff[]"])
def test_an_empty_list_has_no_rows(tmp_path, text):
    path = tmp_path / "list.json"
    path.write_text(text, encoding="utf-8")
    assert list(rows(path)) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"", "is empty; it should be one JSON list"),
        (b'{"a": 1}', "is no JSON list: it begins with '{\"a\": 1}'"),
        (
            b'[{"a": 1}, {"a": "bc',
            "is cut short: it ends within row 2, which begins at character 11",
        ),
        (b'[{"a": 1}, {"a"', "is cut short: it ends within row 2, which begins at character 11"),
        (b'[{"a": 1}', "is cut short: it ends within what follows row 1"),
        (b'[{"a": 1},', "is cut short: it ends within row 2"),
        (b'[{"a" 1}, 2, 3, 4, 5, 6, 7, 8, 9]', "is no JSON in row 1, at character 1"),
        (b"[1 2]", "is no JSON in what follows row 1, at character 3: a ',' or ']' is missing"),
        (b"[1] x", "is no JSON in what follows row 1, at character 4: there is more after"),
        (b'["\xff"]', "is not UTF-8: byte 0xff"),
        (b'["\xc3', "is not UTF-8: byte 0xc3"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[" + b"1" * 10_000 + b"]", "row 1"),
    ],
)
def test_a_file_that_is_no_list_says_where(tmp_path, written, told):
    path = tmp_path / "list.json"
    path.write_bytes(written)
    with pytest.raises(UserError) as raised:
        list(rows(path))
    assert str(path) in str(raised.value)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "written",
    [b"no gzip", gzip.compress(b"[" + b"12345, " * 999)[:40]],
    ids=["no gzip", "cut short"],
)
def test_a_packed_file_that_is_damaged_says_so(tmp_path, written):
    path = tmp_path / "list.json.gz"
    path.write_bytes(written)
    with pytest.raises(UserError, match="cannot be unpacked"):
        list(rows(path))


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(UserError, match="cannot be read: No such file"):
        list(rows(tmp_path / "none.json"))


def test_what_was_read_is_told(tmp_path):
    path = tmp_path / "list.json"
    path.write_text("[1, 2]")
    told: list[int] = []
    list(rows(path, told=told.append))
    assert told[-1] == 6


def touched(folder, *names: str):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("[]")
    return folder


def test_files_are_found_by_their_beginnings(tmp_path):
    names = ("items_shuffle_9.x.json", "items_ins_v2_7.json.gz", "items_human_ins.y.json")
    folder = touched(tmp_path, *names, "notes.json")
    assert [path.name for path in find_files(folder) if path] == list(names)


def test_beside_a_products_file_those_with_its_suffix_are_taken_first(tmp_path):
    folder = touched(
        tmp_path,
        "items_shuffle.json",
        "items_shuffle_1000.json",
        "items_ins_v2.json",
        "items_ins_v2_1000.json",
        "items_human_ins.json",
    )
    found = find_files(folder / "items_shuffle_1000.json")
    assert [path.name for path in found if path] == [
        "items_shuffle_1000.json",
        "items_ins_v2_1000.json",
        "items_human_ins.json",
    ]


def test_of_a_file_and_its_packed_copy_the_file_is_taken(tmp_path):
    folder = touched(tmp_path, "items_shuffle.json", "items_shuffle.json.gz", "items_ins_v2.json")
    assert find_files(folder).products.name == "items_shuffle.json"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "has no products file: items_shuffle*.json or items_shuffle*.json.gz"),
        (("items_shuffle.json",), "has no attributes file: items_ins_v2*.json"),
        (
            ("items_shuffle_1.json", "items_shuffle_2.json"),
            "has several products files (items_shuffle_1.json, items_shuffle_2.json); name one",
        ),
    ],
)
def test_a_folder_without_the_files_says_which(tmp_path, names, told):
    with pytest.raises(UserError) as raised:
        find_files(touched(tmp_path, *names))
    assert told in str(raised.value)


def test_a_shop_written_whole_reads_the_same_from_packed_files(tmp_path):
    plain = write_shop(tmp_path / "plain", products=[row("A"), row("B")])
    packed = tmp_path / "packed"
    packed.mkdir()
    for path in plain.iterdir():
        (packed / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert list(rows(find_files(packed).products)) == list(rows(find_files(plain).products))
