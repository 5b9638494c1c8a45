"""A tokenizer's tokens as bytes, and as a tree of their common beginnings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from webagents.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(slots=True)
class Branch:
    """The tokens that begin in one way.

    tokens: the ids of those that are just this.
    longer: those that go on, by their next byte.
    """

    tokens: list[int] = field(default_factory=list)
    longer: dict[int, Branch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can be said.

    texts: of each token its bytes; b"" for those that stand for no text.
    root: all tokens but those.
    end: the id of the end token.
    spaced: whether texts begin with a space that is not theirs, as SentencePiece's do.
    """

    texts: list[bytes]
    root: Branch
    end: int
    spaced: bool

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase) -> Vocabulary:
        """The vocabulary of a tokenizer of bytes (as GPT-2's) or of SentencePiece's kind.

        Raises:
            UserError: it is of another kind, or has no end token.
        """
        described = json.loads(tokenizer.backend_tokenizer.to_str()).get("decoder") or {}
        kinds = {each["type"] for each in described.get("decoders", [described]) if "type" in each}
        if not kinds & {"ByteLevel", "Metaspace"} or tokenizer.eos_token_id is None:
            raise UserError(
                "actions are spelt with tokenizers of bytes or of SentencePiece's kind that have "
                f"an end token, not with one of {', '.join(sorted(kinds)) or 'no known kind'}"
            )
        of_bytes = _bytes() if "ByteLevel" in kinds else {}
        silent, added = set(tokenizer.all_special_ids), tokenizer.get_added_vocab()
        texts: list[bytes] = []
        for number, token in enumerate(tokenizer.convert_ids_to_tokens(range(len(tokenizer)))):
            if token is None or number in silent or token.startswith("<extra_id_"):
                texts.append(b"")
            elif token in added:
                texts.append(token.encode())
            elif of_bytes:
                texts.append(bytes(of_bytes[letter] for letter in token))
            else:
                texts.append(token.replace("\u2581", " ").encode())
        root = Branch()
        for number, text in enumerate(texts):
            if text:
                branch = root
                for byte in text:
                    branch = branch.longer.setdefault(byte, Branch())
                branch.tokens.append(number)
        return cls(texts, root, int(tokenizer.eos_token_id), not of_bytes)

    def tokens_in(self, text: bytes) -> int | None:
        """How many tokens say a text, each as long as there is one; None if they do not say it."""
        count = 0
        while text:
            branch, longest = self.root, 0
            for size, byte in enumerate(text, start=1):
                if byte not in branch.longer:
                    break
                branch = branch.longer[byte]
                longest = size if branch.tokens else longest
            if not longest:
                return None
            text = text[longest:]
            count += 1
        return count


def _bytes() -> dict[str, int]:
    """The byte that each letter of a token stands for.

    Source: GPT-2's ``bytes_to_unicode``: bytes that print are themselves, the others follow from
    256 on.
    """
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {chr(byte): byte for byte in shown} | {
        chr(256 + place): byte for place, byte in enumerate(hidden)
    }
