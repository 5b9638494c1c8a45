import numpy as np

from webagents.envs.webshop.search.bm25 import (
    idf,
    inverse_norms,
    kept_lengths,
    length_bytes,
    term_scores,
    told_scores,
)


def test_lengths_are_kept_in_a_byte_as_lucene_keeps_them():
    lengths = np.array([0, 1, 39, 40, 41, 42, 55, 56, 59, 60, 87, 88, 95, 96, 1000, 2**31 - 1])
    kept = kept_lengths()[length_bytes(lengths)]
    assert kept.tolist() == [
        0, 1, 39, 40, 40, 42, 54, 56, 56, 60, 84, 88, 88, 96, 984, 2013265944,
    ]  # fmt: skip


def test_a_score_is_the_formula_of_bm25_without_its_constant_factor():
    length, mean, frequency, holding, documents = 12, 20.5, 3, 7, 128
    norm = 0.9 * (1 - 0.4 + 0.4 * length / mean)
    expected = np.log(1 + (documents - holding + 0.5) / (holding + 0.5)) * (
        frequency / (frequency + norm)
    )
    saturation = np.float32(frequency) * inverse_norms(mean)[length : length + 1]
    assert np.allclose(term_scores(idf(documents, holding), saturation), expected, rtol=1e-6)


def test_scores_are_told_with_four_decimals_and_each_tie_a_millionth_lower():
    scores = np.array([9.28004, 1.28081, 1.28080, 1.28079, 1.0650, 0.9, 0.9], np.float32)
    assert [round(score, 6) for score in told_scores(scores)] == [
        9.28, 1.2808, 1.280799, 1.280798, 1.065, 0.9, 0.899999,
    ]  # fmt: skip


def test_a_score_a_ten_thousandth_below_a_tie_begins_anew():
    scores = np.array([2.0003, 2.0003, 2.0001], np.float32)
    assert [round(score, 6) for score in told_scores(scores)] == [2.0003, 2.000299, 2.0001]
