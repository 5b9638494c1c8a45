"""The HTML tokenizer: how pages become token ids and back, without loss.

Byte-level BPE over pieces that follow HTML's own grammar: tags, attribute names and the marks
between them are whole tokens, digits stand alone, case and white space are kept. Special tokens
lie where T5 has them: ``<pad>`` 0, ``</s>`` 1, ``<unk>`` 2, and the sentinels at the end of the
vocabulary, counted down, ``<extra_id_0>`` last.

    tokenizer = load_tokenizer("html-8k")                   # or a folder, or T5's spiece.model
    tokenizer.decode(tokenizer(page).input_ids, skip_special_tokens=True) == page

The result is a ``PreTrainedTokenizerFast``; ``AutoTokenizer`` reads the folders. Importing this
package loads neither ``tokenizers`` nor ``transformers``.
"""

from webagents.models.tokenizer.config import TokenizerConfig
from webagents.models.tokenizer.loading import load_tokenizer
from webagents.models.tokenizer.training import train_tokenizer
from webagents.models.tokenizer.words import Words, html_words

__all__ = ["TokenizerConfig", "Words", "html_words", "load_tokenizer", "train_tokenizer"]
