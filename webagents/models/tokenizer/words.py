"""The strings that are one token each, however rare: HTML's own words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from webagents.resources import content


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The strings that are one token each.

    tags: ``<div``, ``</div>``.
    attributes: `` class="``, and `` checked`` for those without a value.
    marks: strings that also are never joined with what is around them, wherever a piece can begin
        (see `splitting`): ``">``, ``&amp;``, ``click('``.
    """

    tags: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        """All of them, each once, in a fixed order."""
        return iter(dict.fromkeys((*self.tags, *self.attributes, *self.marks)))


def html_words() -> Words:
    """Those of the bundled list, ``models/tokenizer/words.toml``."""
    table = tomllib.loads(content("models", "tokenizer", "words.toml").read_text(encoding="utf-8"))
    opened = (*table["elements"], *table["void_elements"])
    return Words(
        tags=(
            *(f"<{name}" for name in opened),
            *(f"</{name}>" for name in table["elements"]),
            *table["tags"],
        ),
        attributes=(
            *(f' {name}="' for name in table["attributes"]),
            *(f" {name}" for name in table["flags"]),
        ),
        marks=(*table["marks"], *table["actions"]),
    )
