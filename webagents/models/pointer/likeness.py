"""Words that are not the same, but alike: links as loud as they are.

Legend: B prompts, C copies of a prompt, I words of an instruction (its copies come first), d width.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from webagents.models.pointer.bags import Links
from webagents.models.pointer.config import PointerConfig
from webagents.slots.records import Link, SlotKind

STEEPNESS, THRESHOLD, SIZE = 8.0, 4.0, 0.1
"""At first: words whose vectors are at right angles are linked by a fiftieth. Of `meaning` what
counts is its direction alone: a tenth of the usual size lets it turn ten times as fast."""

SAME = 0.999
"""The cosine from which words are the same; those have links of their own (`slots.matching`)."""


class Alike(NamedTuple):
    """Words of pages with words of their instructions.

    loudness: (B, C, I), from 0 to 1. places: (B C,) and words: (B I,), their slots.
    """

    loudness: Tensor
    places: Tensor
    words: Tensor

    def heard(self, x: Tensor, links: Links) -> Tensor:
        """What they tell each other, as words do that are the same: (Q, d) to (Q, d)."""
        rows, copies, words = self.loudness.shape
        width = x.shape[1]
        loudness, told = self.loudness.to(x.dtype), links.norm(x)
        word = told[self.words] @ links.weight[Link.WORD_OF_TEXT]
        text = loudness.transpose(1, 2) @ told[self.places].view(rows, copies, width)
        text = (text @ links.weight[Link.TEXT_OF_WORD]).flatten(0, 1)
        word = (loudness @ word.view(rows, words, width)).flatten(0, 1)
        passed = torch.zeros_like(x).index_add(0, self.places, word.to(x.dtype))
        return passed.index_add(0, self.words, text.to(x.dtype))


class Likeness(nn.Module):
    """A steep function of the cosine of two words' vectors, learnt with all else.

    What words mean is in no page: that `huge` is meant where `large` is asked for has to be learnt,
    and attention over all that a slot says learns it very slowly (docs/experiments.md). Our own.
    """

    def __init__(self, config: PointerConfig) -> None:
        super().__init__()
        self.meaning = nn.Linear(config.d_model, config.likeness, bias=False)
        self.steepness = nn.Parameter(torch.tensor([STEEPNESS]))  # FSDP takes no scalars
        self.threshold = nn.Parameter(torch.tensor([THRESHOLD]))

    def forward(self, kinds: Tensor, copies: Tensor, copy_mask: Tensor, spelled: Tensor) -> Alike:
        """kinds: (B, S). copies, copy_mask: (B, C), see `slots.batch_of`. spelled: (B C, d)."""
        asked = (kinds.flatten()[copies] == SlotKind.WORD) & copy_mask
        words = int(asked.sum(1).max())
        meanings = functional.normalize(self.meaning(spelled).float(), dim=1, eps=1e-3)
        of_copies = meanings.view(*copies.shape, meanings.shape[1])
        cosines = of_copies @ of_copies[:, :words].transpose(1, 2)
        there = (copy_mask & ~asked)[:, :, None] & asked[:, None, :words] & (cosines < SAME)
        loudness = torch.sigmoid(cosines * self.steepness - self.threshold) * there
        return Alike(loudness, copies.flatten(), copies[:, :words].flatten())
