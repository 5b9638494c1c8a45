"""The made-up catalogue: what it holds, that it repeats, and that its wishes can be met."""

import gzip
import json
import sys
import tomllib
import tracemalloc
from collections import Counter
from itertools import islice

import pytest

from webagents.envs.webshop.inventing import invent
from webagents.envs.webshop.inventing.__main__ import main
from webagents.envs.webshop.inventing.files import write_files
from webagents.envs.webshop.inventing.stream import asin
from webagents.envs.webshop.inventing.vocabulary import CATEGORIES, vocabulary
from webagents.envs.webshop.pictures import shapes
from webagents.envs.webshop.reward import score
from webagents.envs.webshop.shop import BUNDLED, open_shop
from webagents.resources import content

FILES = ("items_shuffle.json.gz", "items_ins_v2.json.gz", "items_human_ins.json.gz")
BUTTONS = {
    "search", "back to search", "< prev", "next >", "description", "features", "reviews",
    "attributes", "buy now",
}  # fmt: skip


@pytest.fixture(scope="module")
def bundled():
    return list(invent())


@pytest.fixture(scope="module")
def shop():
    return open_shop(content(*BUNDLED))


def plain_nouns(title):
    return title.lower().split()


def options_for(product, wanted):
    return {
        name: value for name, values in product["options"].items() for value in values
        if value in wanted
    }  # fmt: skip


def test_the_bundled_files_are_what_the_generator_writes(tmp_path, bundled):
    write_files(tmp_path, bundled)

    def unpacked(folder):
        return [gzip.decompress((folder / name).read_bytes()) for name in FILES]

    assert unpacked(tmp_path) == unpacked(content(*BUNDLED))


def test_the_bundled_files_are_small_and_carry_no_time():
    packed = [content("envs", "webshop", "catalogue", name).read_bytes() for name in FILES]
    assert [file[4:8] for file in packed] == [bytes(4)] * 3
    assert sum(map(len, packed)) < 2_000_000


def test_the_shop_takes_every_product_and_every_human_instruction(bundled, shop):
    assert len(shop.products) == len(bundled) == 3000
    assert len(shop.goals) == sum(len(each.asked) for each in bundled)
    assert len(shop.goals) >= 3600


def test_every_category_has_many_types_and_every_type_many_products(bundled):
    types = Counter(each.row["product_category"] for each in bundled)
    categories = Counter(each.category for each in vocabulary().types)
    assert (set(categories), min(categories.values()) >= 25) == (set(CATEGORIES), True)
    assert min(types.values()) >= 18


def test_buying_what_is_asked_for_earns_the_full_reward(shop):
    totals = Counter()
    for goal in shop.goals:
        product = shop.products[goal["asin"]]
        options = options_for(product, goal["goal_options"])
        price = shop.prices[goal["asin"]]
        totals[score(product, goal, price, options, tagger=plain_nouns).total] += 1
    assert totals == {1.0: len(shop.goals)}


def test_a_synthetic_goal_is_met_by_its_own_product():
    shop = open_shop(content(*BUNDLED), goals="synthetic")
    totals = Counter()
    for goal in shop.goals[:3000]:
        product = shop.products[goal["asin"]]
        price = shop.prices[goal["asin"]]
        totals[score(product, goal, price, goal["goal_options"], tagger=plain_nouns).total] += 1
    assert totals == {1.0: 3000}


def test_the_words_of_an_instruction_find_the_product_within_three_pages(shop):
    found = 0
    for goal in shop.goals[:400]:
        words = goal["instruction_text"].split(", and price lower")[0]
        found += goal["asin"] in [hit for hit, _ in shop.search(words, 30)]
    assert found >= 0.95 * 400


def test_instructions_are_worded_in_many_ways(bundled):
    texts = [asked["instruction"] for each in bundled for asked in each.asked]
    starts = Counter(" ".join(text.lower().split()[:3]) for text in texts)
    assert len(set(texts)) >= 0.99 * len(texts)
    assert len(starts) >= 60
    assert max(starts.values()) < 0.1 * len(texts)


def test_an_instruction_asks_only_for_what_its_product_has(bundled, shop):
    for each in bundled:
        values = shop.products[each.row["asin"]]["options"].values()
        offered = {value for group in values for value in group}
        for asked in each.asked:
            assert set(asked["instruction_attributes"]) <= set(each.entry["attributes"])
            assert set(asked["instruction_options"]) <= offered
            assert 1 <= len(asked["instruction_attributes"]) <= 3


def test_no_option_could_be_taken_for_another_one_or_for_a_button(shop):
    for product in shop.products.values():
        values = [value for group in product["options"].values() for value in group]
        assert len(values) == len(set(values))
        assert BUTTONS.isdisjoint(values)


def test_no_product_contradicts_itself(bundled):
    rivals = vocabulary().rivals
    for each in bundled:
        names = set(each.entry["attributes"])
        assert all(names.isdisjoint(rivals.get(name, ())) for name in names)


def test_the_same_seed_gives_the_same_products_and_another_one_others():
    assert list(islice(invent(1000, seed=3), 40)) == list(invent(40, seed=3))
    one, other = (json.dumps([each.row for each in invent(40, seed=seed)]) for seed in (3, 4))
    assert one != other


def test_product_numbers_do_not_repeat():
    numbers = {asin(index, seed=7) for index in range(100_000)}
    assert len(numbers) == 100_000
    assert {len(number) for number in numbers} == {10}


def test_every_word_of_the_vocabulary_is_used():
    types = vocabulary().types
    path = content("envs", "webshop", "vocabulary", "attributes.toml")
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    names = {name for kind, lines in listed.items() if kind != "conflicts" for name in lines}
    rivals = {name for group in listed["conflicts"]["sets"] for name in group}
    assert {each.name for kind in types for each in kind.attributes} == names
    assert rivals <= names
    assert {kind.shape for kind in types} <= set(shapes())


def test_the_command_writes_the_three_files_and_says_how_much(tmp_path, monkeypatch, capsys):
    out = tmp_path / "made"
    flags = ["--products", "12", "--seed", "5", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["inventing", *flags])
    main()
    asked = json.loads(gzip.decompress((out / FILES[2]).read_bytes()))
    entries = json.loads(gzip.decompress((out / FILES[1]).read_bytes()))
    human = sum(map(len, asked.values()))
    synthetic = sum("instruction" in entry for entry in entries.values())
    assert capsys.readouterr().out == (
        f"12 products, {human} human and {synthetic} synthetic instructions in {out}\n"
    )


@pytest.mark.slow
def test_products_are_made_one_at_a_time():
    vocabulary()
    tracemalloc.start()
    for _ in invent(5000):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000  # bytes; 5,000 products kept would be some twenty million
