"""Which tokens of a document are noise: boolean arrays, drawn from a generator.

Legend: T the document's tokens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webagents.training.denoising.lengths import noise_counts

Mask = NDArray[np.bool_]
"""bool (T,): True where a token is noise."""


def spans_mask(
    length: int,
    generator: np.random.Generator,
    *,
    noise_density: float = 0.15,
    mean_span_length: float = 3.0,
    anywhere: bool = False,
) -> Mask:
    """Spans of noise of random lengths between spans of random lengths that are left.

    The number of masked tokens and of spans is fixed (`noise_counts`); every way to part the masked
    tokens into that many spans is equally likely, and so is every way to part the rest. The first
    token is never noise, and the last one always is (but in a document of a single token): a single
    span is thus the document's end, each time.

    anywhere: whether the document may also end unmasked, so that a single span can lie anywhere
        behind the first token. T5 does not do this.

    Source: ``random_spans_noise_mask`` of google-research/text-to-text-transfer-transformer.

    Raises:
        UserError: see `noise_counts`.
    """
    noise, spans = noise_counts(length, noise_density, mean_span_length)
    left = max(length, 2) - noise
    runs = np.empty(2 * spans + anywhere, np.int64)
    if anywhere:
        runs[0::2] = _parted(left + 1, spans + 1, generator)
        runs[-1] -= 1
    else:
        runs[0::2] = _parted(left, spans, generator)
    runs[1::2] = _parted(noise, spans, generator)
    return np.repeat(np.resize([False, True], runs.size), runs)[:length]


def prefix_mask(
    length: int, generator: np.random.Generator, *, noise_density: float | None = None
) -> Mask:
    """The end of the document from some token on; the first token is never in it.

    noise_density: the share that is noise; None draws how much is left uniformly from 1 to
        ``length - 1`` tokens.

    Source: ``random_prefix_noise_mask`` of google-research/text-to-text-transfer-transformer.

    Raises:
        UserError: the density lies outside 0 to 1.
    """
    if length < 2:
        return np.zeros(length, np.bool_)
    if noise_density is None:
        left = int(generator.integers(1, length))
    else:
        left = length - noise_counts(length, noise_density, mean_span_length=length).noise
    return np.arange(length) >= left


def _parted(items: int, parts: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """The lengths of `parts` runs, none empty, that `items` are parted into, all ways alike."""
    cuts = np.empty(parts + 1, np.int64)
    cuts[0], cuts[-1] = 0, items
    cuts[1:-1] = generator.choice(items - 1, parts - 1, replace=False, shuffle=False) + 1
    cuts.sort()
    return np.diff(cuts)
