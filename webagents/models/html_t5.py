"""HTML-T5, a long-input encoder and decoder, as a model of `transformers`.

Legend: B batch, S tokens of the source, T tokens of the target, V vocabulary, d width.

Sources: Gur et al. 2024, WebAgent, section 3.1 (HTML-T5); Guo et al. 2022, LongT5; Raffel et al.
2020, T5. No weights of HTML-T5 were ever released; this is written from the papers.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSeq2SeqLM,
    GenerationMixin,
    PreTrainedModel,
    initialization,
)
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

from webagents.models.config import HtmlT5Config
from webagents.models.decoder import CrossAttention, Decoder
from webagents.models.encoder import Encoder, SelfAttention
from webagents.models.layers import FeedForward, RmsNorm
from webagents.models.loading import foreign
from webagents.models.loss import cross_entropy


class HtmlT5(PreTrainedModel, GenerationMixin):
    """The encoder, the decoder and the output layer.

    ``HtmlT5(HtmlT5Config(...))`` makes one with random weights; `from_pretrained` reads one, a
    LongT5 or T5 of `transformers` included; `generate` is that of `transformers`.
    """

    config_class = HtmlT5Config
    encoder_type: type[Encoder] = Encoder
    base_model_prefix = "html_t5"
    main_input_name = "input_ids"
    supports_gradient_checkpointing = True
    _no_split_modules: tuple[str, ...] = ("EncoderLayer", "DecoderLayer")
    _tied_weights_keys = {"lm_head.weight": "encoder.embed.weight"}  # noqa: RUF012

    def __init__(self, config: HtmlT5Config) -> None:
        super().__init__(config)
        self.encoder = self.encoder_type(config)
        self.decoder = Decoder(config)
        self.lm_head = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.post_init()

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | os.PathLike[str], *arguments: Any, **options: Any
    ) -> Any:
        """A model read from a folder or, by name, from the Hugging Face hub.

        A checkpoint of LongT5 or T5 (v1.0, v1.1, Flan) in `transformers`' form is converted.
        """
        own = options.get("config") is None and options.get("state_dict") is None
        found = foreign(pretrained_model_name_or_path, options) if own else None
        if found is not None:
            config, state = found
            options |= {"config": config, "state_dict": state}
            pretrained_model_name_or_path = None  # type: ignore[assignment]
        return super().from_pretrained(pretrained_model_name_or_path, *arguments, **options)

    def get_encoder(self, *unused: Any, **also_unused: Any) -> Encoder:
        """The encoder, which `generate` runs once."""
        return self.encoder

    def get_decoder(self) -> Decoder:
        """The decoder."""
        return self.decoder

    def get_input_embeddings(self) -> nn.Module:
        """The embedding table of source and target."""
        return self.encoder.embed

    def set_input_embeddings(self, value: nn.Embedding) -> None:
        """Puts another embedding table in its place."""
        self.encoder.embed = value

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        decoder_attention_mask: Tensor | None = None,
        encoder_outputs: Any = None,
        past_key_values: Any = None,
        inputs_embeds: Tensor | None = None,
        decoder_inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
        **unused: Any,
    ) -> Any:
        """Logits (B, T, V), and the loss where there are labels.

        input_ids: (B, S) int64, or inputs_embeds: (B, S, d), or encoder_outputs.
        attention_mask: (B, S), nonzero for tokens, 0 for padding on any side; None: all tokens.
        decoder_input_ids: (B, T), of the newest tokens where past_key_values holds earlier ones.
        labels: (B, T) int64, -100 where there is none; they also are the target, shifted, where no
            other is given. The loss is their mean cross-entropy, with the configured `z_loss`.
        use_cache: whether keys and values are returned; None: as configured, but not with labels.
        """
        every = bool(output_hidden_states or self.config.output_hidden_states)
        if encoder_outputs is None:
            encoder_outputs = self.encoder(
                input_ids, attention_mask, inputs_embeds, output_hidden_states=every
            )
        elif not isinstance(encoder_outputs, BaseModelOutput):
            encoder_outputs = BaseModelOutput(*encoder_outputs)
        source = encoder_outputs.last_hidden_state
        if labels is not None and decoder_input_ids is None and decoder_inputs_embeds is None:
            decoder_input_ids = self.prepare_decoder_input_ids_from_labels(labels)
        if decoder_inputs_embeds is None:
            decoder_inputs_embeds = self.encoder.embed(decoder_input_ids)
        caching = self.config.use_cache and labels is None if use_cache is None else use_cache
        checkpointing = self.training and self.decoder.layers[0].gradient_checkpointing
        decoded = self.decoder(
            decoder_inputs_embeds,
            source,
            attention_mask,
            decoder_attention_mask,
            past_key_values,
            use_cache=caching and not checkpointing,
            output_hidden_states=every,
        )
        states = decoded.last_hidden_state
        if self.config.scale_decoder_outputs:
            states = states * self.config.d_model**-0.5
        logits = self.lm_head(states)
        loss = None if labels is None else self.loss(logits, labels)
        result = Seq2SeqLMOutput(
            loss=loss,
            logits=logits,
            past_key_values=decoded.past_key_values,
            decoder_hidden_states=decoded.hidden_states,
            encoder_last_hidden_state=source,
            encoder_hidden_states=encoder_outputs.hidden_states,
        )
        return result if return_dict is not False else result.to_tuple()

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Mean cross-entropy over labels that are not -100, with the configured z-loss.

        logits: (B, T, V). See `loss.cross_entropy`.
        """
        flat, wanted = logits.flatten(0, -2), labels.to(logits.device).flatten()
        return cross_entropy(flat, wanted, self.config.z_loss)

    def prepare_decoder_input_ids_from_labels(self, labels: Tensor) -> Tensor:
        """The target, shifted right behind the start token, -100 as padding: (B, T)."""
        shifted = labels.roll(1, -1)
        shifted[..., 0] = self.config.decoder_start_token_id
        return shifted.masked_fill(shifted == -100, self.config.pad_token_id)

    @classmethod
    def is_custom_code(cls) -> bool:
        """No: `_init_weights` heeds what is loaded already, weight by weight.

        For what it takes for custom code, `transformers` 5 leaves out every module that has no
        weights of its own, only within others, and with them most of T5's initial weights.
        """
        return False

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """T5's initial weights: queries smaller by sqrt(d_kv), for there is no scale at run time.

        Source: T5's Mesh TensorFlow initialisers, as in `transformers`' T5; an untied output layer
        as in T5X (fan in), where `transformers` takes 1, from which an untied model starts badly.
        """
        config, normal = self.config, initialization.normal_
        factor = config.initializer_factor
        d_model, inner = config.d_model**-0.5 * factor, config.num_heads * config.d_kv
        if isinstance(module, RmsNorm | nn.LayerNorm):
            initialization.constant_(module.weight, factor)
        elif isinstance(module, nn.Embedding):
            normal(module.weight, std=factor if module is self.encoder.embed else d_model)
        elif isinstance(module, SelfAttention):
            fresh = not getattr(module.qkv.weight, "_is_hf_initialized", False)
            normal(module.qkv.weight, std=d_model)
            if fresh:
                module.qkv.weight[:inner] *= config.d_kv**-0.5
            normal(module.o.weight, std=inner**-0.5 * factor)
        elif isinstance(module, CrossAttention):
            normal(module.q.weight, std=d_model * config.d_kv**-0.5)
            normal(module.kv.weight, std=d_model)
            normal(module.o.weight, std=inner**-0.5 * factor)
        elif isinstance(module, FeedForward):
            normal(module.wi.weight, std=d_model)
            normal(module.wo.weight, std=config.d_ff**-0.5 * factor)
        elif isinstance(module, HtmlT5) and not config.tie_word_embeddings:
            normal(module.lm_head.weight, std=d_model)


AutoConfig.register("html-t5", HtmlT5Config, exist_ok=True)
AutoModel.register(HtmlT5Config, HtmlT5, exist_ok=True)
AutoModelForSeq2SeqLM.register(HtmlT5Config, HtmlT5, exist_ok=True)
