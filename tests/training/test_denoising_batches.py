"""From documents to batches: cutting, packing, buckets, padding."""

import subprocess
import sys
from itertools import cycle, pairwise, repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webagents.errors import UserError
from webagents.training.denoising import (
    BatchSize,
    Cutter,
    Example,
    bucketed,
    collate,
    padding_share,
)


def documents(sizes: list[int]) -> list[list[int]]:
    """Documents of these sizes whose tokens count on from document to document."""
    ends = np.cumsum([0, *sizes])
    return [list(range(a, b)) for a, b in pairwise(ends)]


def pieces(texts, lengths, **options) -> list[list[int]]:
    """All pieces, taken by cutters that each go on where the one before left off."""
    coming, rest, found = iter(texts), [], []
    for length in lengths:
        cutter = Cutter(coming, rest=rest, **options)
        piece = cutter.piece(length)
        if piece is None:
            return found
        found.append(piece.tolist())
        rest = cutter.rest.tolist()
    raise AssertionError("lengths never end")


def test_a_piece_ends_with_its_document():
    assert pieces(documents([5, 0, 3, 7]), repeat(3)) == [
        *([0, 1, 2], [3, 4], [5, 6, 7], [8, 9, 10], [11, 12, 13]),
        # The last token of the last document, alone, is left out.
    ]


def test_pieces_take_each_its_own_length():
    assert pieces(documents([7]), cycle([2, 3])) == [[0, 1], [2, 3, 4], [5, 6]]
    assert pieces(documents([4, 5]), cycle([2, 3]), together=True) == [
        *([0, 1], [2, 3, 4], [5, 6], [7, 8]),
    ]


def test_pieces_run_on_over_documents_with_a_separator_where_one_is_asked_for():
    assert pieces([[5, 6], [7], [], [8, 9, 10]], repeat(4), together=True, separator=1) == [
        *([5, 6, 1, 7], [1, 1, 8, 9], [10, 1]),
    ]


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(2, 30))
def test_pieces_of_documents_together_are_full_and_lose_at_most_the_last_token(sizes, length):
    found = pieces(documents(sizes), repeat(length), together=True)
    flat = [token for piece in found for token in piece]
    assert flat == list(range(sum(sizes) - (sum(sizes) % length == 1)))
    assert all(len(piece) == length for piece in found[:-1])


def examples(number: int, seed: int = 0) -> list[Example]:
    """Examples of many lengths; the first token of the inputs is the example's number."""
    generator = np.random.default_rng(seed)
    sizes = generator.lognormal(5, 1, number).astype(int) + 2
    return [
        Example(np.full(size, place, np.int32), np.full(size // 6 + 2, 7, np.int32))
        for place, size in enumerate(sizes)
    ]


def numbers(batches) -> list[list[int]]:
    return [[int(example.inputs[0]) for example in batch] for batch in batches]


def test_buckets_give_each_example_once_and_always_in_the_same_order():
    first = numbers(bucketed(iter(examples(1000)), BatchSize(rows=16), seed=3, window=250))
    again = numbers(bucketed(iter(examples(1000)), BatchSize(rows=16), seed=3, window=250))
    other = numbers(bucketed(iter(examples(1000)), BatchSize(rows=16), seed=4, window=250))
    assert sorted(number for batch in first for number in batch) == list(range(1000))
    assert sorted(map(len, first)) == [8, *([16] * 62)]
    assert first == again != other
    assert sorted(map(sorted, first)) == sorted(map(sorted, other))


def test_buckets_cost_little_padding():
    plain = [examples(4096)[start : start + 16] for start in range(0, 4096, 16)]
    sorted_ = list(bucketed(examples(4096), BatchSize(rows=16), seed=0))
    assert padding_share(plain) > 0.5
    assert padding_share(sorted_) < 0.08


def test_buckets_of_tokens_stay_within_their_size_but_for_what_is_longer_alone():
    batches = list(bucketed(examples(1000), BatchSize(tokens=2000), seed=0, window=500))
    padded = [
        len(batch) * sum(max(map(len, side)) for side in zip(*batch, strict=True))
        for batch in batches
    ]
    assert sorted(number for batch in numbers(batches) for number in batch) == list(range(1000))
    assert all(size <= 2000 or len(batch) == 1 for size, batch in zip(padded, batches, strict=True))
    assert np.median(padded) > 1500


def test_nothing_gives_no_batch():
    assert list(bucketed([], BatchSize(tokens=5), seed=0)) == []
    assert padding_share([]) == 0.0


@pytest.mark.parametrize("sizes", [{}, {"rows": 2, "tokens": 3}, {"rows": 0}])
def test_a_batch_size_that_is_none_is_told(sizes):
    with pytest.raises(UserError):
        BatchSize(**sizes)


def test_a_batch_is_padded_on_the_right_and_the_decoder_starts_from_padding():
    batch = [
        Example(np.array([5, 32099, 1]), np.array([32099, 6, 7, 1])),
        Example(np.array([8, 1]), np.array([9, 1])),
    ]
    arrays = collate(batch, multiple_of=4)
    assert {name: array.tolist() for name, array in arrays.items()} == {
        "input_ids": [[5, 32099, 1, 0], [8, 1, 0, 0]],
        "attention_mask": [[1, 1, 1, 0], [1, 1, 0, 0]],
        "labels": [[32099, 6, 7, 1], [9, 1, -100, -100]],
        "decoder_input_ids": [[0, 32099, 6, 7], [0, 9, 1, 0]],
        "decoder_attention_mask": [[1, 1, 1, 1], [1, 1, 0, 0]],
    }
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.int64)}


def test_batches_can_be_of_fixed_lengths():
    arrays = collate([Example(np.array([5, 1]), np.array([1]))], inputs_length=6, targets_length=3)
    assert (arrays["input_ids"].shape, arrays["labels"].shape) == ((1, 6), (1, 3))
    with pytest.raises(UserError, match="3 tokens does not fit into 2"):
        collate([Example(np.array([5, 6, 1]), np.array([1]))], inputs_length=2)
    with pytest.raises(UserError, match="no examples"):
        collate([])


def test_denoising_loads_neither_torch_nor_transformers(tmp_path):
    code = (
        "import sys, webagents.training.denoising; "
        "print(sorted({'torch', 'transformers', 'tokenizers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
