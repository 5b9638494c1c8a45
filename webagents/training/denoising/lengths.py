"""How many tokens make an example of a wanted length, and how many of them are noise."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from webagents.errors import UserError


class Counts(NamedTuple):
    """What is masked of a document.

    noise: masked tokens, in all.
    spans: the runs they form.
    """

    noise: int
    spans: int


class Lengths(NamedTuple):
    """An example's lengths in tokens.

    raw: the document before corruption.
    inputs, targets: what the encoder reads and what the decoder has to say, end tokens included.
    spans: the masked spans, each of which costs both sides a sentinel.
    """

    raw: int
    inputs: int
    targets: int
    spans: int


def noise_counts(length: int, noise_density: float, mean_span_length: float) -> Counts:
    """How much of a document of `length` tokens is masked.

    At least one token is masked and at least one is left, and there are no more spans than tokens
    to make them, or to lie between them, of. A document of fewer than two tokens is counted as one
    of two. Halves are rounded to even, in float64.

    Source: ``random_spans_noise_mask`` of google-research/text-to-text-transfer-transformer. That
    computes in float32, which differs by one token where the product is almost a half (190 tokens
    at 0.15); float64 is what its ``random_spans_helper`` computes in, so that here both agree.
    That spans are no more than what is left matters only at densities above 0.5, and is ours.

    Raises:
        UserError: the density lies outside 0 to 1, or the mean is less than one token.
    """
    check(noise_density, mean_span_length)
    length = max(length, 2)
    noise = min(max(round(length * noise_density), 1), length - 1)
    spans = min(max(round(noise / mean_span_length), 1), noise, length - noise)
    return Counts(noise, spans)


def span_lengths(
    inputs_length: int, noise_density: float = 0.15, mean_span_length: float = 3.0
) -> Lengths:
    """The longest documents whose corruption fills `inputs_length`, and the lengths that gives.

    Source: ``random_spans_helper`` of google-research/text-to-text-transfer-transformer, with one
    sentinel a span on both sides and an end token. Where that counts no span at all (a mean more
    than twice the noise), one is counted, as one is masked.

    Raises:
        UserError: no document of two tokens fits, or see `noise_counts`.
    """

    def lengths(raw: int) -> Lengths:
        noise, spans = noise_counts(raw, noise_density, mean_span_length)
        return Lengths(raw, raw - noise + spans + 1, noise + spans + 1, spans)

    # The inputs never grow shorter with the document, and hold all that is not noise.
    check(noise_density, mean_span_length)
    longest = int(inputs_length / (1 - noise_density)) + 2
    raw = 1 + bisect_right(range(2, longest), inputs_length, key=lambda raw: lengths(raw).inputs)
    if raw < 2:
        raise UserError(f"inputs of {inputs_length} tokens are too short to denoise; 3 would do")
    wanted = lengths(raw)
    # T5 wants targets no longer than inputs where half of the tokens are noise, and takes one token
    # off both; where a span is lost by that as well, the targets are really one shorter still.
    if noise_density == 0.5 and wanted.targets > wanted.inputs and raw > 2:
        return lengths(raw - 1)._replace(targets=wanted.targets - 1)
    return wanted


def check(noise_density: float, mean_span_length: float) -> None:
    """Checks what an objective is made with.

    Raises:
        UserError: the density lies outside 0 to 1, or the mean is less than one token.
    """
    if not 0 < noise_density < 1:
        raise UserError(f"a noise density of {noise_density} masks all or nothing; 0.15 is usual")
    if not mean_span_length >= 1:
        raise UserError(f"spans of {mean_span_length} tokens on average; 1 is the least")
