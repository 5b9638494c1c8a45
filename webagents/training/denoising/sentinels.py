"""The tokens that stand for what was masked, and the one that ends a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from webagents.errors import UserError

_SENTINEL = re.compile(r"<extra_id_(\d+)>")


class Vocabulary(Protocol):
    """What is asked of a tokenizer; those of ``transformers`` answer it."""

    @property
    def eos_token_id(self) -> int | None:
        """The id of the token that ends a text."""
        ...

    def get_vocab(self) -> Mapping[str, int]:
        """The ids of all tokens."""
        ...


@dataclass(frozen=True, slots=True)
class Sentinels:
    """A vocabulary's sentinels, ids counted down: the k-th masked span is ``first - k``.

    first: the id of ``<extra_id_0>``, T5's highest.
    count: how many there are; T5 has 100.
    eos: the id that ends inputs and targets.
    """

    first: int = 32099
    count: int = 100
    eos: int = 1

    @property
    def last(self) -> int:
        """The lowest id that is a sentinel."""
        return self.first - self.count + 1

    @classmethod
    def of(cls, tokenizer: Vocabulary) -> Sentinels:
        """Those of a tokenizer: ``<extra_id_0>`` and on, as far as ids count down one by one.

        Raises:
            UserError: it has none, or nothing that ends a text.
        """
        ids = {
            int(found[1]): number
            for token, number in tokenizer.get_vocab().items()
            if (found := _SENTINEL.fullmatch(token))
        }
        eos = tokenizer.eos_token_id
        if 0 not in ids or eos is None:
            raise UserError("a tokenizer to denoise with needs <extra_id_0> and an end token")
        count = 1
        while ids.get(count) == ids[0] - count:
            count += 1
        return cls(first=ids[0], count=count, eos=eos)
