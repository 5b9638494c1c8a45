"""Where tokens stand: relative-position buckets, biases as windows, and global blocks.

Legend: B batch, T tokens, H heads, G global tokens, L queries of a tile, W keys of its window.

Sources: Raffel et al. 2020, T5, section 2.1 (buckets); Guo et al. 2022, LongT5, section 3.1 and
Flaxformer's ``long_attention.py`` (global blocks); ``transformers``' LongT5 where they differ, see
`global_block_ids`.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor


def buckets(relative: Tensor, *, bidirectional: bool, count: int, max_distance: int) -> Tensor:
    """The bucket of each relative position (key minus query), int64 in [0, `count`).

    Half of a direction's buckets are single distances, the rest grow logarithmically up to
    `max_distance`, beyond which all distances share the last. With `bidirectional` the upper half
    of the buckets is for keys to the right; without it those all fall into bucket 0.
    Source: T5's ``relative_position_bucket``.
    """
    first = torch.zeros_like(relative)
    if bidirectional:
        count //= 2
        first = (relative > 0).long() * count
        distance = relative.abs()
    else:
        distance = -relative.clamp(max=0)
    exact = count // 2
    far = distance.clamp(min=1).float() / exact
    growing = exact + (far.log() / math.log(max_distance / exact) * (count - exact)).long()
    return first + torch.where(distance < exact, distance, growing.clamp(max=count - 1))


@lru_cache(maxsize=64)
def _window(
    tile: int, left: int, right: int, bidirectional: bool, count: int, far: int, device: str
) -> tuple[Tensor, Tensor]:
    key = torch.arange(-left, tile + right)
    relative = key[None, :] - torch.arange(tile)[:, None]
    found = buckets(relative, bidirectional=bidirectional, count=count, max_distance=far)
    outside = (relative < -left) | (relative > right)
    return found.to(device), outside.to(device)


def window_bias(
    table: Tensor, *, tile: int, left: int, right: int, bidirectional: bool, max_distance: int
) -> Tensor:
    """The bias of a tile's queries towards the keys around it, -inf where a key is out of reach.

    table: (buckets, H), the learnt bias of each bucket.
    left, right: how many keys before and after its own position a query reaches.

    Returns (H, L, W) with W = left + L + right: column c is the key at the tile's first position
    minus `left` plus c. The same for every tile, layer and row of a batch.
    """
    found, outside = _window(
        tile, left, right, bidirectional, table.shape[0], max_distance, str(table.device)
    )
    bias = torch.nn.functional.embedding(found, table).permute(2, 0, 1)
    return bias.masked_fill(outside, -torch.inf)


@lru_cache(maxsize=64)
def _whole(
    tokens: int, causal: bool, bidirectional: bool, count: int, far: int, device: str
) -> tuple[Tensor, Tensor | None]:
    place = torch.arange(tokens)
    relative = place[None, :] - place[:, None]
    found = buckets(relative, bidirectional=bidirectional, count=count, max_distance=far)
    return found.to(device), (relative > 0).to(device) if causal else None


def whole_bias(
    table: Tensor, tokens: int, *, causal: bool, bidirectional: bool, max_distance: int
) -> Tensor:
    """The bias of every query towards every key, -inf for later keys if causal: (H, T, T).

    table: (buckets, H), the learnt bias of each bucket.
    """
    found, outside = _whole(
        tokens, causal, bidirectional, table.shape[0], max_distance, str(table.device)
    )
    bias = torch.nn.functional.embedding(found, table).permute(2, 0, 1)
    return bias if outside is None else bias.masked_fill(outside, -torch.inf)


def distance_bias(
    table: Tensor, *, left: int, right: int, bidirectional: bool, max_distance: int
) -> Tensor:
    """The bias of each distance from -left to right: (H, left + 1 + right)."""
    relative = torch.arange(-left, right + 1, device=table.device)
    found = buckets(
        relative, bidirectional=bidirectional, count=table.shape[0], max_distance=max_distance
    )
    return torch.nn.functional.embedding(found, table).T.contiguous()


def side_bias(table: Tensor, globals_: int, *, max_distance: int) -> Tensor:
    """The bias towards global tokens by distance in blocks: (H, 2 G).

    Element ``g - block + G - 1`` is for global token g and a query of block `block` (-1: none), so
    that a query's biases are the G elements from ``G - 1 - block`` on.
    """
    relative = torch.arange(1 - globals_, globals_ + 1, device=table.device)
    found = buckets(relative, bidirectional=True, count=table.shape[0], max_distance=max_distance)
    return torch.nn.functional.embedding(found, table).T.contiguous()


def towards(side: Tensor) -> Tensor:
    """Side biases by block: (..., 2 G) to (..., G + 1, G).

    Row b + 1 is what a query of block b adds towards each global token; the first is for no block.
    """
    return side.unfold(-1, side.shape[-1] // 2, 1).flip(-2)


def gathered(found: Tensor) -> Tensor:
    """The gradient of `towards`: (..., G + 1, G) to (..., 2 G).

    In rows of 2 G + 1 numbers, read again as rows of 2 G, each row stands one further right.
    """
    rows, columns = found.shape[-2:]
    wide = torch.nn.functional.pad(found.flip(-2), (0, columns + 1)).flatten(-2)
    return wide[..., : rows * 2 * columns].unflatten(-1, (rows, -1)).sum(-2)


def global_block_ids(mask: Tensor, size: int) -> Tensor:
    """The global block that each token belongs to, -1 for none: (B, T) int64.

    mask: (B, T), nonzero for tokens, 0 for padding.

    Token t belongs to block t // `size`, but no block beyond the last full one: "orphans" at the
    end join it, and an input shorter than a block has none. Flaxformer and `transformers` agree on
    that for padding on the right. `transformers` counts, everywhere else, positions from the
    beginning of the row, padding included, but only the block ends that are tokens: a row padded
    on the left by p crowds its blocks from p // `size` on into the lower number (down to one block)
    and leaves empty global tokens before it, whose bias still draws attention. Its block numbers
    are floors of float32 sums, which for sizes that are no power of two fall one short now and
    then. Both are followed here to the letter, so that published checkpoints mean the same.
    """
    tokens = mask.shape[1]
    share = torch.ones(tokens, device=mask.device) / size
    place = (1.0 + (share.cumsum(0) - share) - 1.0).floor().long()
    real = mask != 0
    ends = torch.arange(tokens, device=mask.device) % size == size - 1
    last = (ends & real).sum(1, keepdim=True) - 1
    return torch.where(real, place.expand_as(real), -1).minimum(last)
