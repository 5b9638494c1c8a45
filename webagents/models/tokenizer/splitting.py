"""Where a text may be parted into tokens: along HTML's grammar, then along words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import pre_tokenizers

# In the order in which they are tried at each place. What a line says of letters, digits and white
# space follows GPT-2 and its successors; the tags and attributes are ours.
_GRAMMAR = (
    r"</s(?=>)",  # so that no piece is T5's end token, </s>, which is an element's end too
    r"</[A-Za-z][\w:-]*>?",  # </div>
    r"<[A-Za-z][\w:-]*",  # <div
    r""" [A-Za-z_:@][\w:.@-]*=["']?""",  # class=", with the space before it
    r"""[^\r\n\p{L}\p{N}<>"&]?[\p{L}\p{M}]+""",  # a word, with one mark or space before it
    r"\p{N}",  # a digit
    r""" ?[^\s\p{L}\p{N}<>"&]+""",  # other marks
    r"""[<>"&]""",
    r"\s*[\r\n]+",
    r"\s+(?!\S)",  # white space but its last character, which goes with the word
    r"\s+",
)


def grammar(marks: Iterable[str]) -> str:
    """The pattern of one piece, as Oniguruma reads it; marks come first, the longest before."""
    longest_first = sorted(marks, key=lambda mark: (-len(mark), mark))
    return "|".join((*map(re.escape, longest_first), *_GRAMMAR))


def splitter(marks: Iterable[str], *, without: Iterable[str] = ()) -> pre_tokenizers.PreTokenizer:
    """Parts a text into pieces, each as the bytes it is in UTF-8; no token crosses their ends.

    marks: strings that are pieces by themselves, wherever a piece can begin.
    without: pieces that are dropped, as is wanted when learning from the others.
    """
    from tokenizers import Regex, pre_tokenizers

    steps = [pre_tokenizers.Split(Regex(grammar(marks)), "isolated")]
    if dropped := "|".join(map(re.escape, without)):
        steps.append(pre_tokenizers.Split(Regex(rf"\A(?:{dropped})\z"), "removed"))
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([*steps, as_bytes])
