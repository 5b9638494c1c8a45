"""What a document is denoised by: one way to mask it, with the lengths that gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from webagents.errors import UserError
from webagents.training.denoising.corruption import Example, as_tokens, corrupt, cut
from webagents.training.denoising.lengths import Lengths, check, noise_counts, span_lengths
from webagents.training.denoising.masks import prefix_mask, spans_mask
from webagents.training.denoising.sentinels import Sentinels


class Objective(Protocol):
    """One way to make an example of a document."""

    def lengths(self, inputs_length: int) -> Lengths:
        """The longest documents that give inputs of at most `inputs_length` tokens, and more."""
        ...

    def example(
        self, tokens: ArrayLike, sentinels: Sentinels, generator: np.random.Generator
    ) -> Example:
        """An example of a document's token ids; `restore` undoes it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanCorruption:
    """Spans of random lengths are replaced by sentinels and have to be said.

    mean_span_length: µ, in tokens; 3 in T5, 8 and 64 in HTML-T5.
    noise_density: the share of tokens that is masked.
    anywhere: whether a document may end unmasked (`spans_mask`). In T5 it never does, so that where
        one span is all there is (µ = 64 in documents of up to 639 tokens) it is always the end.
    """

    mean_span_length: float = 3.0
    noise_density: float = 0.15
    anywhere: bool = False

    def __post_init__(self) -> None:
        check(self.noise_density, self.mean_span_length)

    def lengths(self, inputs_length: int) -> Lengths:
        """See `span_lengths`; a document that ends unmasked costs the targets one more sentinel."""
        lengths = span_lengths(inputs_length, self.noise_density, self.mean_span_length)
        return lengths._replace(targets=lengths.targets + self.anywhere)

    def example(
        self, tokens: ArrayLike, sentinels: Sentinels, generator: np.random.Generator
    ) -> Example:
        """See `spans_mask` and `corrupt`."""
        document = as_tokens(tokens)
        mask = spans_mask(
            document.size,
            generator,
            noise_density=self.noise_density,
            mean_span_length=self.mean_span_length,
            anywhere=self.anywhere,
        )
        return corrupt(document, mask, sentinels)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixLM:
    """The beginning of a document is read, the rest has to be said; no sentinels.

    noise_density: the share that has to be said; None draws where to cut uniformly, as T5 does.
    """

    noise_density: float | None = None

    def __post_init__(self) -> None:
        if self.noise_density is not None:
            check(self.noise_density, 1)

    def lengths(self, inputs_length: int) -> Lengths:
        """The longest documents of which no part is longer than the inputs may be.

        With a share above one half the targets are longer than the inputs.
        """
        if inputs_length < 2:
            raise UserError(f"inputs of {inputs_length} tokens are too short; 2 would do")
        if self.noise_density is None:
            return Lengths(inputs_length, inputs_length, inputs_length, 1)
        raw = inputs_length
        while _left(raw + 1, self.noise_density) < inputs_length:
            raw += 1
        left = _left(raw, self.noise_density)
        return Lengths(raw, left + 1, raw - left + 1, 1)

    def example(
        self, tokens: ArrayLike, sentinels: Sentinels, generator: np.random.Generator
    ) -> Example:
        """See `prefix_mask`."""
        document = as_tokens(tokens)
        mask = prefix_mask(document.size, generator, noise_density=self.noise_density)
        return cut(document, mask, sentinels)


def _left(length: int, noise_density: float) -> int:
    """How many tokens of a document are read."""
    return max(length, 2) - noise_counts(length, noise_density, length).noise
