"""Models on this machine answer like any other."""

from pathlib import Path

import pytest

pytest.importorskip("transformers")
pytest.importorskip("tokenizers")

import tokenizers
import transformers

from webagents.errors import UserError
from webagents.planners.language import question
from webagents.planners.language.local import Folder


def test_a_folder_of_transformers_answers(tmp_path: Path) -> None:
    words = {word: n for n, word in enumerate(["<pad>", "</s>", "<unk>", "click", "here"])}
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<unk>"))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(tmp_path)
    config = transformers.GPT2Config(
        vocab_size=5, n_embd=8, n_layer=1, n_head=1, n_positions=32, eos_token_id=1, bos_token_id=1
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path)
    model = Folder(tmp_path)
    asked = question("", "click here", max_tokens=4)
    first, second = model.answer(asked), model.answer(asked)

    assert first == second
    assert (first.prompt_tokens, first.completion_tokens <= 4) == (2, True)


@pytest.mark.parametrize("config", [None, "{", "{}", '{"model_type": "gpt2"}'])
def test_a_folder_without_a_whole_model_is_told(tmp_path: Path, config: str | None) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)

    with pytest.raises(UserError, match="is no folder of a transformers model"):
        Folder(tmp_path)
