"""The teacher for a model."""

from __future__ import annotations

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from webagents.models.pointer import PointerT5
from webagents.models.screens import SIDE
from webagents.prompt import PromptForm
from webagents.slots import Alphabet, pieces_of
from webagents.training.imitation.pointing import PointingTeacher
from webagents.training.imitation.teaching import Teacher
from webagents.training.imitation.texts import TextTeacher


def teacher_of(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, form: PromptForm
) -> Teacher:
    """A teacher of the model's kind, for how it is asked."""
    if isinstance(model, PointerT5):
        return PointingTeacher(pieces_of(tokenizer), Alphabet(tuple(model.config.names)), form)
    side = getattr(model.config, "screen_size", SIDE)
    return TextTeacher(tokenizer, form, pad=int(model.config.pad_token_id), side=side)
