"""What the training of a part is set up by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from webagents.errors import UserError, check_least
from webagents.planners.compact import Kind
from webagents.training.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTraining(Running):
    """Training a planner or a program writer on visits whose notes hold plans and programs.

    part: "planner", or "writer".
    data: datasets of visits to learn from, as the policy webagent:scripted,scripted plays them.
    held_out: datasets of which all is looked at in validation, and nothing is learned.
    model: a size of the compact policy (pointer-tiny, pointer), or the folder of a part to go on
        from.
    begin: the folder of a compact policy of that size whose weights it begins with, such as
        models/pointer-html; None for random ones.
    changes: fields of the model's configuration set otherwise: ``d_model=96``.
    tokenizer: the name of a bundled tokenizer, or a folder.
    common: how often a word is said that the question does not have, for it to get a symbol of its
        own.
    window: how many examples are sorted by length together; more make for less padding.
    kept: how many examples stay in memory once they are read; further ones are read in each epoch.
    """

    part: Kind
    data: list[Path]
    held_out: list[Path] = field(default_factory=list)
    model: str = "pointer"
    begin: Path | None = None
    changes: str = ""
    tokenizer: str = "html-8k"
    common: int = 10
    window: int = 1024
    kept: int = 40_000

    def __post_init__(self) -> None:
        Running.__post_init__(self)
        if not self.data:
            raise UserError("no data to learn from; name a dataset")
        check_least(self, common=1, window=1, kept=0)
