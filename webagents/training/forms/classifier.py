"""Heads that tell what an element is from an encoder's states.

Legend: B batch, T tokens, E elements, C classes, d width of the encoder's states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from webagents.models.encoder import Encoder
from webagents.training.forms.examples import NO_TYPE, Batch

HASTE = 10.0
"""How many times as fast as the encoder's weights the heads' learn: they have to be learnt from
nothing in a few passes, at a rate that leaves what the encoder has learnt before."""


class Logits(NamedTuple):
    """What the classifier thinks of a batch.

    forms: (B, form types).
    fields: (B, E, field types).
    """

    forms: Tensor
    fields: Tensor


class ElementClassifier(nn.Module):
    """Tells the class of elements that are pointed at, each by the span of its tokens.

    An element is the mean of the states of its span: of its start tag, or of all of it. The states
    are multiplied by `HASTE`, and the weights begin as much smaller: to an optimiser whose steps
    are of one size, such as AdamW, that is a head whose learning rate is as much higher.
    """

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.out = nn.Linear(width, classes)
        nn.init.normal_(self.out.weight, std=width**-0.5 / HASTE)
        nn.init.zeros_(self.out.bias)

    def forward(self, states: Tensor, spans: Tensor) -> Tensor:
        """(B, T, d) to logits (B, E, C).

        spans: (B, E, 2) int64, the first token of each element and the one behind its last; an
            element without tokens is all zeros.
        """
        logits: Tensor = self.out(span_means(states, spans) * HASTE)
        return logits


def span_means(states: Tensor, spans: Tensor) -> Tensor:
    """The means of the states of spans, in float32: (B, T, d) and (B, E, 2) to (B, E, d)."""
    at = torch.arange(states.shape[1], device=states.device)
    inside = (at >= spans[..., :1]) & (at < spans[..., 1:])  # (B, E, T)
    return inside.float() @ states.float() / inside.sum(-1, keepdim=True).clamp(min=1)


class LayerMix(nn.Module):
    """A weighted mean of the states of all layers, the embeddings included, each of unit size.

    What words a text has is plainest in the first layers, what they mean together in the last; the
    weights are learnt, all alike at first.
    Source: Peters et al. 2018, Deep contextualized word representations, equation 1.
    """

    def __init__(self, layers: int) -> None:
        """A mix of so many layers' states and the embeddings."""
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(layers + 1))

    def forward(self, states: Sequence[Tensor]) -> Tensor:
        """(B, T, d) of each layer to (B, T, d), float32."""
        shares = self.weights.float().softmax(0)
        normed = [functional.rms_norm(one.float(), one.shape[-1:]) for one in states]
        return torch.stack(normed, -1) @ shares


class FormClassifier(nn.Module):
    """An encoder with two heads: of a form's type and of the types of its fields."""

    def __init__(self, encoder: Encoder, form_types: int, field_types: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.mix = LayerMix(encoder.config.num_layers)
        width = encoder.config.d_model
        self.form_head = ElementClassifier(width, form_types)
        self.field_head = ElementClassifier(width, field_types)

    def forward(self, batch: Batch) -> Logits:
        """The logits of all forms and fields; those of padding mean nothing."""
        read = self.encoder(batch.ids, batch.mask, output_hidden_states=True)
        states = self.mix(read.hidden_states)
        # a padded position may hold anything finite; no span reaches there
        with torch.autocast(states.device.type, enabled=False):
            return Logits(
                self.form_head(states, batch.forms)[:, 0], self.field_head(states, batch.fields)
            )

    def loss(self, batch: Batch) -> Tensor:
        """The mean cross-entropy of forms and that of fields, in nats, added."""
        logits = self(batch)
        loss = functional.cross_entropy(logits.forms, batch.types, ignore_index=NO_TYPE)
        if bool((batch.field_types != NO_TYPE).any()):
            loss = loss + functional.cross_entropy(
                logits.fields.flatten(0, 1), batch.field_types.flatten(), ignore_index=NO_TYPE
            )
        return loss
