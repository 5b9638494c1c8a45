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
    model: a size (tiny, small, 20m, base, large, xl; webgum-tiny, webgum-small, webgum-base,
        webgum-large, webgum-xl for one that sees), or the folder of a model to go on from.
    text_weights: the folder of an HTML-T5, LongT5 or T5 that a size's text part begins as, its
        own sizes included.
    vision_weights: file or folder of the weights that a size's vision transformer begins with, or
        "pretrained" for those that timm gets from the hub.
    changes: fields of the model's configuration set otherwise: ``qk_layernorm=true,d_model=128``.
    tokenizer: the name of a bundled tokenizer, or a folder.
    inputs_length: tokens of an input at most; a page that is too long loses its end.
    targets_length: tokens of an action at most; steps with longer ones are left out.
    actions: how many of the latest actions the model is told.
    view: what the pages' html carries, "text" or "visual"; the policy will ask for the same.
    actions_form: how the model writes actions, as "calls" or as "webgum" does; steps that its form
        has no words for are left out.
    window: how many examples are sorted by length together; more make for less padding.
    """

    data: list[Path]
    held_out: list[Path] = field(default_factory=list)
    model: str = "small"
    text_weights: str = ""
    vision_weights: str = ""
    changes: str = ""
    tokenizer: str = "html-8k"
    inputs_length: int = 1024
    targets_length: int = 128
    actions: int = 4
    view: Literal["text", "visual"] = "text"
    actions_form: Literal["calls", "webgum"] = "calls"
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
        """How a model that reads text alone is asked; one that sees is shown its frames as well."""
        return PromptForm(
            inputs_length=self.inputs_length,
            targets_length=self.targets_length,
            actions=self.actions,
            view=self.view,
            actions_form=self.actions_form,
        )
