"""What an HTML tokenizer is trained with, and the special tokens it has."""

from __future__ import annotations

from dataclasses import dataclass

from webagents.errors import UserError

PAD, EOS, UNK = "<pad>", "</s>", "<unk>"
"""The first three tokens, ids 0, 1 and 2, as in T5."""

BYTES = 256
"""A token for each byte, so that no text is beyond the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerConfig:
    """What an HTML tokenizer is trained with.

    vocabulary_size: tokens in all, special ones included; fewer come out where the texts do not
        hold enough that repeats.
    sentinels: how many ``<extra_id_…>`` there are; 100 in T5. Spans of 3 tokens on inputs of 4,096
        need 227.
    min_frequency: how often two tokens have to meet to be made one.
    longest: the most bytes that a token learnt from texts has.
    """

    vocabulary_size: int = 8192
    sentinels: int = 100
    min_frequency: int = 2
    longest: int = 24

    def __post_init__(self) -> None:
        if self.sentinels < 1 or self.min_frequency < 1 or self.longest < 1:
            raise UserError(f"{self}: sentinels, min_frequency and longest are at least 1")

    @property
    def special(self) -> tuple[str, ...]:
        """The tokens that stand for no text, by ascending id but for the sentinels'."""
        return (PAD, EOS, UNK, *self.sentinel_tokens)

    @property
    def sentinel_tokens(self) -> tuple[str, ...]:
        """``<extra_id_0>`` and on, whose ids count down from the vocabulary's end."""
        return tuple(f"<extra_id_{number}>" for number in range(self.sentinels))
