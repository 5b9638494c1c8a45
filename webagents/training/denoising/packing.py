"""Documents cut into pieces that fill a model's inputs, each alone or one behind the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from webagents.training.denoising.corruption import Tokens, as_tokens

SHORTEST = 2
"""A piece of fewer tokens is left out: of one token nothing can be masked."""


class Cutter:
    """Takes piece after piece off a run of documents.

    documents: token ids (T,) each, without end tokens.
    together: whether documents stand one behind the other, so that every piece is as long as was
        asked for; otherwise a piece ends with its document, as HTML-T5's subtrees want it.
    separator: with `together`, a token put after each document; None puts none, as T5 does.
    rest: what is left of the last document; a cutter that is made with it, and with the documents
        that come after, goes on where this one is.

    Source of `together`: ``reduce_concat_tokens`` and ``split_tokens`` of
    google-research/text-to-text-transfer-transformer.
    """

    def __init__(
        self,
        documents: Iterator[ArrayLike],
        *,
        together: bool = False,
        separator: int | None = None,
        rest: ArrayLike = (),
    ) -> None:
        self._documents = documents
        self._together, self._separator = together, separator
        self.rest: Tokens = as_tokens(rest)

    def piece(self, length: int) -> Tokens | None:
        """The next piece, of at most `length` tokens; None when no document is left."""
        held = [self.rest]
        size = self.rest.size
        while size < (length if self._together else SHORTEST):
            tokens = next(self._documents, None)
            if tokens is None:
                break
            document = as_tokens(tokens)
            if not self._together:
                held, size = [], 0
            elif self._separator is not None:
                document = np.append(document, np.int32(self._separator))
            held.append(document)
            size += document.size
        whole = np.concatenate(held) if held else self.rest
        self.rest = whole[length:]
        return whole[:length] if size >= SHORTEST else None
