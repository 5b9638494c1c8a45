"""HTML-T5's encoder: windows and global tokens, windows alone, or T5's dense attention.

Legend: B batch, T tokens, G global tokens, H heads, D head size, d width of the stream.

Sources: Guo et al. 2022, LongT5, section 3.1; Gur et al. 2024, WebAgent (HTML-T5), section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutput

from webagents.models import flex
from webagents.models.config import HtmlT5Config
from webagents.models.layers import FeedForward, RmsNorm, norm_with_globals
from webagents.models.plain import plain_attention, whole_attention
from webagents.models.plan import TILE, Plan, plan, unplanned
from webagents.models.positions import distance_bias, side_bias, whole_bias, window_bias
from webagents.models.projection import Projection
from webagents.models.tiles import TiledAttention

SHORT = 128
"""Tokens up to which attention without windows computes all scores at once: tiles gain by what they
leave out, and lose by being many. Measured on an AMD Zen 4, see docs/performance.md."""


Before = Callable[[int, Tensor], Tensor]
"""What is done to the stream, (B, T, d), before a layer, which is told by its number."""


class Where(NamedTuple):
    """What all layers of a stack share: who sees whom, and the biases.

    near: (H, left + 1 + right) for flex attention, (H, T, T) for the whole, else (H, L, W), see
        `positions`.
    side: (H, 2 G), None without global tokens.
    flex: flex attention's block mask, None where it is not used.
    whole: whether scores are computed for all pairs of tokens at once.
    """

    plan: Plan
    near: Tensor
    side: Tensor | None
    flex: Any = None
    whole: bool = False


class SelfAttention(nn.Module):
    """Attention of tokens to tokens and global tokens: one product makes queries, keys, values."""

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__()
        self.heads, self.size = config.num_heads, config.d_kv
        inner = self.heads * self.size
        self.qkv = Projection(config.d_model, 3 * inner)
        self.o = Projection(inner, config.d_model)
        self.dropout = config.dropout_rate
        self.qk_norm = QkNorm(config) if config.qk_layernorm else None

    def project(self, x: Tensor) -> Tensor:
        """(B, T, d) to queries, keys and values: (B, T, 3, H, D)."""
        qkv: Tensor = self.qkv(x).unflatten(-1, (3, self.heads, self.size))
        if self.qk_norm is not None:
            q, k, v = qkv.unbind(2)
            qkv = torch.stack([self.qk_norm.of_queries(q), self.qk_norm.of_keys(k), v], 2)
        return qkv

    def forward(self, x: Tensor, where: Where) -> Tensor:
        """x: (B, T + G, d), normed, the global tokens last. Returns (B, T, d)."""
        mixed = attend(self.project(x), where, self.dropout if self.training else 0.0)
        result: Tensor = self.o(mixed.flatten(2))
        return result


class QkNorm(nn.Module):
    """LayerNorms of queries and keys, per head, parameters shared by heads, no bias.

    Queries are divided by sqrt(D) as well, so that scores are at most sqrt(D) at unit gain.
    Source: Wortsman et al. 2023, Small-scale proxies, section 3.1.
    """

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__()
        self.q = nn.LayerNorm(config.d_kv, eps=config.layer_norm_epsilon, bias=False)
        self.k = nn.LayerNorm(config.d_kv, eps=config.layer_norm_epsilon, bias=False)

    def of_queries(self, q: Tensor) -> Tensor:
        """(..., D) to (..., D)."""
        normed: Tensor = self.q(q)
        return (normed * q.shape[-1] ** -0.5).to(q.dtype)

    def of_keys(self, k: Tensor) -> Tensor:
        """(..., D) to (..., D)."""
        normed: Tensor = self.k(k)
        return normed.to(k.dtype)


def attend(qkv: Tensor, where: Where, dropout: float) -> Tensor:
    """Attention by the fastest way this device has: (B, T + G, 3, H, D) to (B, T, H, D)."""
    if where.flex is not None:
        return flex.flex_core(qkv, where.near, where.side, where.plan, where.flex)
    if where.whole:
        return whole_attention(qkv, where.near, where.plan.mask, dropout)
    if qkv.device.type == "cpu" and not torch.compiler.is_compiling():
        result: Tensor = TiledAttention.apply(qkv, where.near, where.side, where.plan, dropout)
        return result
    return plain_attention(qkv, where.near, where.side, where.plan, dropout)


def whereabouts(
    mask: Tensor,
    near: Tensor,
    far: Tensor | None,
    *,
    config: HtmlT5Config,
    left: int,
    right: int,
    bidirectional: bool,
    dropout: float,
) -> Where:
    """What the layers of a stack share for a batch.

    mask: (B, T), nonzero for tokens.
    near, far: (buckets, H), the biases of distances between tokens, and to global tokens.
    """
    tokens, distance = mask.shape[1], config.relative_attention_max_distance
    if far is None and mask.device.type == "cpu" and _is_short(tokens, left, right):
        bias = whole_bias(
            near, tokens, causal=not right, bidirectional=bidirectional, max_distance=distance
        )
        return Where(unplanned(mask, left=left, right=right), bias, None, whole=True)
    block = config.global_block_size if far is not None else 0
    plan_ = plan(mask, left=left, right=right, block=block)
    reach: dict[str, Any] = {"left": left, "right": right, "bidirectional": bidirectional}
    side = None
    if far is not None:
        side = side_bias(far, plan_.globals_, max_distance=distance)
    if mask.device.type == "cuda" and not dropout:  # flex attention knows no dropout
        by_distance = distance_bias(near, **reach, max_distance=distance)
        seen = flex.block_mask(plan_, mask.shape[0], mask.shape[1], mask.device)
        return Where(plan_, by_distance, side, seen)
    return Where(plan_, window_bias(near, tile=TILE, **reach, max_distance=distance), side)


def _is_short(tokens: int, left: int, right: int) -> bool:
    """Whether tokens are few, and each sees all others, or all that are earlier."""
    return tokens <= SHORT and left >= tokens - 1 and (right >= tokens - 1 or not right)


class EncoderLayer(GradientCheckpointingLayer):
    """Attention, then the feed-forward layer, each behind a norm and added to the stream."""

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__()
        norm = config.d_model, config.layer_norm_epsilon
        self.attention_norm = RmsNorm(*norm)
        self.attention = SelfAttention(config)
        globals_ = config.encoder_attention_type == "transient-global"
        self.global_norm = RmsNorm(*norm) if globals_ else None
        self.mlp_norm = RmsNorm(*norm)
        self.mlp = FeedForward(
            config.d_model,
            config.d_ff,
            gated=config.feed_forward_proj == "gated-gelu",
            dropout=config.dropout_rate,
        )
        self.dropout = nn.Dropout(config.dropout_rate)

    def forward(self, x: Tensor, where: Where) -> Tensor:
        """(B, T, d) to (B, T, d)."""
        if self.global_norm is None:
            normed = self.attention_norm(x)
        else:
            normed = norm_with_globals(x, self.attention_norm, self.global_norm, where.plan)
        # added in place: a product's result is of no use to its own backward pass
        x = self.dropout(self.attention(normed, where)).to(x.dtype).add_(x)
        result: Tensor = self.dropout(self.mlp(self.mlp_norm(x))).to(x.dtype).add_(x)
        return result


class Encoder(nn.Module):
    """Token ids, or embeddings, to states. It holds the embedding table that the decoder uses too.

    The states of padding are finite and mean nothing; `transformers`' differ there.
    """

    main_input_name = "input_ids"

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        count, heads = config.relative_attention_num_buckets, config.num_heads
        self.bias = nn.Embedding(count, heads)
        globals_ = config.encoder_attention_type == "transient-global"
        self.side_bias = nn.Embedding(count, heads) if globals_ else None
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.num_layers))
        self.norm = RmsNorm(config.d_model, config.layer_norm_epsilon)
        self.dropout = nn.Dropout(config.dropout_rate)

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        *,
        output_hidden_states: bool = False,
        return_dict: bool = True,
        before: Before | None = None,
        **unused: Any,
    ) -> Any:
        """The states of the input as a `BaseModelOutput`.

        input_ids: (B, T) int64, or inputs_embeds: (B, T, d) instead.
        attention_mask: (B, T), nonzero for tokens, 0 for padding on any side; None: all tokens.
        before: what is done to the input of each layer, told the layer's number.
        """
        x = self.embed(input_ids) if inputs_embeds is None else inputs_embeds
        if attention_mask is None:
            attention_mask = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
        dense = self.config.encoder_attention_type == "dense"
        reach = max(x.shape[1] - 1, 0) if dense else self.config.local_radius
        where = whereabouts(
            attention_mask,
            self.bias.weight,
            None if self.side_bias is None else self.side_bias.weight,
            config=self.config,
            left=reach,
            right=reach,
            bidirectional=True,
            dropout=self.config.dropout_rate if self.training else 0.0,
        )
        x = functional.dropout(x, self.config.dropout_rate, self.training)
        states = [x]
        for number, layer in enumerate(self.layers):
            x = layer(x if before is None else before(number, x), where)
            states.append(x)
        states[-1] = x = self.dropout(self.norm(x))
        kept = tuple(states) if output_hidden_states else None
        found = BaseModelOutput(last_hidden_state=x, hidden_states=kept)
        return found if return_dict else found.to_tuple()
