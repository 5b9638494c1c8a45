"""Denoising: documents with holes as a model's input, what was in the holes as its target.

Span corruption as T5 does it, any mixture of mean span lengths and noise densities, prefix
language modelling as one more objective; and the way from documents to batches, numpy alone.

    denoiser = Denoiser(mixture("8,64"), sentinels, inputs_length=4096)
    cutter = Cutter(documents)                                      # token ids
    tokens = cutter.piece(denoiser.raw_length(epoch, index))        # None when all are cut
    example = denoiser.example(tokens, epoch, index)
    for batch in bucketed(examples, BatchSize(rows=128), seed=0):
        arrays = collate(batch)                                     # input_ids, labels, ...

Source of the objective: Raffel et al. 2020, T5; of the HTML mixture {8, 64}: Gur et al. 2024,
HTML-T5, section 3.1.
"""

from webagents.training.denoising.batches import (
    BatchSize,
    bucketed,
    collate,
    padding_share,
    shuffled,
)
from webagents.training.denoising.corruption import Example, corrupt, restore
from webagents.training.denoising.denoiser import Denoiser, example_generator
from webagents.training.denoising.lengths import Lengths, noise_counts, span_lengths
from webagents.training.denoising.masks import prefix_mask, spans_mask
from webagents.training.denoising.mixtures import Mixture, mixture
from webagents.training.denoising.objectives import Objective, PrefixLM, SpanCorruption
from webagents.training.denoising.packing import Cutter
from webagents.training.denoising.sentinels import Sentinels

__all__ = [
    "BatchSize",
    "Cutter",
    "Denoiser",
    "Example",
    "Lengths",
    "Mixture",
    "Objective",
    "PrefixLM",
    "Sentinels",
    "SpanCorruption",
    "bucketed",
    "collate",
    "corrupt",
    "example_generator",
    "mixture",
    "noise_counts",
    "padding_share",
    "prefix_mask",
    "restore",
    "shuffled",
    "span_lengths",
    "spans_mask",
]
