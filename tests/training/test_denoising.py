"""Span corruption: T5's arithmetic and tokens, undone without loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webagents.errors import UserError
from webagents.training.denoising import (
    Denoiser,
    Example,
    Lengths,
    Mixture,
    PrefixLM,
    Sentinels,
    SpanCorruption,
    corrupt,
    mixture,
    noise_counts,
    prefix_mask,
    restore,
    span_lengths,
    spans_mask,
)

T5 = Sentinels(first=32099, count=100, eos=1)
MANY = Sentinels(first=39999, count=5000, eos=1)


def published(inputs_length: int, density: float, mean: float) -> tuple[int, int]:
    """T5's random_spans_helper, as its formula is: raw tokens and targets, by trial."""

    def both(raw: int) -> tuple[int, int]:
        noise = round(raw * density)
        spans = round(noise / mean)
        return raw - noise + spans + 1, noise + spans + 1

    raw = inputs_length
    while both(raw + 1)[0] <= inputs_length:
        raw += 1
    inputs, targets = both(raw)
    if density == 0.5 and targets > inputs:
        return raw - 1, targets - 1
    return raw, targets


@pytest.mark.parametrize(
    ("inputs_length", "mean", "wanted"),
    [
        (4096, 3, Lengths(4550, 4096, 910, 227)),
        (4096, 8, Lengths(4714, 4096, 796, 88)),
        (4096, 64, Lengths(4805, 4096, 733, 11)),
        (1024, 8, Lengths(1178, 1024, 200, 22)),
        (1024, 64, Lengths(1200, 1024, 184, 3)),
        (512, 8, Lengths(588, 512, 100, 11)),
        (512, 64, Lengths(600, 512, 92, 1)),
        (512, 3, Lengths(568, 512, 114, 28)),
    ],
)
def test_lengths_are_those_of_t5_and_html_t5(inputs_length, mean, wanted):
    assert span_lengths(inputs_length, 0.15, mean) == wanted


@pytest.mark.parametrize("density", [0.15, 0.25, 0.3, 0.5])
@pytest.mark.parametrize("mean", [2.5, 3, 8, 64])
def test_lengths_follow_t5s_trial_wherever_it_counts_a_span(density, mean):
    lengths = [n for n in range(8, 5000, 37) if round(round(n * density) / mean) > 0]
    ours = [span_lengths(n, density, mean) for n in lengths]
    assert [(one.raw, one.targets) for one in ours] == [
        published(n, density, mean) for n in lengths
    ]


def test_a_mean_longer_than_the_noise_still_fits_its_one_span():
    # T5's helper counts no span here, and its inputs then have 129 tokens.
    wanted = Lengths(148, 128, 24, 1)
    assert span_lengths(128, 0.15, 64) == wanted
    example = Denoiser(mixture("64"), T5, inputs_length=128).example(np.arange(2, 150), 0, 0)
    assert (example.inputs.size, example.targets.size) == (128, 24)


@pytest.mark.parametrize("inputs_length", [-1, 0, 1, 2])
def test_inputs_that_are_too_short_are_told(inputs_length):
    with pytest.raises(UserError, match="too short"):
        span_lengths(inputs_length)


@pytest.mark.parametrize(("density", "mean"), [(0, 3), (1, 3), (-0.1, 3), (0.15, 0.5)])
def test_impossible_noise_is_told(density, mean):
    with pytest.raises(UserError):
        noise_counts(100, density, mean)
    with pytest.raises(UserError):
        SpanCorruption(mean_span_length=mean, noise_density=density)


