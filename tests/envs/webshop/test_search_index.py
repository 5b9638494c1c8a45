import json
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from webagents.envs.webshop.search import SearchEngine
from webagents.envs.webshop.search.building import build
from webagents.envs.webshop.search.index import NAMES, Files, in_memory
from webagents.errors import UserError

DRAWN = random.Random(3)
WORDS = [f"w{number}é" for number in range(200)]
PRODUCTS = [
    {
        "asin": f"B{number * 7919 % 1000:03d}",
        "Title": " ".join(DRAWN.choices(WORDS, k=9)),
        "Description": " ".join(DRAWN.choices(WORDS[:20], k=DRAWN.randrange(30))),
        "BulletPoints": [],
        "options": {},
    }
    for number in range(300)
]
QUERIES = [" ".join(DRAWN.choices(WORDS, k=5)) for _ in range(50)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "index"
    SearchEngine.build(iter(PRODUCTS), path)
    return path


def answers(engine: SearchEngine) -> list[list[tuple[str, float]]]:
    return [engine.search(query) for query in QUERIES]


def test_an_index_on_disk_answers_as_one_in_memory(folder):
    assert answers(SearchEngine.open(folder)) == answers(SearchEngine(PRODUCTS))


def test_an_index_is_the_same_however_many_blocks_it_is_built_from(tmp_path):
    texts = [(product["asin"], product["Title"]) for product in PRODUCTS]
    whole = build(texts, in_memory)
    scratch, made = tmp_path / "scratch", tmp_path / "made"
    scratch.mkdir()
    made.mkdir()
    pieced = build(texts, Files(made), scratch=scratch, block_terms=100)
    assert {name: getattr(pieced, name).tolist() for name in NAMES} == {
        name: getattr(whole, name).tolist() for name in NAMES
    }


def test_progress_hears_how_many_products_were_read(tmp_path):
    heard: list[int] = []
    products = [{**PRODUCTS[0], "asin": f"{number}"} for number in range(2500)]
    SearchEngine.build(iter(products), tmp_path / "index", progress=heard.append)
    assert heard == [1000, 2000, 2500]


def test_building_again_replaces_the_index_and_leaves_nothing_else(folder):
    SearchEngine.build(PRODUCTS[:10], folder)
    assert len(SearchEngine.open(folder)) == 10
    assert [path.name for path in folder.parent.iterdir()] == ["index"]
    assert {path.name for path in folder.iterdir()} == {
        "index.json", *(f"{name}.npy" for name in NAMES),
    }  # fmt: skip


def test_an_index_without_products_opens_and_finds_nothing(tmp_path):
    assert answers(SearchEngine.build([], tmp_path / "index")) == [[]] * len(QUERIES)


def test_a_build_that_fails_leaves_the_former_index_as_it_was(folder):
    before = answers(SearchEngine.open(folder))

    def failing():
        yield PRODUCTS[0]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        SearchEngine.build(failing(), folder)
    assert answers(SearchEngine.open(folder, thorough=True)) == before
    assert [path.name for path in folder.parent.iterdir()] == ["index"]


def test_a_folder_of_something_else_is_not_replaced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="is no search index: name another folder"):
        SearchEngine.build(PRODUCTS, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def cut(folder: Path) -> None:
    path = folder / "docs.npy"
    path.write_bytes(path.read_bytes()[:-4])


def changed(folder: Path) -> None:
    path = folder / "starts.npy"
    values = bytearray(path.read_bytes())
    values[-1] ^= 1
    path.write_bytes(values)


def older(folder: Path) -> None:
    path = folder / "index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 0}))


BREAKS = {
    "no summary": (lambda folder: (folder / "index.json").unlink(), "no index.json"),
    "no file": (lambda folder: (folder / "docs.npy").unlink(), "no docs.npy"),
    "cut short": (cut, "broken .docs.npy has"),
    "changed": (changed, "broken .starts.npy is not as it was written"),
    "no JSON": (lambda folder: (folder / "index.json").write_text("{"), "broken"),
    "other JSON": (lambda folder: (folder / "index.json").write_text("[]"), "broken"),
    "another version": (older, "of version 0, this program reads version 1: build it again"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_index_is_one_clear_error(folder, name):
    break_it, message = BREAKS[name]
    break_it(folder)
    with pytest.raises(UserError, match=message) as told:
        SearchEngine.open(folder)
    assert str(folder) in str(told.value)


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(UserError, match=r"there is no whole search index in .*nowhere"):
        SearchEngine.open(tmp_path / "nowhere")


def test_every_term_is_found_and_no_other():
    index = SearchEngine(PRODUCTS).index
    ends = index.term_ends.tolist()
    blob = index.terms.tobytes()
    terms = [blob[a:b].decode() for a, b in pairwise(ends)]
    assert [index.term_number(term) for term in terms] == list(range(len(terms)))
    assert [index.term_number(term) for term in ("", "a", "w", "w1", "zz", "é")] == [None] * 6
    assert terms == sorted(terms)
    assert np.all(np.diff(index.starts) > 0)
