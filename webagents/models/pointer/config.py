"""The configuration of `PointerT5`."""

from __future__ import annotations

from typing import Any

from webagents.models.config import HtmlT5Config
from webagents.slots.clauses import Wording


class PointerConfig(HtmlT5Config):
    """What a `PointerT5` is made of, beside what `HtmlT5Config` names.

    vocab_size: how many fixed symbols there are (see `slots.Alphabet`).
    names: the actions that it can say, in the order of their symbols.
    pieces: how many pieces the words' tokenizer knows.
    picture: pixels of a side of the picture of each element; 0 for a model that does not see.
    likeness: the width in which words are compared, so that synonyms may be linked; 0 for a model
        that links only words that are the same.
    wording: how instructions are cut into clauses (the fields of `slots.clauses.Wording`), for a
        model that is asked clause by clause and says which action is a clause's last; None for one
        that is asked by whole instructions.
    """

    model_type = "html-t5-pointer"

    names: list[str] | None = None
    pieces: int = 8192
    picture: int = 0
    likeness: int = 0
    wording: dict[str, list[str]] | None = None

    def __post_init__(self, **kwargs: Any) -> None:
        """Fills in what follows from the rest, and checks."""
        super().__post_init__(**kwargs)
        if self.tie_word_embeddings:
            raise ValueError("the output layer of a PointerT5 is its own: it cannot be tied")
        if self.picture % 4 or self.picture < 0:
            raise ValueError(f"picture is a multiple of 4, or 0, not {self.picture}")
        if self.likeness < 0:
            raise ValueError(f"likeness is 0 or more, not {self.likeness}")
        if self.wording is not None:
            Wording.read(self.wording)