def runs(mask: np.ndarray) -> list[int]:
    """The lengths of the runs of noise."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return list(np.diff(edges)[::2])


@given(
    length=st.integers(2, 3000),
    density=st.floats(0.01, 0.99),
    mean=st.floats(1, 200),
    seed=st.integers(0, 2**32),
)
def test_masks_have_the_noise_and_the_spans_counted(length, density, mean, seed):
    mask = spans_mask(
        length, np.random.default_rng(seed), noise_density=density, mean_span_length=mean
    )
    noise, spans = noise_counts(length, density, mean)
    assert (mask.size, mask.sum(), len(runs(mask)), mask[0], mask[-1]) == (
        *(length, noise, spans),
        *(False, True),
    )


def test_every_way_to_part_the_noise_is_equally_likely():
    # 8 tokens, 4 of them noise in 2 spans: 3 ways to part each side.
    generator = np.random.default_rng(0)
    drawn = [
        tuple(spans_mask(8, generator, noise_density=0.5, mean_span_length=2)) for _ in range(9000)
    ]
    kinds, counts = np.unique(np.array(drawn), axis=0, return_counts=True)
    assert len(kinds) == 9
    # Each 1,000 times but for chance: five standard deviations are 149.
    assert np.abs(counts - 1000).max() < 149


def test_a_single_span_is_the_end_unless_it_may_lie_anywhere():
    def starts(*, anywhere: bool) -> set[int]:
        generator = np.random.default_rng(0)
        draw = [
            spans_mask(20, generator, noise_density=0.2, mean_span_length=64, anywhere=anywhere)
            for _ in range(500)
        ]
        assert {tuple(runs(mask)) for mask in draw} == {(4,)}
        return {int(np.argmax(mask)) for mask in draw}

    assert (starts(anywhere=False), starts(anywhere=True)) == ({16}, set(range(1, 17)))


def test_a_prefix_is_cut_anywhere_but_never_empty_nor_whole():
    generator = np.random.default_rng(0)
    cuts = {int(np.argmax(prefix_mask(5, generator))) for _ in range(200)}
    assert cuts == {1, 2, 3, 4}
    assert prefix_mask(8, generator, noise_density=0.25).tolist() == [False] * 6 + [True] * 2


def test_corruption_writes_t5s_sentinels_by_hand():
    tokens = [10, 11, 12, 13, 14, 15, 16]
    mask = np.array([0, 1, 1, 0, 0, 1, 1], bool)
    inputs, targets = corrupt(tokens, mask, T5)
    assert inputs.tolist() == [10, 32099, 13, 14, 32098, 1]
    assert targets.tolist() == [32099, 11, 12, 32098, 15, 16, 1]


def by_t5(tokens: np.ndarray, mask: np.ndarray, first: int) -> list[int]:
    """T5's noise_span_to_unique_sentinel, token by token."""
    out: list[int] = []
    sentinel, before = first + 1, False
    for token, noise in zip(tokens.tolist(), mask.tolist(), strict=True):
        if noise and not before:
            sentinel -= 1
            out.append(sentinel)
        elif not noise:
            out.append(token)
        before = noise
    return out


masks = st.lists(st.booleans(), max_size=60).map(lambda bits: np.array(bits, bool))


@given(mask=masks, seed=st.integers(0, 1000))
def test_any_mask_gives_what_t5s_formula_does_and_is_undone(mask, seed):
    tokens = np.random.default_rng(seed).integers(0, 32000, mask.size).astype(np.int32)
    example = corrupt(tokens, mask, T5)
    assert example.inputs.tolist() == [*by_t5(tokens, mask, 32099), 1]
    assert example.targets.tolist() == [*by_t5(tokens, ~mask, 32099), 1]
    assert restore(example, T5).tolist() == tokens.tolist()


OBJECTIVES = (
    *(SpanCorruption(mean_span_length=mean) for mean in (1, 3, 8, 64, 500.5)),
    *(SpanCorruption(mean_span_length=mean, noise_density=0.5) for mean in (3, 8, 64)),
    *(SpanCorruption(mean_span_length=mean, anywhere=True) for mean in (3, 8, 64)),
    SpanCorruption(mean_span_length=2, noise_density=0.97),
    PrefixLM(),
    PrefixLM(noise_density=0.25),
)


def check_documents(number: int, seed: int) -> int:
    """How many of so many random documents come back, each by a random objective."""
    denoiser = Denoiser(Mixture(OBJECTIVES), MANY, inputs_length=4096, seed=seed)
    generator = np.random.default_rng(seed)
    back = 0
    for index in range(number):
        size = int(generator.integers(0, 6) if index % 10 == 0 else generator.integers(0, 4090))
        document = generator.integers(0, 30000, size).astype(np.int32)
        example = denoiser.example(document, 0, index)
        back += np.array_equal(restore(example, MANY), document)
    return back


def test_corrupt_then_restore_is_the_identity():
    assert check_documents(500, seed=1) == 500


@pytest.mark.slow
def test_corrupt_then_restore_is_the_identity_on_10000_documents():
    assert check_documents(10_000, seed=2) == 10_000


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        ([5, 32099], [32099, 7, 1], "no end token"),
        ([5, 32098, 1], [32098, 7, 1], "they count"),
        ([5, 32099, 6, 32098, 1], [32099, 7, 1], "2 holes in the inputs, 1 spans"),
        ([5, 32099, 1], [32099, 7, 32098, 8, 1], "1 holes in the inputs, 2 spans"),
    ],
)
def test_what_cannot_be_undone_is_told(inputs, targets, message):
    with pytest.raises(UserError, match=message):
        restore(Example(np.array(inputs), np.array(targets)), T5)


def test_a_sentinel_in_a_document_is_refused():
    with pytest.raises(UserError, match="token 32050 at 1 is a sentinel"):
        corrupt([5, 32050], np.array([False, True]), T5)


def test_more_spans_than_sentinels_are_refused_before_and_while_corrupting():
    with pytest.raises(UserError, match="needs 227 sentinels, the vocabulary has 100"):
        Denoiser(mixture("3"), T5, inputs_length=4096)
    with pytest.raises(UserError, match="2 spans and 1 sentinels"):
        corrupt([5, 6, 7, 8], np.array([0, 1, 0, 1], bool), Sentinels(first=99, count=1))


