"""WebGUM: an HTML-T5, or a T5, that sees the page's latest screenshots before it reads its text.

Legend: B batch, F frames, S pixels of a frame's side, I image tokens, T text tokens, U tokens of
the target, C width of the vision transformer, d width of the stream, P patches of a frame.

Source: Furuta et al. 2024, WebGUM, section 4. No weights of it were ever released; this is
written from the paper.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoModelForSeq2SeqLM, initialization

from webagents.models.encoder import Encoder
from webagents.models.html_t5 import HtmlT5
from webagents.models.vision import Vision
from webagents.models.webgum_config import WebGumConfig


class SeeingEncoder(Encoder):
    """The encoder of image tokens and, behind them, text tokens.

    An image token is one of the vision transformer's, projected to the stream's width, plus a
    learnt vector that tells which frame it is from (ours: beyond T5's largest distance, nothing
    else does). From there on it is a token like any other, I tokens before the text:

    - Relative positions are those of one sequence, frames from the earliest to the latest, patches
      row by row, then the text. Among text tokens they are what they are without pictures.
    - Dense attention (T5) has every text token see every image token.
    - Windows reach back into the image tokens only from the beginning of the text. What is seen
      comes to the rest of the text through the global tokens of HTML-T5, whose blocks are counted
      from the first image token, and to the decoder from all image tokens directly. With
      windows alone ("local") the decoder is the only one to bring both together.
    """

    def __init__(self, config: WebGumConfig) -> None:
        super().__init__(config)
        self.frames, self.tokens = config.frames, config.image_tokens
        self.vision: Vision | None = None
        if not self.frames:
            return
        self.vision = Vision(
            config.vision_model,
            image_size=config.image_size,
            options=config.vision_options,
            mean=config.image_mean,
            std=config.image_std,
        )
        if self.tokens == "temporal" and not self.vision.summarises:
            raise ValueError(f"{config.vision_model} has no class token, which 'temporal' reads")
        config.image_mean, config.image_std = list(self.vision.mean), list(self.vision.std)
        self.projection = nn.Linear(self.vision.width, config.d_model)
        self.moments = nn.Embedding(self.frames, config.d_model) if self.frames > 1 else None

    @property
    def image_tokens(self) -> int:
        """How many image tokens there are: I."""
        if self.vision is None:
            return 0
        return self.frames * (1 if self.tokens == "temporal" else self.vision.patches)

    def seen(self, screenshots: Tensor | None) -> Tensor:
        """The image tokens of frames: uint8 (B, F, S, S, 3) to (B, I, d).

        Raises:
            ValueError: they are no such frames, or there are none.
        """
        assert self.vision is not None, "there are image tokens"
        if screenshots is None:
            raise ValueError(
                f"the model reads {self.frames} screenshots with every text; none were given"
            )
        if screenshots.ndim != 5 or screenshots.shape[1] != self.frames:
            raise ValueError(
                f"screenshots are uint8 (batch, {self.frames}, rows, columns, 3), "
                f"not {tuple(screenshots.shape)}"
            )
        found = self.vision(screenshots.flatten(0, 1))
        tokens = found.summary[:, None] if self.tokens == "temporal" else found.patches
        tokens = self.projection(tokens).unflatten(0, screenshots.shape[:2])  # (B, F, P or 1, d)
        if self.moments is not None:
            tokens = tokens + self.moments.weight[:, None]
        return tokens.flatten(1, 2)

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        screenshots: Tensor | None = None,
        *,
        output_hidden_states: bool = False,
        return_dict: bool = True,
        **unused: Any,
    ) -> Any:
        """The states of image and text tokens, (B, I + T, d), as a `BaseModelOutput`.

        input_ids: (B, T) int64, or inputs_embeds: (B, T, d) instead.
        attention_mask: (B, T), of the text; or (B, I + T), of all; None: all tokens.
        screenshots: see `seen`.
        """
        wanted: dict[str, Any] = {
            "output_hidden_states": output_hidden_states,
            "return_dict": return_dict,
        }
        if self.vision is None:
            return super().forward(input_ids, attention_mask, inputs_embeds, **wanted)
        self.vision.vit.set_grad_checkpointing(
            self.training and bool(self.layers[0].gradient_checkpointing)
        )
        text = self.embed(input_ids) if inputs_embeds is None else inputs_embeds
        together = torch.cat([self.seen(screenshots).to(text.dtype), text], 1)
        mask = widened(attention_mask, together.shape[1])
        return super().forward(None, mask, together, **wanted)


class WebGum(HtmlT5):
    """HTML-T5 with a `SeeingEncoder`; both of its parts are trained together.

    ``WebGum(WebGumConfig(...))`` makes one with random weights; ``from_pretrained`` reads one that
    was saved, `begin` takes the weights of a text model and of a vision transformer.
    """

    config_class = WebGumConfig
    base_model_prefix = "webgum"
    encoder_type = SeeingEncoder
    encoder: SeeingEncoder
    _no_split_modules = ("EncoderLayer", "DecoderLayer", "Block")

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | os.PathLike[str], *arguments: Any, **options: Any
    ) -> Any:
        """A model read from a folder or, by name, from the Hugging Face hub.

        Raises:
            ValueError: what is there is another kind of model.
        """
        config = options.get("config")
        if config is None:
            config = AutoConfig.from_pretrained(pretrained_model_name_or_path)
        if not isinstance(config, WebGumConfig):
            raise ValueError(
                f"{pretrained_model_name_or_path} is a {config.model_type}, no webgum; "
                "WebGum.begin takes the weights of a text model"
            )
        return super().from_pretrained(pretrained_model_name_or_path, *arguments, **options)

    def begin(self, *, text: HtmlT5 | None = None, vision: str | os.PathLike[str] = "") -> None:
        """Takes the weights of its parts; what is not given keeps its random ones.

        text: an HTML-T5, LongT5 or T5 (`HtmlT5.from_pretrained`) of the same sizes.
        vision: see `Vision.load`; "" for none.

        Raises:
            ValueError: the text model is of other sizes, or this one has no pictures to see.
            UserError: `vision` holds no weights, or those of another transformer.
        """
        if text is not None:
            state, own = text.state_dict(), self.state_dict()
            wanted = [name for name in own if not name.startswith(_SEEING)]
            other = [
                name
                for name in sorted({*state, *wanted})
                if name not in state or name not in own or state[name].shape != own[name].shape
            ]
            if other:
                raise ValueError(f"the text model is of other sizes: {', '.join(other[:3])} …")
            self.load_state_dict(state, strict=False)
        if os.fspath(vision):
            if self.encoder.vision is None:
                raise ValueError("a model that reads text alone takes no weights for pictures")
            self.encoder.vision.load(os.fspath(vision))

    def forward(  # type: ignore[override]
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        screenshots: Tensor | None = None,
        encoder_outputs: Any = None,
        inputs_embeds: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        past_key_values: Any = None,
        output_hidden_states: bool | None = None,
        **more: Any,
    ) -> Any:
        """Logits (B, U, V), and the loss where there are labels; see `HtmlT5.forward`.

        attention_mask: (B, T), of the text; or (B, I + T), of all; None: all tokens.
        screenshots: uint8 (B, F, S, S, 3), RGB, the latest last (`screens.frames`); wanted unless
            there are encoder_outputs, or the model reads text alone.

        Raises:
            ValueError: there are no screenshots, or others than the model reads.
        """
        if encoder_outputs is None:
            encoder_outputs = self.encoder(
                input_ids,
                attention_mask,
                inputs_embeds,
                screenshots,
                output_hidden_states=bool(output_hidden_states or self.config.output_hidden_states),
            )
        return super().forward(
            attention_mask=widened(attention_mask, encoder_outputs[0].shape[1]),
            encoder_outputs=encoder_outputs,
            decoder_input_ids=decoder_input_ids,
            past_key_values=past_key_values,
            output_hidden_states=output_hidden_states,
            **more,
        )

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """As HTML-T5's and timm's; image tokens begin as large as T5's embeddings."""
        if isinstance(module, SeeingEncoder) and module.vision is not None:
            scale = module.vision.width**-0.5 * self.config.initializer_factor
            initialization.normal_(module.projection.weight, std=scale)
            initialization.zeros_(module.projection.bias)
            module.vision.initialise()
        super()._init_weights(module)


_SEEING = ("encoder.vision.", "encoder.projection.", "encoder.moments.")
"""How the names of weights begin that a text model does not have."""


def widened(mask: Tensor | None, tokens: int) -> Tensor | None:
    """A mask of the text, (B, T), with ones before it for image tokens: (B, `tokens`)."""
    if mask is None or mask.shape[1] >= tokens:
        return mask
    return torch.cat([mask.new_ones(mask.shape[0], tokens - mask.shape[1]), mask], 1)


AutoConfig.register("webgum", WebGumConfig, exist_ok=True)
AutoModel.register(WebGumConfig, WebGum, exist_ok=True)
AutoModelForSeq2SeqLM.register(WebGumConfig, WebGum, exist_ok=True)
