"""Which queries are computed together, and which keys they reach.

Legend: B batch, T tokens, G global tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor

from webagents.models.positions import global_block_ids

TILE = 64
"""Queries of a tile. Fewer waste less of a window, more make longer products; on the processors
tried (AMD Zen 4, 2 threads) 64 is best with 6 and 12 heads of 64."""


class Run(NamedTuple):
    """Neighbouring queries of a tile that belong to the same global block."""

    begin: int
    end: int
    start: int
    """Where their biases begin in `positions.side_bias`."""


class Tile(NamedTuple):
    """Queries [q0, q1) of one row of the batch and the keys [k0, k1) they can reach."""

    row: int
    q0: int
    q1: int
    k0: int
    k1: int
    column: int
    """The window's column of key k0."""
    far: int
    """How many global tokens the queries see: the first ones of the row."""
    hidden: bool
    """Whether some of the keys are padding."""
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which tiles a batch has; the same for every layer.

    globals_: global tokens G of a row, used or not.
    block: tokens of a global block.
    blocks: (B, T) int64, the global block of each token, None without global tokens.
    full: (B) how many whole blocks a row has if its blocks are simply in order (tokens from the
        beginning, padding at the end only), else -1.
    tokens: (B) how many tokens of a row are none of the padding.
    mask: (B, T) bool, True for tokens, None if there is no padding.
    """

    left: int
    right: int
    tiles: tuple[Tile, ...]
    globals_: int = 0
    block: int = 0
    blocks: Tensor | None = None
    full: tuple[int, ...] = ()
    tokens: tuple[int, ...] = ()
    mask: Tensor | None = None


def plan(mask: Tensor, *, left: int, right: int, block: int = 0) -> Plan:
    """The tiles for a batch.

    mask: (B, T), nonzero for tokens, 0 for padding.
    block: tokens of a global block, 0 for no global tokens.
    """
    real = mask != 0
    if bool(real.all()):
        rows, tokens = real.shape
        return _unpadded(rows, tokens, left, right, block, str(mask.device))
    return _planned(real, left, right, block)


@lru_cache(maxsize=16)
def _unpadded(rows: int, tokens: int, left: int, right: int, block: int, device: str) -> Plan:
    return _planned(torch.ones(rows, tokens, dtype=torch.bool, device=device), left, right, block)


def _planned(real: Tensor, left: int, right: int, block: int) -> Plan:
    tokens = real.shape[1]
    globals_ = tokens // block if block else 0
    padded = not bool(real.all())
    shape: dict[str, Any] = {"left": left, "right": right, "mask": real if padded else None}
    known: list[list[bool]] = real.tolist()
    counts = tuple(map(sum, known))
    if not block:
        tiles = tuple(_tiles(known, left, right, None, 0))
        return Plan(tiles=tiles, tokens=counts, **shape)
    blocks = global_block_ids(real, block)
    ids: list[list[int]] = blocks.tolist()
    full = tuple(
        count // block
        if row == [min(t // block, count // block - 1) if t < count else -1 for t in range(tokens)]
        else -1
        for row, count in zip(ids, counts, strict=True)
    )
    return Plan(
        tiles=tuple(_tiles(known, left, right, ids, globals_)),
        globals_=globals_,
        block=block,
        blocks=blocks,
        full=full,
        tokens=counts,
        **shape,
    )


def _tiles(
    real: Sequence[Sequence[bool]],
    left: int,
    right: int,
    ids: Sequence[Sequence[int]] | None,
    globals_: int,
) -> Iterator[Tile]:
    for row, known in enumerate(real):
        tokens = len(known)
        far = max(ids[row]) + 1 if ids else 0
        for q0 in range(0, tokens, TILE):
            q1 = min(q0 + TILE, tokens)
            if not any(known[q0:q1]):
                continue  # nothing but padding: nobody looks at what comes out
            k0, k1 = max(q0 - left, 0), min(q1 + right, tokens)
            runs = tuple(_runs(ids[row][q0:q1], globals_)) if ids else ()
            hidden = not all(known[k0:k1])
            yield Tile(row, q0, q1, k0, k1, k0 - q0 + left, far, hidden, runs)


def _runs(ids: Sequence[int], globals_: int) -> Iterator[Run]:
    begin = 0
    for block, members in groupby(ids):
        end = begin + len(list(members))
        yield Run(begin, end, globals_ - 1 - block)
        begin = end
