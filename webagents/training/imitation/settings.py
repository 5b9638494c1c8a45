"""What imitation is set up by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from webagents.errors import UserError
from webagents.prompt import PromptForm
from webagents.training.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Imitation(Running):
    """Training a model on demonstrations, step by step.

    data: datasets to learn from, their "train" splits.
    held_out: datasets of which all is looked at in validation, and nothing is learned.
    model: a size (tiny, small, 20m, base, large, xl), or the folder of a model to go on from.
    changes: fields of the model's configuration set otherwise: ``qk_layernorm=true,d_model=128``.
    tokenizer: the name of a bundled tokenizer, or a folder.
    inputs_length: tokens of an input at most; a page that is too long loses its end.
    targets_length: tokens of an action at most; steps with longer ones are left out.
    actions: how many of the latest actions the model is told.
    view: what the pages' html carries, "text" or "visual"; the policy will ask for the same.
    window: how many examples are sorted by length together; more make for less padding.
    """

    data: list[Path]
    held_out: list[Path] = field(default_factory=list)
    model: str = "small"
    changes: str = ""
    tokenizer: str = "html-8k"
    inputs_length: int = 1024
    targets_length: int = 128
    actions: int = 4
    view: Literal["text", "visual"] = "text"
    window: int = 1024

    def __post_init__(self) -> None:
        Running.__post_init__(self)
        if not self.data:
            raise UserError("no data to learn from; name a dataset")
        if self.window < 1:
            raise UserError(f"window is {self.window}, it has to be 1 or more")
        _ = self.form

    @property
    def form(self) -> PromptForm:
        """How the model is asked."""
        return PromptForm(
            inputs_length=self.inputs_length,
            targets_length=self.targets_length,
            actions=self.actions,
            view=self.view,
        )
