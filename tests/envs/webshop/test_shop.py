"""Shops are opened from files or imports, shared, and refused with one clear line."""

import gzip
import os
import pickle
import subprocess
import sys

import pytest

from tests.envs.webshop.shops import row, write_shop
from webagents.envs.webshop import shop as shops
from webagents.envs.webshop.shop import open_shop
from webagents.errors import UserError

HUMAN = {
    "A": [{"instruction": "a shoe", "instruction_attributes": ["soft"], "instruction_options": []}]
}


@pytest.fixture
def folder(tmp_path):
    rows = [row("B", pricing="$1 - $2"), row("A", name="Blue Boot")]
    return write_shop(tmp_path / "files", products=rows, human=HUMAN)


def test_a_shop_has_its_products_in_their_order_and_finds_them(folder):
    shop = open_shop(folder)
    assert list(shop.products) == ["B", "A"]
    assert shop.products["A"]["Title"] == "Blue Boot"
    assert (list(shop.prices), len(shop.prices), shop.prices["A"]) == (["B", "A"], 2, 9.5)
    assert list(shop.prices.values()) == [shop.prices["B"], 9.5]
    assert [asin for asin, _ in shop.search("blue boots")] == ["A"]
    assert (shop.split("test"), shop.split("train")) == (range(1), range(1, 1))
    assert repr(shop) == f"Shop({str(folder)!r}, 2 products, 1 human goals)"


def test_the_same_arguments_give_the_same_shop_until_its_files_change(folder):
    first = open_shop(folder)
    assert open_shop(str(folder)) is first
    assert open_shop(folder, price_seed=1) is not first
    write_shop(folder, products=[row("A")], human=HUMAN)
    assert list(open_shop(folder).products) == ["A"]


def test_the_seed_draws_other_prices(folder):
    assert open_shop(folder, price_seed=1).prices["B"] != open_shop(folder).prices["B"]


def test_goals_of_another_kind_share_the_products(folder):
    assert open_shop(folder).products is open_shop(folder, goals="synthetic").products


def test_packed_files_make_the_same_shop(folder, tmp_path):
    packed = tmp_path / "packed"
    packed.mkdir()
    for path in folder.iterdir():
        (packed / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert list(open_shop(packed).goals) == list(open_shop(folder).goals)


def test_a_products_file_opens_its_shop(folder):
    assert list(open_shop(folder / "items_shuffle.json").goals) == list(open_shop(folder).goals)


def test_a_pickled_shop_is_opened_again(folder):
    shop = open_shop(folder, price_seed=4)
    assert pickle.loads(pickle.dumps(shop)) is shop


def test_the_search_index_of_files_is_kept_for_other_processes(folder, home):
    found = open_shop(folder).search("shoe")
    kept = list((home / "webshop" / ".indexes").iterdir())
    code = (
        "import sys; from webagents.envs.webshop.search import SearchEngine as S;"
        "S.build = None; from webagents.envs.webshop.shop import open_shop;"
        "print(open_shop(sys.argv[1]).search('shoe'))"
    )
    run = [sys.executable, "-c", code, str(folder)]
    told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert (told.strip(), list((home / "webshop" / ".indexes").iterdir())) == (str(found), kept)


def test_a_folder_that_cannot_be_written_does_without_a_kept_index(folder, home):
    home.write_text("no folder")
    assert [asin for asin, _ in open_shop(folder).search("boot")] == ["A"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("none", "no shop 'none': name a folder with the original's files"),
        ("", "no shop ''"),
        (".", "has no products file"),
    ],
)
def test_what_is_no_shop_is_told(tmp_path, monkeypatch, source, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as raised:
        open_shop(source)
    assert told in str(raised.value)


def test_goals_and_seeds_that_are_none_are_told(folder):
    with pytest.raises(UserError, match="no goals 'robot'; they are human or synthetic"):
        open_shop(folder, goals="robot")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="price_seed is 'a'; it should be a whole number"):
        open_shop(folder, price_seed="a")  # type: ignore[arg-type]


def test_without_instructions_there_are_only_synthetic_goals(tmp_path):
    folder = write_shop(tmp_path)
    assert len(open_shop(folder, goals="synthetic").goals) == 0
    with pytest.raises(UserError, match=r'has no human goals: items_human_ins.* goals="synthetic"'):
        open_shop(folder)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"products": []}, "items_shuffle.json holds no products: its list is empty"),
        ({"products": [5, {}]}, "no usable product (the row is no object: 1; asin is missing: 1)"),
        ({"products": '[{"asin": "A"'}, "items_shuffle.json is cut short: it ends within row 1"),
        ({"products": "{}"}, "items_shuffle.json is no JSON list"),
        ({"products": b"\xff\xfe"}, "items_shuffle.json is not UTF-8"),
        ({"attributes": []}, "items_ins_v2.json is no JSON object"),
        ({"human": '{"A": ['}, "items_human_ins.json is cut short: it ends within entry 1"),
    ],
)
def test_files_that_cannot_be_read_are_told(tmp_path, files, told):
    with pytest.raises(UserError) as raised:
        open_shop(write_shop(tmp_path, **files), goals="synthetic")
    assert told in str(raised.value)


def test_a_large_catalogue_has_to_be_imported_first(folder, monkeypatch):
    monkeypatch.setattr(shops, "LARGEST_READ", 100)
    os.utime(folder / "items_shuffle.json", (1, 1))
    with pytest.raises(UserError, match="too much to read at each start: import it once"):
        open_shop(folder)


def test_the_bundled_shop_opens_without_a_name_and_leaves_out_no_product():
    shop = open_shop()
    assert len(shop.products) > 1000
    assert len(shop.goals) > len(shop.split("test"))
    assert {why for why in shop.dropped if not why.startswith("synthetic goals")} == set()
    goal = shop.goals[0]
    assert goal["asin"] in shop.products
    assert len(shop.search(goal["query"])) > 0
