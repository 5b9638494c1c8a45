"""A document and a mask into what is read and what is to be said, and back.

Legend: T the document's tokens, S its masked spans.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webagents.errors import UserError, clipped
from webagents.training.denoising.masks import Mask
from webagents.training.denoising.sentinels import Sentinels

Tokens = NDArray[np.int32]
"""int32 (T,): token ids."""


class Example(NamedTuple):
    """What the encoder reads and what the decoder has to say, each closed by the end token."""

    inputs: Tokens
    targets: Tokens

    @property
    def lengths(self) -> tuple[int, int]:
        """How many tokens there are of each."""
        return self.inputs.size, self.targets.size


def corrupt(tokens: ArrayLike, mask: Mask, sentinels: Sentinels) -> Example:
    """The document with a sentinel for each masked span, and the spans, each after its sentinel.

    tokens: token ids (T,), without an end token.
    mask: bool (T,), True where a token is noise (`spans_mask`).

    As in T5, a target is the document with a sentinel for each span that is *not* masked: with a
    mask that begins with noise the sentinels of a target lie behind their spans. `restore` reads
    both.

    Source: ``noise_span_to_unique_sentinel`` and ``nonnoise_span_to_unique_sentinel`` of
    google-research/text-to-text-transfer-transformer. T5 counts on downwards into ordinary tokens
    where the sentinels do not suffice; here that is an error, for it could not be undone.

    Raises:
        UserError: more spans than sentinels, a sentinel among the tokens, or a mask of another
            length.
    """
    document = as_tokens(tokens)
    if document.shape != mask.shape:
        raise UserError(f"a mask of {mask.size} for {document.size} tokens; one each is needed")
    _check_ordinary(document, sentinels)
    starts = np.flatnonzero(np.diff(mask, prepend=~mask[:1]))
    noise = mask[starts] if starts.size else np.zeros(0, np.bool_)
    return Example(
        _with_sentinels(document, ~mask, starts[noise], sentinels),
        _with_sentinels(document, mask, starts[~noise], sentinels),
    )


def cut(tokens: ArrayLike, mask: Mask, sentinels: Sentinels) -> Example:
    """What is not masked, and what is, without sentinels: prefix language modelling.

    Raises:
        UserError: a sentinel among the tokens.
    """
    document = as_tokens(tokens)
    _check_ordinary(document, sentinels)
    return Example(_ended(document[~mask], sentinels), _ended(document[mask], sentinels))


def restore(example: Example, sentinels: Sentinels) -> Tokens:
    """The document that an example was made of.

    Raises:
        UserError: an end token is missing, or the sentinels of inputs and targets do not match.
    """
    inputs, targets = (_opened(side, sentinels) for side in example)
    holes = _sentinels_in(inputs, sentinels, "the inputs")
    marks = _sentinels_in(targets, sentinels, "the targets")
    if not holes.size and not marks.size:
        return np.concatenate([inputs, targets])
    spans = np.split(targets, marks)
    spans = [spans[0], *(span[1:] for span in spans[1:])]
    if not spans[0].size:
        del spans[0]
    if len(spans) == holes.size + 1 and not spans[-1].size:
        del spans[-1]
    if len(spans) != holes.size:
        raise UserError(f"{holes.size} holes in the inputs, {len(spans)} spans in the targets")
    left = np.split(inputs, holes)
    pieces = [left[0]]
    for span, rest in zip(spans, left[1:], strict=True):
        pieces += [span, rest[1:]]
    return np.concatenate(pieces)


def as_tokens(tokens: ArrayLike) -> Tokens:
    """Token ids as an array, int32 (T,)."""
    return np.asarray(tokens, np.int32)


def _with_sentinels(
    document: Tokens, keep: Mask, starts: NDArray[np.intp], sentinels: Sentinels
) -> Tokens:
    """What is kept of the document, and at each start of what is not, its sentinel; ended."""
    if starts.size > sentinels.count:
        raise UserError(
            f"{starts.size} spans and {sentinels.count} sentinels; take longer spans, shorter "
            "documents or a vocabulary with more sentinels"
        )
    keep, filled = keep.copy(), document.copy()
    keep[starts] = True
    filled[starts] = sentinels.first - np.arange(starts.size, dtype=np.int32)
    return _ended(filled[keep], sentinels)


def _ended(tokens: Tokens, sentinels: Sentinels) -> Tokens:
    return np.append(tokens, np.int32(sentinels.eos))


def _opened(tokens: Tokens, sentinels: Sentinels) -> Tokens:
    """The tokens before the end token."""
    if not tokens.size or tokens[-1] != sentinels.eos:
        raise UserError(f"no end token {sentinels.eos} at the end of {clipped(tokens.tolist())}")
    return tokens[:-1]


def _sentinels_in(tokens: Tokens, sentinels: Sentinels, where: str) -> NDArray[np.intp]:
    """Where the sentinels are, which have to come in their order."""
    places = np.flatnonzero((tokens >= sentinels.last) & (tokens <= sentinels.first))
    found = sentinels.first - tokens[places]
    if not np.array_equal(found, np.arange(places.size)):
        raise UserError(f"sentinels {clipped(found.tolist())} in {where}; they count 0, 1, 2, …")
    return places


def _check_ordinary(document: Tokens, sentinels: Sentinels) -> None:
    found = np.flatnonzero((document >= sentinels.last) & (document <= sentinels.first))
    if found.size:
        raise UserError(
            f"token {document[found[0]]} at {found[0]} is a sentinel and can be in no document; "
            "encode with split_special_tokens=True"
        )
