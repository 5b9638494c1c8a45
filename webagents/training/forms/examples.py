"""Forms as tokens: what of a long one is kept, and which tokens each field is.

Legend: B forms of a batch, T tokens, E fields of a form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from webagents.training.forms.texts import FormText

NO_TYPE = -100
"""Where a form or a field has no type to learn; `torch`'s cross-entropy skips it."""

Ints = NDArray[np.int64]


class FormTokens(NamedTuple):
    """A form as a model reads it.

    ids: (T) token ids.
    fields: (E, 2), the first token of each field's start tag and the one behind its last; both 0
        where none of them is there.
    """

    ids: Ints
    fields: Ints


class FormExample(NamedTuple):
    """A form and what is to be learnt of it.

    type: the number of its type.
    fields: (E) the numbers of its fields' types; NO_TYPE where nobody named them.
    """

    tokens: FormTokens
    type: int
    fields: Ints


class Batch(NamedTuple):
    """Some forms, padded at the end.

    ids: (B, T) int64.
    mask: (B, T) bool, True for tokens.
    forms: (B, 1, 2) int64, the span of each form.
    fields: (B, E, 2) int64, the spans of fields; padding and what was cut off is 0 to 0.
    types: (B) int64.
    field_types: (B, E) int64, NO_TYPE where there is none.
    """

    ids: Tensor
    mask: Tensor
    forms: Tensor
    fields: Tensor
    types: Tensor
    field_types: Tensor


def tokenized(text: FormText, tokenizer: Any, *, usual: int, longest: int) -> FormTokens:
    """A form's tokens, of a long form those nearest to its fields.

    The start tags of the form and of its fields are kept, then what is nearest to one of them, in
    tokens: what people write about a field stands beside it, and forms that hold a whole page are
    not worth their length.

    tokenizer: a fast one of `transformers`.
    usual: how many tokens are kept, but for start tags that are more.
    longest: how many are kept at most; of start tags, the first ones.
    """
    encoded = tokenizer(text.html, return_offsets_mapping=True, add_special_tokens=False)
    ids = np.array(encoded["input_ids"], np.int64)
    offsets = np.array(encoded["offset_mapping"], np.int64).reshape(-1, 2)
    places = np.array([place or (0, 0) for place in text.fields], np.int64).reshape(-1, 2)
    first = np.searchsorted(offsets[:, 1], places[:, 0], side="right")
    behind = np.searchsorted(offsets[:, 0], places[:, 1], side="left")
    spans = np.stack([first, np.where(places[:, 1] > 0, behind, first)], 1)
    head = np.searchsorted(offsets[:, 0], text.html.index(">") + 1, side="left")
    return _cut(FormTokens(ids, spans), int(head), usual, longest)


def _cut(form: FormTokens, head: int, usual: int, longest: int) -> FormTokens:
    if len(form.ids) <= usual:
        return form
    at = np.arange(len(form.ids))
    distance = np.full_like(at, len(form.ids))
    for begin, end in [(0, head), *form.fields.tolist()]:
        if end > begin:
            distance = np.minimum(distance, np.maximum(begin - at, at - end + 1).clip(min=0))
    count = min(max(usual, int((distance == 0).sum())), longest)
    kept = np.zeros(len(form.ids), bool)
    kept[np.argsort(distance, kind="stable")[:count]] = True
    moved = np.concatenate([[0], np.cumsum(kept)])[form.fields]
    return FormTokens(form.ids[kept], moved)


def collate(examples: Sequence[FormExample], *, pad: int = 0) -> Batch:
    """The examples as one batch.

    pad: the id of padding.
    """
    tokens = max(len(one.tokens.ids) for one in examples)
    fields = max(max(len(one.fields) for one in examples), 1)
    ids = np.full((len(examples), tokens), pad, np.int64)
    spans = np.zeros((len(examples), fields, 2), np.int64)
    field_types = np.full((len(examples), fields), NO_TYPE, np.int64)
    for row, one in enumerate(examples):
        ids[row, : len(one.tokens.ids)] = one.tokens.ids
        spans[row, : len(one.fields)] = one.tokens.fields
        field_types[row, : len(one.fields)] = one.fields
    lengths = torch.tensor([len(one.tokens.ids) for one in examples])
    return Batch(
        ids=torch.from_numpy(ids),
        mask=torch.arange(tokens) < lengths[:, None],
        forms=torch.stack([torch.zeros_like(lengths), lengths], 1)[:, None],
        fields=torch.from_numpy(spans),
        types=torch.tensor([one.type for one in examples]),
        field_types=torch.from_numpy(field_types),
    )


def batched(
    examples: Sequence[FormExample], tokens: int, random: np.random.Generator | None = None
) -> list[list[int]]:
    """The numbers of the examples in batches of forms of like length.

    tokens: the most that a batch has, padding included, but for a single longer form.
    random: mixes forms of about the same length, and the batches; None: by length alone.
    """
    lengths = np.array([len(one.tokens.ids) for one in examples])
    noise = random.uniform(0.8, 1.25, len(lengths)) if random else np.ones(len(lengths))
    batches: list[list[int]] = [[]]
    widest = 0
    for number in np.argsort(lengths * noise, kind="stable").tolist():
        widest = max(widest, int(lengths[number]))
        if batches[-1] and widest * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            widest = int(lengths[number])
        batches[-1].append(number)
    if random:
        return [batches[i] for i in random.permutation(len(batches))]
    return batches