def test_an_example_depends_on_its_seed_epoch_and_number_alone():
    def inputs(seed: int, epoch: int, index: int) -> list[int]:
        denoiser = Denoiser(mixture("3,8"), T5, inputs_length=256, seed=seed)
        return denoiser.example(np.arange(2, 280), epoch, index).inputs.tolist()

    ways = [(s, e, i) for s in (0, 1, 2**40) for e in (0, 1) for i in (0, 1, 2**33)]
    forwards = [inputs(*way) for way in ways]
    backwards = [inputs(*way) for way in reversed(ways)]
    assert forwards == backwards[::-1]
    assert len({tuple(one) for one in forwards}) == len(ways)


def test_an_example_stays_the_one_it_was():
    # Drawn with NumPy 2.4: a resumed run has to see what it would have seen.
    denoiser = Denoiser(mixture("3"), T5, inputs_length=20, seed=7)
    example = denoiser.example(np.arange(100, 120), 2, 5)
    assert [side.tolist() for side in example] == PINNED


PINNED = [
    [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 32099, 1],
    [32099, 117, 118, 119, 1],
]


def test_raw_lengths_fill_the_inputs_whichever_objective_is_drawn():
    denoiser = Denoiser(mixture("8,64"), T5, inputs_length=4096, seed=3)
    lengths = [denoiser.raw_length(1, index) for index in range(40)]
    sizes = {
        denoiser.example(np.full(length, 5), 1, index).inputs.size
        for index, length in enumerate(lengths)
    }
    assert (set(lengths), sizes) == ({4714, 4805}, {4096})
    assert denoiser.targets_length == 796


def test_a_document_that_is_too_long_is_refused():
    denoiser = Denoiser(mixture("8"), T5, inputs_length=512)
    with pytest.raises(UserError, match="589 tokens as example 0, which takes 588"):
        denoiser.example(np.full(589, 5), 0, 0)


def test_mixtures_are_read_from_their_short_form():
    assert mixture("3, 8~@0.5*2,prefix,prefix@0.25") == Mixture(
        (
            SpanCorruption(mean_span_length=3.0),
            SpanCorruption(mean_span_length=8.0, noise_density=0.5, anywhere=True),
            PrefixLM(),
            PrefixLM(noise_density=0.25),
        ),
        (1.0, 2.0, 1.0, 1.0),
    )


@pytest.mark.parametrize("text", ["", "8,", "eight", "8@1.5", "0.5", "8*0", "-3", "prefix~"])
def test_a_mixture_that_cannot_be_read_is_told(text):
    with pytest.raises(UserError):
        mixture(text)


def test_objectives_are_drawn_by_their_weights():
    mixed = Mixture((SpanCorruption(), PrefixLM(), SpanCorruption(mean_span_length=8)), (1, 2, 5))
    generator = np.random.default_rng(0)
    counts = np.bincount([mixed.draw(generator) for _ in range(8000)], minlength=3)
    # Five standard deviations of 1,000, 2,000 and 5,000 of 8,000 draws.
    assert (np.abs(counts - [1000, 2000, 5000]) < [148, 194, 217]).all()


@pytest.mark.parametrize("mean", [3, 8, 64])
def test_spans_anywhere_fill_the_same_inputs_and_need_a_target_more(mean):
    objective = SpanCorruption(mean_span_length=mean, anywhere=True)
    lengths = objective.lengths(512)
    sizes = [
        objective.example(np.full(lengths.raw, 5), T5, np.random.default_rng(seed))
        for seed in range(50)
    ]
    assert {example.inputs.size for example in sizes} == {512}
    assert max(example.targets.size for example in sizes) == lengths.targets


@pytest.mark.parametrize("density", [None, 0.15, 0.25])
def test_a_prefix_of_the_longest_documents_fits(density):
    objective = PrefixLM(noise_density=density)
    lengths = objective.lengths(100)
    sizes = [
        objective.example(np.full(lengths.raw, 5), T5, np.random.default_rng(seed))
        for seed in range(300)
    ]
    assert max(example.inputs.size for example in sizes) == lengths.inputs == 100
    assert max(example.targets.size for example in sizes) == lengths.targets


class _Tokenizer:
    eos_token_id = 1

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary

    def get_vocab(self):
        return self.vocabulary


def test_sentinels_are_those_that_count_down():
    vocabulary = {"</s>": 1, "<extra_id_0>": 9, "<extra_id_1>": 8, "<extra_id_2>": 5}
    assert Sentinels.of(_Tokenizer(vocabulary)) == Sentinels(first=9, count=2, eos=1)
    with pytest.raises(UserError, match="extra_id_0"):
        Sentinels.of(_Tokenizer({"a": 0}))
