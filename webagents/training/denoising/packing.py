"""Documents cut to the lengths that fill a model's inputs, each alone or one behind the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike

from webagents.training.denoising.corruption import Tokens, as_tokens

SHORTEST = 2
"""A piece of fewer tokens is left out: of one token nothing can be masked."""


def chunks(documents: Iterable[ArrayLike], lengths: int | Iterable[int]) -> Iterator[Tokens]:
    """Each document alone, in pieces of at most the next length; for subtrees, as in HTML-T5.

    documents: token ids (T,), without end tokens.
    lengths: one for all pieces, or one for each (`Denoiser.raw_lengths`).
    """
    most = _each(lengths)
    for tokens in documents:
        rest = as_tokens(tokens)
        while rest.size >= SHORTEST:
            length = next(most)
            yield rest[:length]
            rest = rest[length:]


def packed(
    documents: Iterable[ArrayLike], lengths: int | Iterable[int], *, separator: int | None = None
) -> Iterator[Tokens]:
    """The documents one behind the other, in pieces of exactly the next length but for the last.

    documents, lengths: see `chunks`.
    separator: a token put after each document; None puts none, as T5 does.

    Source: ``reduce_concat_tokens`` and ``split_tokens`` of
    google-research/text-to-text-transfer-transformer.
    """
    most = _each(lengths)
    length = next(most)
    held: list[Tokens] = []
    size = 0
    for tokens in documents:
        rest = as_tokens(tokens)
        if separator is not None:
            rest = np.append(rest, np.int32(separator))
        while size + rest.size >= length:
            yield np.concatenate([*held, rest[: length - size]])
            rest = rest[length - size :]
            held, size, length = [], 0, next(most)
        held.append(rest)
        size += rest.size
    if size >= SHORTEST:
        yield np.concatenate(held)


def _each(lengths: int | Iterable[int]) -> Iterator[int]:
    return repeat(lengths) if isinstance(lengths, int) else iter(lengths)
