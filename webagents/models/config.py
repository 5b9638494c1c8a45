"""The configuration of HTML-T5, with the names that T5's and LongT5's have in `transformers`."""

from __future__ import annotations

from typing import Any

from transformers import PretrainedConfig

ATTENTIONS = ("transient-global", "local", "dense")
ACTIVATIONS = ("gated-gelu", "relu")


class HtmlT5Config(PretrainedConfig):
    """What an `HtmlT5` is made of.

    vocab_size: rows of the embedding table.
    d_model, d_kv, d_ff: width of the stream, of a head, of the feed-forward layer.
    num_layers, num_decoder_layers: of the encoder and of the decoder (None: as many).
    num_heads: of every attention.
    encoder_attention_type: "transient-global" (windows and global tokens; HTML-T5), "local"
        (windows alone) or "dense" (T5).
    local_radius: how many tokens a window reaches to each side.
    global_block_size: tokens summed up in one global token.
    relative_attention_num_buckets, relative_attention_max_distance: see `positions.buckets`.
    feed_forward_proj: "gated-gelu" (T5 v1.1, LongT5) or "relu" (T5 v1.0).
    tie_word_embeddings: whether the output layer is the embedding table.
    scale_decoder_outputs: whether decoder outputs are divided by sqrt(d_model) before the output
        layer (T5 v1.0, whose head is tied); None: as `tie_word_embeddings`.
    qk_layernorm: whether queries and keys are normalised by a LayerNorm per head (shared by heads,
        no bias) and scores divided by sqrt(d_kv). Only for models trained from scratch.
        Source: Wortsman et al. 2023, Small-scale proxies, section 3.1.
    z_loss: weight of the mean squared log of the softmax's normaliser, 0 for none; 1e-4 in T5X.
    dropout_rate: everywhere T5 has dropout, attention weights included.
    initializer_factor: multiplies every initial standard deviation.

    Raises:
        ValueError: an attention or a feed-forward layer of another kind is named, or a size is not
            positive.
    """

    model_type = "html-t5"
    keys_to_ignore_at_inference = ("past_key_values",)
    attribute_map = {  # noqa: RUF012 (transformers reads a plain dict)
        "hidden_size": "d_model",
        "num_attention_heads": "num_heads",
        "num_hidden_layers": "num_layers",
        "head_dim": "d_kv",
    }

    vocab_size: int = 32128
    d_model: int = 768
    d_kv: int = 64
    d_ff: int = 2048
    num_layers: int = 12
    num_decoder_layers: int | None = None
    num_heads: int = 12
    encoder_attention_type: str = "transient-global"
    local_radius: int = 127
    global_block_size: int = 16
    relative_attention_num_buckets: int = 32
    relative_attention_max_distance: int = 128
    feed_forward_proj: str = "gated-gelu"
    tie_word_embeddings: bool = False
    scale_decoder_outputs: bool | None = None
    qk_layernorm: bool = False
    z_loss: float = 0.0
    dropout_rate: float = 0.0
    layer_norm_epsilon: float = 1e-6
    initializer_factor: float = 1.0
    is_encoder_decoder: bool = True
    use_cache: bool = True
    pad_token_id: int | None = 0
    eos_token_id: int | list[int] | None = 1
    decoder_start_token_id: int | None = 0

    def __post_init__(self, **kwargs: Any) -> None:
        """Fills in what follows from the rest, and checks."""
        if self.num_decoder_layers is None:
            self.num_decoder_layers = self.num_layers
        if self.scale_decoder_outputs is None:
            self.scale_decoder_outputs = self.tie_word_embeddings
        for name, value, known in (
            ("encoder_attention_type", self.encoder_attention_type, ATTENTIONS),
            ("feed_forward_proj", self.feed_forward_proj, ACTIVATIONS),
        ):
            if value not in known:
                raise ValueError(f"no {name} {value!r}; there are {', '.join(known)}")
        for name in ("vocab_size", "d_model", "d_kv", "d_ff", "num_heads", "global_block_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, it must be at least 1")
        super().__post_init__(**kwargs)
