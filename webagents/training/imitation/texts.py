"""Steps as texts, and pictures for a model that sees: how `HtmlT5` and `WebGum` are taught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from webagents.errors import UserError
from webagents.models import HtmlT5
from webagents.models.screens import SIDE, frame, stacked
from webagents.policies.sequence import answers
from webagents.prompt import Prompt, PromptForm, action_ids, prompt_ids
from webagents.training.denoising.batches import NO_LABEL, Arrays, collate
from webagents.training.denoising.corruption import Example, Tokens, as_tokens
from webagents.training.imitation.teaching import Forced, Taught, Teacher
from webagents.types import Episode

Frame = NDArray[np.uint8]


class TextExample(NamedTuple):
    """A prompt and an action as token ids.

    inputs, targets: each closed by the end token.
    frames: what a model that sees is shown, the latest last, None for a blank one; see `screens`.
    """

    inputs: Tokens
    targets: Tokens
    frames: tuple[Frame | None, ...] = ()

    @property
    def lengths(self) -> tuple[int, int]:
        """How many tokens there are of each."""
        return self.inputs.size, self.targets.size


class TextTeacher(Teacher):
    """Teaches models that read and say tokens."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        form: PromptForm,
        *,
        pad: int = 0,
        side: int = SIDE,
    ) -> None:
        """A teacher for models with this tokenizer that are asked in this form.

        pad: the id that fills up.
        side: pixels of a side of the frames that they are shown.
        """
        super().__init__(form)
        self.tokenizer, self.pad, self.side = tokenizer, pad, side
        self._frames: dict[int, Frame] = {}

    def of(self, episode: Episode, *, augment: str = "") -> Iterator[Taught]:
        """The examples of one episode's steps; see `Teacher.of`."""
        self._frames = {}  # each screenshot is a frame of several steps
        yield from super().of(episode, augment=augment)

    def example(self, asked: Prompt, action: str) -> TextExample | None:
        """See `Teacher.example`."""
        try:
            inputs = as_tokens(prompt_ids(asked, self.form, self.tokenizer))
            targets = as_tokens(action_ids(action, self.form, self.tokenizer))
        except UserError:
            return None
        for seen in asked.screenshots:
            if seen is not None and id(seen) not in self._frames:
                self._frames[id(seen)] = frame(seen, self.side)
        frames = (None if one is None else self._frames[id(one)] for one in asked.screenshots)
        return TextExample(inputs, targets, tuple(frames))

    def collated(self, steps: Sequence[Taught]) -> Arrays:
        """The arrays of `collate`, and of steps with frames ``screenshots``.

        ``screenshots`` is uint8 (B, F, S, S, 3), S pixels of a frame's side.
        """
        examples: list[TextExample] = [step.example for step in steps]
        arrays = collate([Example(one.inputs, one.targets) for one in examples], pad=self.pad)
        if examples[0].frames:
            arrays["screenshots"] = np.stack([stacked(one.frames) for one in examples])
        return arrays

    def said(self, model: PreTrainedModel, steps: Sequence[Taught]) -> list[str]:
        """See `Teacher.said`; nothing is kept from being said."""
        assert isinstance(model, HtmlT5)
        shown = self.collated(steps).get("screenshots")
        inputs = [step.example.inputs.tolist() for step in steps]
        longest = self.form.targets_length
        ids = answers(model, inputs, longest=longest, rows=len(steps), screenshots=shown)
        texts: list[str] = self.tokenizer.batch_decode(ids, skip_special_tokens=True)
        return texts

    def forced(self, model: nn.Module, arrays: Arrays) -> Forced:
        """See `Teacher.forced`."""
        batch = tensors(arrays, model)
        labels = batch["labels"]  # (B, U)
        made: Any = model(**batch)
        logits: Tensor = made.logits.float()  # (B, U, V)
        losses = functional.cross_entropy(
            logits.transpose(1, 2), labels, ignore_index=NO_LABEL, reduction="none"
        )
        right = logits.argmax(-1) == labels
        tokens = labels != NO_LABEL
        return Forced(losses.sum(1).tolist(), tokens.sum(1).tolist(), right.sum(1).tolist())


def tensors(arrays: Arrays, model: nn.Module) -> dict[str, Tensor]:
    """The arrays as tensors where the model is."""
    device = next(model.parameters()).device
    return {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
