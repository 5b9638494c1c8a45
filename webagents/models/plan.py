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

GROUP = 1 << 19
"""Scores of a group of tiles, unless one alone has more. Fewer fit a smaller cache (this is 2 MiB
in float32), more ask for fewer calls; on an AMD Zen 4 2^17 took a tenth longer."""

HIDDEN = -1e10
"""The score of a padding key; finite, so that a query without any key stays finite."""

_WASTE = 1.5
"""How many times the scores that are needed a group may compute."""


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

    @property
    def window(self) -> tuple[slice, slice]:
        """The part of the window's biases that is the tile's."""
        return slice(self.q1 - self.q0), slice(self.column, self.column + self.k1 - self.k0)


class Group(NamedTuple):
    """Neighbouring tiles of a row that are computed together, queries [q0, q1).

    Either each tile has a window of its own, all of the same width, or all tiles see the keys
    [k0, k1), of which some are beyond the reach of some.
    """

    row: int
    q0: int
    q1: int
    k0: int
    k1: int
    tiles: tuple[Tile, ...]
    sliding: bool
    far: int
    blocks: tuple[int, int] | None
    """The first global block of the queries and its tokens, if blocks are whole and in order."""

    @property
    def near(self) -> int:
        """Keys of a tile of the group."""
        tile = self.tiles[0]
        return tile.k1 - tile.k0 if self.sliding else self.k1 - self.k0

    @property
    def length(self) -> int:
        """Queries that see the same keys: those of a tile, or all."""
        tile = self.tiles[0]
        return tile.q1 - tile.q0 if self.sliding else self.q1 - self.q0

    def place(self, tile: Tile) -> tuple[slice, slice]:
        """Where a tile's scores stand among those of all the group's keys."""
        rows = slice(tile.q0 - self.q0, tile.q1 - self.q0)
        return rows, slice(tile.k0 - self.k0, tile.k1 - self.k0)

    def in_blocks(self, globals_: int) -> Iterator[tuple[slice, int, int]]:
        """The global blocks of the queries: which queries, the first block, how many blocks.

        Queries that come together are as many of each block.
        """
        if self.blocks is not None:
            first, size = self.blocks
            yield slice(0, self.q1 - self.q0), first, (self.q1 - self.q0) // size
            return
        for tile in self.tiles:
            for run in tile.runs:
                begin = tile.q0 - self.q0
                yield slice(begin + run.begin, begin + run.end), globals_ - 1 - run.start, 1


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
    groups: tuple[Group, ...] = ()
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


def unplanned(mask: Tensor, *, left: int, right: int) -> Plan:
    """A plan without tiles, for what computes all scores at once."""
    real = mask != 0
    return Plan(left=left, right=right, tiles=(), mask=None if bool(real.all()) else real)


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
        groups = tuple(_groups(tiles, left, right, 0))
        return Plan(tiles=tiles, groups=groups, tokens=counts, **shape)
    blocks = global_block_ids(real, block)
    ids: list[list[int]] = blocks.tolist()
    full = tuple(
        count // block
        if row == [min(t // block, count // block - 1) if t < count else -1 for t in range(tokens)]
        else -1
        for row, count in zip(ids, counts, strict=True)
    )
    tiles = tuple(_tiles(known, left, right, ids, globals_))
    return Plan(
        tiles=tiles,
        groups=tuple(_groups(tiles, left, right, globals_)),
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


def _groups(tiles: Sequence[Tile], left: int, right: int, globals_: int) -> Iterator[Group]:
    group: list[Tile] = []
    for tile in tiles:
        if group and not _fits(group, tile, left + TILE + right):
            yield _group(group, left + TILE + right, globals_)
            group = []
        group.append(tile)
    if group:
        yield _group(group, left + TILE + right, globals_)


def _slides(tile: Tile, width: int) -> bool:
    return tile.k1 - tile.k0 == width and tile.q1 - tile.q0 == TILE and not tile.hidden


def _fits(group: Sequence[Tile], tile: Tile, width: int) -> bool:
    """Whether a tile can be computed together with those before."""
    first, last, count = group[0], group[-1], len(group) + 1
    if tile.row != first.row or tile.q0 != last.q1:
        return False
    if _slides(tile, width) != _slides(first, width):
        return False
    if _slides(tile, width):
        return count * TILE * (width + tile.far) <= GROUP
    keys = max(tile.k1, *(t.k1 for t in group)) - min(tile.k0, *(t.k0 for t in group))
    needed = sum((t.q1 - t.q0) * (t.k1 - t.k0) for t in (*group, tile))
    rows = tile.q1 - first.q0
    return rows * (keys + tile.far) <= GROUP and rows * keys <= _WASTE * needed


def _group(tiles: Sequence[Tile], width: int, globals_: int) -> Group:
    first, last = tiles[0], tiles[-1]
    return Group(
        first.row,
        first.q0,
        last.q1,
        min(t.k0 for t in tiles),
        max(t.k1 for t in tiles),
        tuple(tiles),
        _slides(first, width),
        first.far,
        _whole_blocks([run for tile in tiles for run in tile.runs], globals_),
    )


def _whole_blocks(runs: Sequence[Run], globals_: int) -> tuple[int, int] | None:
    lengths = {run.end - run.begin for run in runs}
    starts = [run.start for run in runs]
    if len(lengths) != 1 or starts != list(range(starts[0], starts[0] - len(starts), -1)):
        return None
    return globals_ - 1 - starts[0], lengths.pop()
