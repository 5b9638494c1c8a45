"""The teacher for a model."""

from __future__ import annotations

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from webagents.models.pointer import PointerT5
from webagents.models.screens import SIDE
from webagents.prompt import PromptForm
from webagents.slots import Alphabet, Limits, pieces_of
from webagents.training.imitation.pointing import PointingTeacher
from webagents.training.imitation.teaching import Teacher
from webagents.training.imitation.texts import TextTeacher


def teacher_of(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, form: PromptForm
) -> Teacher:
    """A teacher of the model's kind, for how it is asked."""
    if isinstance(model, PointerT5):
        alphabet = Alphabet(tuple(model.config.names))
        limits = Limits(picture=model.config.picture)
        return PointingTeacher(pieces_of(tokenizer), alphabet, form, limits)
    side = getattr(model.config, "screen_size", SIDE)
    return TextTeacher(tokenizer, form, pad=int(model.config.pad_token_id), side=side)
