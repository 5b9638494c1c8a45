import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.envs.webshop import shops
from webagents.envs.webshop.catalogue.products import processed
from webagents.envs.webshop.search import SearchEngine
from webagents.envs.webshop.search.analysis import analyze
from webagents.envs.webshop.search.documents import documents


def product(asin: str, title: str, **others: Any) -> dict[str, Any]:
    made = {"Description": "", "BulletPoints": [""], "options": {}}
    return {"asin": asin, "Title": title} | made | others


SHELF = [
    product("B2", "Red lamp", Description="A lamp for reading"),
    product("B1", "Blue lamp", BulletPoints=["Made of glass", "unseen"]),
    product("b0", "Glass vase", options={"color": ["navy", "sea | green"], "size": ["8 inch"]}),
    product("B3", "red chair"),
]


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """What the original's engine answered, see `meta` in the file."""
    found: dict[str, Any] = json.loads(shops.recorded("search_cases.json").read_bytes())
    return found["sets"]["catalog"]


@pytest.fixture(scope="module")
def rows(recorded: dict[str, Any]) -> list[dict[str, Any]]:
    return json.loads(shops.recorded("catalog/items_shuffle.json").read_bytes())


def test_the_texts_that_are_indexed_are_the_originals(recorded, rows):
    assert list(documents(rows)) == [(one["id"], one["contents"]) for one in recorded["documents"]]


def test_the_terms_of_documents_and_queries_are_the_originals(recorded):
    texts = [(one["contents"], one["tokens"]) for one in recorded["documents"]]
    texts += [(one["q"], one["query_tokens"]) for one in recorded["queries"]]
    assert [analyze(text) for text, _ in texts] == [tokens for _, tokens in texts]


def test_results_and_scores_are_the_originals(recorded, rows):
    engine = SearchEngine(rows)
    answers = {
        one["q"]: [(asin, round(score, 6)) for asin, score in engine.search(one["q"])]
        for one in recorded["queries"]
    }
    assert answers == {
        one["q"]: [(asin, score) for asin, score in one["hits"]] for one in recorded["queries"]
    }


def test_rows_products_and_mappings_give_the_same_engine(recorded, rows):
    kept = {row["asin"]: row for row in reversed(rows) if row["asin"] in recorded["order"]}
    products = [processed(row) for row in kept.values()]  # their order does not matter
    engines = [
        SearchEngine(rows),
        SearchEngine(iter(products)),
        SearchEngine({product["asin"]: product for product in products}),
    ]
    queries = [one["q"] for one in recorded["queries"]]
    first, second, third = ([engine.search(query) for query in queries] for engine in engines)
    assert first == second == third


def test_the_best_come_first_and_no_other_than_those_with_a_word():
    assert [asin for asin, _ in SearchEngine(SHELF).search("a red glass lamp")] == [
        "B2",
        "B1",
        "B3",
        "b0",
    ]


def test_equal_scores_are_ordered_by_asin_byte_by_byte_and_told_a_millionth_apart():
    twins = [product(asin, "Red lamp") for asin in ("b1", "B2", "B10", "A1")]
    found = SearchEngine([*twins, product("C1", "chair")]).search("lamp")
    best = found[0][1]
    assert [(asin, round((best - score) * 1e6)) for asin, score in found] == [
        ("A1", 0),
        ("B10", 1),
        ("B2", 2),
        ("b1", 3),
    ]


def test_only_so_many_results_are_given_as_are_asked_for():
    engine = SearchEngine(SHELF)
    all_of_them = engine.search("lamp glass red", k=50)
    assert [engine.search("lamp glass red", k=k) for k in (-1, 0, 1, 3)] == [
        [],
        [],
        all_of_them[:1],
        all_of_them[:3],
    ]


@pytest.mark.parametrize("query", ["", "the of and", "zzzz", "-- !", "\ud800"])
def test_a_query_without_a_known_word_finds_nothing(query):
    assert SearchEngine(SHELF).search(query) == []


def test_options_and_the_first_bullet_point_are_searched_and_no_other():
    engine = SearchEngine(SHELF)
    found = {word: [asin for asin, _ in engine.search(word)] for word in ("navy", "made", "unseen")}
    assert found == {"navy": ["b0"], "made": ["B1"], "unseen": []}


def test_a_word_said_twice_counts_twice():
    engine = SearchEngine(SHELF)
    once, twice = engine.search("vase")[0], engine.search("vase vase")[0]
    assert twice == ("b0", pytest.approx(2 * once[1], abs=1e-4))


def test_without_products_nothing_is_found():
    assert SearchEngine([]).search("lamp") == []


def test_an_engine_passes_to_another_process_and_serves_threads():
    engine = pickle.loads(pickle.dumps(SearchEngine(SHELF)))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(engine.search, ["red lamp"] * 40))
    assert answers == [SearchEngine(SHELF).search("red lamp")] * 40
