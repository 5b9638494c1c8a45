"""HTML-T5 over slots: it reads words and elements as a vector each, and points to answer.

Legend: B prompts, S slots, C copies, T symbols, K ways, V fixed symbols, d width.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedModel, initialization
from transformers.modeling_outputs import ModelOutput

from webagents.models.html_t5 import HtmlT5
from webagents.models.layers import RmsNorm
from webagents.models.pointer.bags import Bags, Links
from webagents.models.pointer.config import PointerConfig
from webagents.models.pointer.likeness import SIZE, STEEPNESS, THRESHOLD, Likeness
from webagents.models.pointer.looks import Looks
from webagents.slots.records import Link, SlotKind


class Read(NamedTuple):
    """What the encoder made of a batch.

    states: (B, S, d). words: (B, C, d), of the words that can be copied.
    mask: (B, S), elements: (B, S) and copies: (B, C), bool: what there is, and can be pointed at.
    """

    states: Tensor
    words: Tensor
    mask: Tensor
    elements: Tensor
    copies: Tensor


class PointerT5(PreTrainedModel):
    """An `HtmlT5` that reads slots and says symbols (see `webagents.slots`).

    Its vocabulary is the fixed symbols; slots and copies are pointed at: their scores are scaled
    products of the decoder's state with theirs, in one softmax with the fixed symbols'.
    Source of pointing: Vinyals et al. 2015, Pointer networks; of copying, See et al. 2017.
    """

    config_class = PointerConfig
    base_model_prefix = "pointer"
    main_input_name = "kinds"
    _no_split_modules = ("EncoderLayer", "DecoderLayer", "Links")

    def __init__(self, config: PointerConfig) -> None:
        super().__init__(config)
        width = config.d_model
        self.t5 = HtmlT5(config)
        self.bags = Bags(config)
        self.kind = nn.Embedding(len(SlotKind), width)
        self.looks = Looks(config) if config.picture else None
        self.likeness = Likeness(config) if config.likeness else None
        self.links = nn.ModuleList(Links(config, len(Link)) for _ in range(config.num_layers))
        self.word_norm = RmsNorm(width, config.layer_norm_epsilon)
        self.word = nn.Linear(width, width, bias=False)
        self.point = nn.Linear(width, width, bias=False)
        self.pointed = nn.Linear(width, width, bias=False)
        self.copy = nn.Linear(width, width, bias=False)
        self.copied = nn.Linear(width, width, bias=False)
        self.said = nn.Linear(width, width, bias=False)
        self.last = nn.Linear(width, 1) if config.wording else None
        self.post_init()

    def begin(self, text: PointerT5) -> None:
        """Takes the weights of another one; what only this one has, to see, adds nothing at first.

        What tells last actions is left as it is: it goes with a model's own wording.

        Raises:
            ValueError: that one is of other sizes, or sees.
        """
        own = self.state_dict()
        state = {k: v for k, v in text.state_dict().items() if not k.startswith("last.")}
        wanted = {name for name in own if not name.startswith(("looks.", "last."))}
        other = sorted(wanted ^ set(state)) or [
            name for name in sorted(wanted) if state[name].shape != own[name].shape
        ]
        if other:
            raise ValueError(f"the other model is of other sizes: {', '.join(other[:3])} …")
        self.load_state_dict(state, strict=False)
        if self.looks is not None:
            nn.init.zeros_(self.looks.out.weight)
            nn.init.zeros_(self.looks.out.bias)

    def read(
        self,
        kinds: Tensor,
        attention_mask: Tensor,
        elements: Tensor,
        facts: Tensor,
        numbers: Tensor,
        values: Tensor,
        said: Tensor,
        bags: Tensor,
        links: Tensor,
        link_counts: Tensor,
        heard: Tensor,
        hearers: Tensor,
        loudness: Tensor,
        copies: Tensor,
        copy_mask: Tensor,
        pieces: Tensor,
        seen: Tensor | None = None,
        crops: Tensor | None = None,
        **unused: Any,
    ) -> Read:
        """Runs the encoder; the arrays are those of `slots.batch_of`."""
        rows, width = kinds.shape
        x = self.bags(facts, numbers, values, said, bags) + self.kind(kinds.flatten())
        if self.looks is not None and seen is not None and crops is not None:
            x = x.index_add(0, seen, self.looks(crops).to(x.dtype))
        counts = link_counts.tolist()
        spelled = self._spelled(copies.numel(), pieces)
        alike = None
        if self.likeness is not None:
            alike = self.likeness(kinds, copies, copy_mask, spelled)

        def listen(layer: int, x: Tensor) -> Tensor:
            flat = x.flatten(0, 1)
            told = self.links[layer](flat, links, counts, heard, hearers, loudness)
            if alike is not None:
                told = told + alike.heard(flat, self.links[layer])
            return told.view(x.shape)

        x = x.view(rows, width, -1)
        states = self.t5.encoder(None, attention_mask, x, before=listen).last_hidden_state
        flat = states.reshape(rows * width, -1)
        words = self.word(self.word_norm(flat[copies.flatten()] + spelled))
        return Read(states, words.view(*copies.shape, -1), attention_mask, elements, copy_mask)

    def _spelled(self, copies: int, pieces: Tensor) -> Tensor:
        """The copies' own words as vectors: (copies, d)."""
        copy, piece, place = pieces.unbind(1)
        told = self.bags.piece(piece) * (1 + self.bags.place(place))
        return told.new_zeros(copies, told.shape[1]).index_add_(0, copy, told)

    def embed(self, symbols: Tensor, read: Read) -> Tensor:
        """Symbols as the decoder reads them: (B, T) to (B, T, d)."""
        fixed = self.config.vocab_size
        slots = read.states.shape[1]
        things = self.said(torch.cat([read.states, read.words.to(read.states.dtype)], 1))
        at = (symbols - fixed).clamp(0, slots + read.words.shape[1] - 1)
        pointed = things.gather(1, at[..., None].expand(-1, -1, things.shape[2]))
        spelled = self.t5.encoder.embed(symbols.clamp(max=fixed - 1))
        return torch.where((symbols < fixed)[..., None], spelled.to(pointed.dtype), pointed)

    def scores(
        self, states: Tensor, read: Read, allowed: Tensor, may_point: Tensor, may_copy: Tensor
    ) -> Tensor:
        """Scores of all symbols, -inf for what is not allowed: (B, T, V + S + C), float32.

        states: (B, T, d), the decoder's. The rules are those of `slots.lessons_of`.
        """
        scale = self.config.d_model**-0.5
        fixed = self.t5.lm_head(states)
        points = self.point(states) @ self.pointed(read.states).transpose(1, 2) * scale
        copies = self.copy(states) @ self.copied(read.words.to(states.dtype)).transpose(1, 2)
        may = torch.cat(
            [
                allowed,
                may_point[..., None] & read.elements[:, None],
                may_copy & read.copies[:, None],
            ],
            2,
        )
        together = torch.cat([fixed, points, copies * scale], 2).float()
        return together.masked_fill(~may, -torch.inf)

    def forward(
        self,
        symbols: Tensor,
        ways: Tensor,
        allowed: Tensor,
        may_point: Tensor,
        may_copy: Tensor,
        last: Tensor | None = None,
        **asked: Tensor,
    ) -> ModelOutput:
        """The loss: minus the log of the likelihood that all the right symbols have together.

        The arrays are those of `slots.lessons_of`. ``loss`` is the mean over labels, ``losses`` are
        theirs, (B, T), and ``logits`` (B, T, V + S + C). A model that tells last actions adds to
        ``loss`` what it costs it to tell them, the mean over the prompts of which it is known.
        """
        read = self.read(**asked)
        decoded = self.t5.decoder(
            self.embed(symbols, read), read.states, read.mask, None, None, use_cache=False
        )
        scores = self.scores(decoded.last_hidden_state, read, allowed, may_point, may_copy)
        right = scores.gather(2, ways.clamp(min=0)).masked_fill(ways < 0, -torch.inf)
        there = ways[..., 0] >= 0
        losses = scores.new_zeros(there.shape)
        losses[there] = scores[there].logsumexp(1) - right[there].logsumexp(1)
        loss = losses.sum() / there.sum().clamp(min=1)
        if self.last is not None and last is not None:
            ends = there.sum(1, keepdim=True)[..., None] - 1
            at_end = decoded.last_hidden_state.gather(1, ends.expand(-1, -1, self.config.d_model))
            told = self.lasts(at_end)[:, 0]
            known = last >= 0
            costs = functional.binary_cross_entropy_with_logits(
                told, (last > 0).to(told.dtype), reduction="none"
            )
            loss = loss + (costs * known).sum() / known.sum().clamp(min=1)
        return ModelOutput(loss=loss, logits=scores, losses=losses)

    def lasts(self, states: Tensor) -> Tensor:
        """Whether actions are the last of what is asked, as log odds: (B, T, d) to (B, T), float32.

        states: the decoder's where it says the `END` of an action.
        """
        if self.last is None:
            raise ValueError("a model without wording is not asked clause by clause")
        odds: Tensor = self.last(states)[..., 0]
        return odds.float()

    @classmethod
    def is_custom_code(cls) -> bool:
        """No, see `HtmlT5.is_custom_code`."""
        return False

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """Embeddings of unit size, gates close to 1, matrices by their fan in."""
        normal = initialization.normal_
        width = self.config.d_model**-0.5
        if isinstance(module, RmsNorm):
            initialization.constant_(module.weight, 1.0)
        elif isinstance(module, nn.Embedding):
            gates = module in (self.bags.place, self.bags.gate)
            normal(module.weight, std=0.5 if gates else 1.0)
        elif isinstance(module, nn.Linear | nn.Conv2d):
            normal(module.weight, std=module.weight[0].numel() ** -0.5)
            if module.bias is not None:
                initialization.zeros_(module.bias)
        elif isinstance(module, Links):
            normal(module.weight, std=width)
        elif isinstance(module, Likeness):
            initialization.constant_(module.steepness, STEEPNESS)
            initialization.constant_(module.threshold, THRESHOLD)
            normal(module.meaning.weight, std=SIZE * width)


AutoConfig.register("html-t5-pointer", PointerConfig, exist_ok=True)
AutoModel.register(PointerConfig, PointerT5, exist_ok=True)
