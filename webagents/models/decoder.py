"""T5's decoder: causal attention, attention to the encoder's states, feed-forward, with a cache.

Legend: B batch, T tokens of the target, S tokens of the source, H heads, D head size, d width.

Source: Raffel et al. 2020, T5, section 2.1.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutputWithPastAndCrossAttentions

from webagents.models.config import HtmlT5Config
from webagents.models.encoder import QkNorm, SelfAttention, Where, whereabouts
from webagents.models.layers import FeedForward, RmsNorm
from webagents.models.plain import added_attention
from webagents.models.positions import buckets
from webagents.models.projection import Projection


class CachedSelfAttention(SelfAttention):
    """Attention of target tokens to those before, all at once or to a cache of earlier ones."""

    def step(self, x: Tensor, bias: Tensor, cache: Any, layer: int) -> Tensor:
        """Attention of the newest tokens, x: (B, T, d), to the cache and themselves: (B, T, d).

        bias: (1 or B, H, T, all tokens so far), -inf for what is hidden.
        """
        q, k, v = self.project(x).transpose(1, 3).unbind(2)
        k, v = cache.update(k, v, layer)
        return self.mixed(q, k, v, bias)

    def mixed(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        """Scaled-dot-product attention without scale, through the output weights."""
        rate = self.dropout if self.training else 0.0
        out = functional.scaled_dot_product_attention(
            q, k, v, attn_mask=bias.to(q.dtype), dropout_p=rate, scale=1.0
        )
        result: Tensor = self.o(out.transpose(1, 2).flatten(2))
        return result


class CrossAttention(nn.Module):
    """Attention of target tokens to the encoder's states, without position biases."""

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__()
        self.heads, self.size = config.num_heads, config.d_kv
        inner = self.heads * self.size
        self.q = Projection(config.d_model, inner)
        self.kv = Projection(config.d_model, 2 * inner)
        self.o = Projection(inner, config.d_model)
        self.dropout = config.dropout_rate
        self.qk_norm = QkNorm(config) if config.qk_layernorm else None

    def forward(
        self, x: Tensor, source: Tensor, mask: Tensor | None, cache: Any, layer: int
    ) -> Tensor:
        """x: (B, T, d); source: (B, S, d); mask: (B, 1, 1, S), added to scores. Returns (B, T, d).

        With a cache the source's keys and values are computed once.
        """
        q = self.q(x).unflatten(-1, (self.heads, self.size)).transpose(1, 2)
        if self.qk_norm is not None:
            q = self.qk_norm.of_queries(q)
        if cache is not None and cache.is_updated.get(layer):
            kept = cache.cross_attention_cache.layers[layer]
            k, v = kept.keys, kept.values
        else:
            k, v = (
                self.kv(source).unflatten(-1, (2, self.heads, self.size)).transpose(1, 3).unbind(2)
            )
            if self.qk_norm is not None:
                k = self.qk_norm.of_keys(k)
            if cache is not None:
                k, v = cache.cross_attention_cache.update(k, v, layer)
                cache.is_updated[layer] = True
        rate = self.dropout if self.training else 0.0
        if q.device.type == "cpu" and q.dtype != torch.float32 and torch.is_grad_enabled():
            # The fused backward pass takes seven times as long here (PyTorch 2.13, AMD Zen 4).
            out = added_attention(q, k, v, mask, rate)
        else:
            out = functional.scaled_dot_product_attention(
                q, k, v, attn_mask=mask, dropout_p=rate, scale=1.0
            )
        result: Tensor = self.o(out.transpose(1, 2).flatten(2))
        return result


