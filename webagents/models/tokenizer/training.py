"""Learning an HTML tokenizer from texts."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from webagents.errors import UserError
from webagents.models.tokenizer.config import BYTES, EOS, PAD, UNK, TokenizerConfig
from webagents.models.tokenizer.splitting import splitter
from webagents.models.tokenizer.words import Words, html_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

log = logging.getLogger(__name__)

Merge = tuple[str, str]
"""Two tokens that are made one, written in ByteLevel's letters for bytes."""


def train_tokenizer(
    texts: Iterable[str],
    config: TokenizerConfig | None = None,
    *,
    words: Words | None = None,
) -> PreTrainedTokenizerFast:
    """A tokenizer learnt from texts; the same texts in the same order give the same one.

    texts: pages and whatever else the model is to read or write; each is read once, one at a time.
    config: None is `TokenizerConfig`'s own.
    words: what is one token each beside what is learnt; None is `html_words`.

    Special tokens within a text are text: a page that says ``</s>`` is not ended by it, for the
    tokenizer has ``split_special_tokens`` set. Half a surrogate pair, which no UTF-8 can hold, is
    learnt as "?".

    Raises:
        UserError: the vocabulary cannot even hold the bytes, the words and the special tokens.
    """
    config = config or TokenizerConfig()
    words = html_words() if words is None else words
    room = config.vocabulary_size - len(config.special)
    least = BYTES + sum(len(word.encode()) > 1 for word in words)
    if room < least:
        raise UserError(
            f"a vocabulary of {config.vocabulary_size} tokens; "
            f"{least + len(config.special)} is the least"
        )
    merges = _learnt(texts, config, words, room)
    vocabulary, kept = _numbered(merges, config, words, room)
    if len(vocabulary) < config.vocabulary_size:
        log.warning(
            "a vocabulary of %d tokens instead of %d: the texts hold no more that repeats",
            len(vocabulary),
            config.vocabulary_size,
        )
    return _citizen(_assembled(vocabulary, kept, words), config)


def _learnt(texts: Iterable[str], config: TokenizerConfig, words: Words, room: int) -> list[Merge]:
    """Merges by falling importance, enough to fill the room, of all pieces that are no words."""
    from tokenizers import Tokenizer, models, trainers

    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = splitter(words.marks, without=words)
    trainer = trainers.BpeTrainer(
        vocab_size=room,
        min_frequency=config.min_frequency,
        max_token_length=config.longest,
        initial_alphabet=_alphabet(),
        special_tokens=[],
        show_progress=False,
    )
    learner.train_from_iterator(_encodable(texts), trainer)
    return [(left, right) for left, right in json.loads(learner.to_str())["model"]["merges"]]


def _numbered(
    merges: list[Merge], config: TokenizerConfig, words: Words, room: int
) -> tuple[dict[str, int], list[Merge]]:
    """Ids of all tokens, and the merges that there is room for.

    The order: pad, eos, unk; bytes; words; what was learnt; sentinels.
    """
    texts = dict.fromkeys([*_alphabet(), *(_as_bytes(word) for word in words)])
    kept: list[Merge] = []
    for left, right in merges:
        if left + right not in texts:
            if len(texts) == room:
                break
            texts[left + right] = None
        kept.append((left, right))
    tokens = [PAD, EOS, UNK, *texts, *reversed(config.sentinel_tokens)]
    return {token: number for number, token in enumerate(tokens)}, kept


def _assembled(vocabulary: Mapping[str, int], merges: list[Merge], words: Words) -> Tokenizer:
    """The tokenizer of a vocabulary. A piece that is a token is taken whole, merges or not."""
    from tokenizers import Tokenizer, decoders, models, processors

    tokenizer = Tokenizer(models.BPE(vocab=dict(vocabulary), merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = splitter(words.marks)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}",
        pair=f"$A {EOS} $B {EOS}",
        special_tokens=[(EOS, vocabulary[EOS])],
    )
    return tokenizer


def _citizen(tokenizer: Tokenizer, config: TokenizerConfig) -> PreTrainedTokenizerFast:
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=EOS,
        unk_token=UNK,
        extra_special_tokens=list(config.sentinel_tokens),
        split_special_tokens=True,
        clean_up_tokenization_spaces=False,
        padding_side="right",
        truncation_side="right",
        model_input_names=["input_ids", "attention_mask"],
    )


def _alphabet() -> list[str]:
    """ByteLevel's letters, one for each byte, in a fixed order."""
    from tokenizers import pre_tokenizers

    return sorted(pre_tokenizers.ByteLevel.alphabet())


def _as_bytes(word: str) -> str:
    """The word in ByteLevel's letters."""
    from tokenizers import pre_tokenizers

    written = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return "".join(letters for letters, _ in written.pre_tokenize_str(word))


def _encodable(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield text.encode("utf-8", "replace").decode("utf-8")
