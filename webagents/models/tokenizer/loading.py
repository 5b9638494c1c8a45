"""Tokenizers by name or place: bundled ones, folders, T5's SentencePiece files."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from webagents.errors import UserError, clipped
from webagents.resources import content

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FILE = "tokenizer.json"
SENTENCE_PIECE = "spiece.model"


def load_tokenizer(source: str | Path = "html-8k") -> PreTrainedTokenizerBase:
    """A tokenizer.

    source: the name of a bundled one (a folder in ``models/tokenizer``), a folder that
        ``transformers`` saved one in, a checkpoint's included, or T5's ``spiece.model`` or a folder
        that has one.

    Raises:
        UserError: there is none of that name, or nothing to read there.
    """
    path = Path(source)
    if not path.exists():
        path = _bundled(str(source))
    if path.is_file():
        # transformers reads the file by its name in a folder, and T5's alone.
        with TemporaryDirectory() as folder:
            shutil.copyfile(path, Path(folder, SENTENCE_PIECE))
            return _t5(Path(folder))
    if (path / FILE).is_file():
        from transformers import AutoTokenizer

        loaded: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(path)
        return loaded
    if (path / SENTENCE_PIECE).is_file():
        return _t5(path)
    raise UserError(f"no {FILE} or {SENTENCE_PIECE} in {path}")


def bundled() -> list[str]:
    """The names of the tokenizers that come with the package."""
    return sorted(path.parent.name for path in content("models", "tokenizer").glob(f"*/{FILE}"))


def _bundled(name: str) -> Path:
    if name not in (names := bundled()):
        raise UserError(
            f"no tokenizer {clipped(name)}; the bundled ones are {', '.join(names) or 'none'}, "
            "anything else is a folder or a file"
        )
    return content("models", "tokenizer", name)


def _t5(folder: Path) -> PreTrainedTokenizerBase:
    """T5's tokenizer from the SentencePiece file in a folder, its sentinels put behind it."""
    from transformers import T5Tokenizer

    loaded: PreTrainedTokenizerBase = T5Tokenizer.from_pretrained(folder)
    return loaded