class DecoderLayer(GradientCheckpointingLayer):
    """Self-attention, cross-attention, feed-forward, each behind a norm and added to the stream."""

    def __init__(self, config: HtmlT5Config, index: int) -> None:
        super().__init__()
        self.index = index
        norm = config.d_model, config.layer_norm_epsilon
        self.attention_norm = RmsNorm(*norm)
        self.attention = CachedSelfAttention(config)
        self.cross_norm = RmsNorm(*norm)
        self.cross = CrossAttention(config)
        self.mlp_norm = RmsNorm(*norm)
        self.mlp = FeedForward(
            config.d_model,
            config.d_ff,
            gated=config.feed_forward_proj == "gated-gelu",
            dropout=config.dropout_rate,
        )
        self.dropout = nn.Dropout(config.dropout_rate)

    def forward(
        self,
        x: Tensor,
        source: Tensor,
        source_mask: Tensor | None,
        where: Where | Tensor,
        past_key_values: Any = None,
    ) -> Tensor:
        """(B, T, d) to (B, T, d); `where` is the bias (see `CachedSelfAttention`) with a cache."""
        normed = self.attention_norm(x)
        if isinstance(where, Where):
            mixed = self.attention(normed, where)
        else:
            mixed = self.attention.step(
                normed, where, past_key_values.self_attention_cache, self.index
            )
        x = self.dropout(mixed).to(x.dtype).add_(x)
        mixed = self.cross(self.cross_norm(x), source, source_mask, past_key_values, self.index)
        x = self.dropout(mixed).to(x.dtype).add_(x)
        result: Tensor = self.dropout(self.mlp(self.mlp_norm(x))).to(x.dtype).add_(x)
        return result


class Decoder(nn.Module):
    """Embeddings of the target's tokens and the encoder's states to states of the target."""

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__()
        self.config = config
        self.bias = nn.Embedding(config.relative_attention_num_buckets, config.num_heads)
        count = config.num_decoder_layers or config.num_layers
        self.layers = nn.ModuleList(DecoderLayer(config, index) for index in range(count))
        self.norm = RmsNorm(config.d_model, config.layer_norm_epsilon)
        self.dropout = nn.Dropout(config.dropout_rate)

    def forward(
        self,
        embedded: Tensor,
        source: Tensor,
        source_mask: Tensor | None,
        mask: Tensor | None,
        cache: Any,
        *,
        use_cache: bool,
        output_hidden_states: bool = False,
    ) -> Any:
        """The states of the target, and the cache, as `transformers`' record of them.

        embedded: (B, T, d), of the newest T tokens. source: (B, S, d).
        source_mask: (B, S), mask: (B, all tokens so far); nonzero for tokens, None: all.
        """
        if cache is None and use_cache:
            cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        x = functional.dropout(embedded, self.config.dropout_rate, self.training)
        where = (
            self.together(embedded, mask) if cache is None else self.after(embedded, mask, cache)
        )
        hidden = added_mask(source_mask, x.dtype)
        states = [x]
        for layer in self.layers:
            x = layer(x, source, hidden, where, past_key_values=cache)
            states.append(x)
        states[-1] = x = self.dropout(self.norm(x))
        return BaseModelOutputWithPastAndCrossAttentions(
            last_hidden_state=x,
            past_key_values=cache,
            hidden_states=tuple(states) if output_hidden_states else None,
        )

    def together(self, embedded: Tensor, mask: Tensor | None) -> Where:
        """Who sees whom when the whole target is there at once, as in training."""
        rows, tokens = embedded.shape[:2]
        if mask is None:
            mask = torch.ones(rows, tokens, dtype=torch.bool, device=embedded.device)
        return whereabouts(
            mask,
            self.bias.weight,
            None,
            config=self.config,
            left=max(tokens - 1, 0),
            right=0,
            bidirectional=False,
            dropout=self.config.dropout_rate if self.training else 0.0,
        )

    def after(self, embedded: Tensor, mask: Tensor | None, cache: Any) -> Tensor:
        """The bias of the newest tokens towards all so far: (1 or B, H, T, tokens so far)."""
        past = int(cache.get_seq_length())
        tokens = past + embedded.shape[1]
        position = torch.arange(tokens, device=embedded.device)
        relative = position[None, :] - position[past:, None]
        found = buckets(
            relative,
            bidirectional=False,
            count=self.config.relative_attention_num_buckets,
            max_distance=self.config.relative_attention_max_distance,
        )
        bias: Tensor = self.bias(found).permute(2, 0, 1)[None]
        if embedded.shape[1] > 1:
            bias = bias.masked_fill(relative > 0, -torch.inf)
        hidden = added_mask(mask, bias.dtype)
        return bias if hidden is None else bias + hidden


def added_mask(mask: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """(B, S), nonzero for tokens, (B, 1, 1, S) to add to scores; None if nothing is hidden."""
    if mask is None or (mask.device.type == "cpu" and bool(mask.all())):
        return None
    low = torch.finfo(dtype).min
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill(mask == 0, low)[
        :, None, None
    ]
