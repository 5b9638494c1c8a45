"""Pruning gives what scoring everything gives, and both what a plain sum over documents gives."""

import random
from collections import Counter

import numpy as np
import pytest

from webagents.envs.webshop.search.bm25 import kept_lengths, length_bytes
from webagents.envs.webshop.search.building import build
from webagents.envs.webshop.search.engine import SearchEngine
from webagents.envs.webshop.search.index import in_memory
from webagents.envs.webshop.search.ranking import exhaustive, pruned


def engine_of(texts: dict[str, str]) -> SearchEngine:
    engine = SearchEngine.__new__(SearchEngine)
    engine._use(build(texts.items(), in_memory), None)
    return engine


def shelf(seed: int, documents: int, vocabulary: int, tied: bool) -> tuple[SearchEngine, list[str]]:
    """Texts drawn by Zipf's law, and queries; where texts are tied, most are twins of others."""
    drawing = random.Random(seed)
    names = [f"w{number}" for number in range(vocabulary)]
    chances = [1 / (number + 1) for number in range(vocabulary)]
    made = [
        " ".join(drawing.choices(names, chances, k=drawing.randint(1, 40)))
        for _ in range(documents // 20 if tied else documents)
    ]
    texts = [drawing.choice(made) for _ in range(documents)] if tied else made
    asins = drawing.sample(range(10**6), documents)
    engine = engine_of({f"{asin:06d}": text for asin, text in zip(asins, texts, strict=True)})
    queries = [" ".join(drawing.choices(names, k=drawing.randint(1, 20))) for _ in range(60)]
    return engine, queries


@pytest.mark.parametrize("tied", [False, True], ids=["all kinds", "many twins"])
@pytest.mark.parametrize(("documents", "vocabulary"), [(400, 30), (3000, 60), (3000, 2000)])
def test_pruned_results_are_exactly_the_exhaustive_ones(documents, vocabulary, tied):
    engine, queries = shelf(documents + vocabulary, documents, vocabulary, tied)
    sums = np.zeros(documents)
    for query in queries:
        terms = engine.terms(query)
        for k in (1, 5, 50):
            docs, scores = exhaustive(engine.index, terms, k)
            for short in (0, 16, 500):
                found, scored = pruned(engine.index, terms, k, sums, short=short)
                assert (found.tolist(), scored.tolist()) == (docs.tolist(), scores.tolist())
    assert not sums.any()


def test_scores_are_those_of_the_formula_over_all_documents():
    texts = {"A": "red lamp red", "B": "lamp " * 50, "C": "blue chair", "D": "the of", "E": "red x"}
    terms = {asin: Counter(text.split()) for asin, text in texts.items() if asin != "D"}
    mean = sum(counts.total() for counts in terms.values()) / len(terms)
    expected = {}
    for asin, counts in terms.items():
        kept = kept_lengths()[length_bytes(np.array([counts.total()]))][0]
        norm = 0.9 * (0.6 + 0.4 * kept / mean)
        for term in ("red", "red", "lamp"):
            holding = sum(term in others for others in terms.values())
            weight = np.log(1 + (len(terms) - holding + 0.5) / (holding + 0.5))
            score = weight * counts[term] / (counts[term] + norm)
            expected[asin] = expected.get(asin, 0.0) + score
    expected.pop("C")
    found = dict(engine_of(texts).search("red lamp red"))
    assert found == pytest.approx(expected, abs=1e-4)
