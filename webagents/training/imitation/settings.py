"""What imitation is set up by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from webagents.errors import UserError, check_least, clipped
from webagents.prompt import PromptForm
from webagents.training.imitation.balancing import BALANCES, BY_RATES, Balance
from webagents.training.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Imitation(Running):
    """Training a model on demonstrations, step by step.

    data: datasets to learn from, their "train" splits.
    held_out: datasets of which all is looked at in validation, and nothing is learned.
    model: a size (tiny, small, 20m, base, large, xl; webgum-tiny, webgum-small, webgum-base,
        webgum-large, webgum-xl for one that sees; pointer-tiny, pointer, pointer-seeing for the
        compact policy), or the folder of a model to go on from.
    text_weights: the folder of an HTML-T5, LongT5 or T5 that a size's text part begins as, its
        own sizes included.
    vision_weights: file or folder of the weights that a size's vision transformer begins with, or
        "pretrained" for those that timm gets from the hub.
    changes: fields of the model's configuration set otherwise: ``qk_layernorm=true,d_model=128``.
    tokenizer: the name of a bundled tokenizer, or a folder.
    inputs_length: tokens of an input at most; a page that is too long loses its end.
    targets_length: tokens of an action at most; steps with longer ones are left out.
    actions: how many of the latest actions the model is told.
    view: what of the pages' html the model reads, "text", "visual", or "boxes", of the visual view
        where elements are alone; the policy will ask for the same.
    actions_form: how the model writes actions, as "calls" or as "webgum" does; steps that its form
        has no words for are left out.
    window: how many examples are sorted by length together; more make for less padding.
    balance: how often which task is learned from: none (as the data has them), uniform (as many
        steps of each), weak (the more steps the more often the policy fails, at the last trial), or
        html-t5++ (its recipe: more of the weakest tasks, half of easy ones).
    rates: a JSON file of success rates by task, such as an evaluation's report.json, which the
        balance follows before the first trial.
    augment: whether prompts are changed as they are learned from: attributes in another order, ids
        and classes dropped or renamed, boxes moved.
    play_every: steps between trials, in which the policy plays in real pages; 0 for none. With
        trials, the run's model is the best of them by success, and its folder "last" the latest.
    play_tasks: what is played: ids, sets and globs, by comma; by default the tasks of the data.
    play_episodes: episodes of each task in a trial, on seeds from 500,000,000 on.
    play_workers: how many pages are played at once, by each process.
    patience: after how many trials in a row without a better one training ends; 0 for never.
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
    view: Literal["text", "visual", "boxes"] = "text"
    actions_form: Literal["calls", "webgum"] = "calls"
    window: int = 1024
    balance: Balance = "none"
    rates: Path | None = None
    augment: bool = False
    play_every: int = 0
    play_tasks: str = ""
    play_episodes: int = 5
    play_workers: int = 4
    patience: int = 0

    def __post_init__(self) -> None:
        Running.__post_init__(self)
        if not self.data:
            raise UserError("no data to learn from; name a dataset")
        check_least(self, window=1, play_episodes=1, play_workers=1, play_every=0, patience=0)
        if self.balance not in BALANCES:
            known = ", ".join(BALANCES)
            raise UserError(f"no balance {clipped(self.balance)}; there is {known}")
        if self.balance in BY_RATES and not self.play_every and self.rates is None:
            raise UserError(
                f"the balance {self.balance} looks at success: give play_every, or rates"
            )
        if self.patience and not self.play_every:
            raise UserError("patience is for trials; give play_every")
        if self.play_every and self.sharding != "none":
            raise UserError("a model in parts cannot play; with play_every, sharding is none")
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
