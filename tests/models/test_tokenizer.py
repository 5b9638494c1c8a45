"""The HTML tokenizer: whole tags, nothing lost, T5's places for special tokens."""

import io
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import example, given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from webagents.data import Dataset
from webagents.errors import UserError
from webagents.models.tokenizer import (
    TokenizerConfig,
    Words,
    html_words,
    load_tokenizer,
    train_tokenizer,
)
from webagents.models.tokenizer.loading import bundled
from webagents.resources import content

PAGES = [
    '<body ref="1"><div ref="2" class="btn-group">Press <b>OK</b> &amp; go</div></body>',
    '<p><input ref="3" type="text" value=""></p>',
    '<form class="search-form">\n  <label for="q">Search</label>\n</form>',
] * 3

TINY = train_tokenizer(PAGES, TokenizerConfig(vocabulary_size=1000))
"""Learnt from next to nothing: what holds for it holds by construction."""


@pytest.fixture(scope="module", params=bundled())
def tokenizer(request: pytest.FixtureRequest):
    return load_tokenizer(request.param)


def ids(tokenizer, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False).input_ids


def lossless(tokenizer, text: str) -> bool:
    """Whether the text comes back, read plainly and as a model's input is."""
    return text == tokenizer.decode(ids(tokenizer, text)) and text == tokenizer.decode(
        tokenizer(text).input_ids, skip_special_tokens=True
    )


FRAGMENTS = [
    *('<div ref="12" class="a b">', "</div>", "</s>", "<s>", "<pad>", "<unk>", "<extra_id_0>"),
    *(
        " checked disabled>",
        "<!-- x -->",
        '" />',
        "&nbsp;",
        "&#8217;",
        "click('5')",
        "\r\n",
        "\t  ",
    ),
    *(
        "\x00",
        "\x1f",
        "\ufeff",
        "\u200d",
        "e\u0301",
        "\u00e9",
        "Ġ",
        "▁",
        "１２",
        "½",
        "👩‍👩‍👧",
        "İ",
    ),
]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), max_size=12).map("".join),
)


@given(TEXTS)
@example("")
@example("</s></s>")
def test_any_text_comes_back_as_it_was(text):
    assert lossless(TINY, text)


def test_any_text_comes_back_from_bundled_tokenizers(tokenizer):
    @given(TEXTS)
    def check(text):
        assert lossless(tokenizer, text)

    check()
    assert lossless(tokenizer, "".join(FRAGMENTS))
    assert lossless(tokenizer, "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)])))


def test_every_page_of_the_bundled_demonstrations_comes_back(tokenizer):
    pages = {
        step.observation.html
        for demonstration in Dataset(content("data", "webgum56")).demonstrations()
        for step in demonstration.episode.steps
    }
    lost = [page for page in pages if not lossless(tokenizer, page)]
    assert (len(pages) > 300, lost) == (True, [])


def test_htmls_words_are_one_token_each(tokenizer):
    for one in (TINY, tokenizer):
        parted = [word for word in html_words() if len(ids(one, word)) != 1]
        assert parted == []


def test_a_page_is_parted_along_its_grammar():
    page = '<div ref="12" class="x">3 <br></div>'
    assert [TINY.decode([token]) for token in ids(TINY, page)] == [
        *("<div", ' ref="', "1", "2", '"', ' class="', "x", '">', "3", " ", "<br", ">", "</div>"),
    ]


def test_a_longer_tag_is_no_shorter_one_with_a_rest():
    page = "<divider><center-x></divide>"
    found = {TINY.decode([token]) for token in ids(TINY, page)}
    assert found & {"<div", "<center", "</div>", "<d"} == set()


def test_what_text_is_escaped_by_is_whole_wherever_it_stands():
    for text in ("a &amp; b", "a.&amp;b", "&amp;&amp;", "x&amp;y", "'&amp;'"):
        parts = [TINY.decode([token]) for token in ids(TINY, text)]
        assert parts.count("&amp;") == text.count("&amp;")


def test_an_action_is_a_few_tokens():
    assert [TINY.decode([token]) for token in ids(TINY, "dblclick('12')")] == [
        *("dblclick('", "1", "2", "')"),
    ]


def test_digits_stand_alone(tokenizer):
    assert [tokenizer.decode([token]) for token in ids(tokenizer, "2026 07")] == list("2026 07")


def test_special_tokens_are_where_t5_has_them(tokenizer):
    for one in (TINY, tokenizer):
        last = len(one) - 1
        names = ["<pad>", "</s>", "<unk>", "<extra_id_99>", "<extra_id_1>", "<extra_id_0>"]
        assert one.convert_tokens_to_ids(names) == [0, 1, 2, last - 99, last - 1, last]
        assert (one.pad_token_id, one.eos_token_id, one.unk_token_id) == (0, 1, 2)
        assert len(one.get_vocab()) == len(one)
        assert one("a").input_ids == [*ids(one, "a"), 1]


def test_a_page_cannot_write_special_tokens(tokenizer):
    special = set(tokenizer.all_special_ids)
    assert len(special) == 103
    for token in tokenizer.all_special_tokens:
        page = f"<p>{token}</p> {token}{token}"
        assert special.isdisjoint(ids(tokenizer, page))


def test_a_bundled_tokenizer_has_the_size_its_name_says():
    sizes = {"html-8k": 8192, "html-32k": 32000}
    assert {name: len(load_tokenizer(name)) for name in bundled()} == {
        name: sizes[name] for name in bundled()
    }


def test_the_same_texts_give_the_same_tokenizer_in_another_process(tmp_path: Path):
    code = (
        "import sys, json; from webagents.models.tokenizer import *; "
        "print(train_tokenizer(json.load(sys.stdin), TokenizerConfig(vocabulary_size=1000))"
        ".backend_tokenizer.to_str())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(PAGES),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "1", "RAYON_NUM_THREADS": "1", "PATH": ""},
    )
    assert done.stdout.strip() == TINY.backend_tokenizer.to_str()


def test_texts_are_read_one_by_one():
    held = []

    def pages():
        for number in range(100):
            held.append(number)
            yield PAGES[number % 3]

    train_tokenizer(pages(), TokenizerConfig(vocabulary_size=1000))
    assert held == list(range(100))


def test_half_a_surrogate_pair_is_learnt_as_a_question_mark():
    broken = train_tokenizer([*PAGES, "a\ud800b"], TokenizerConfig(vocabulary_size=1000))
    mended = train_tokenizer([*PAGES, "a?b"], TokenizerConfig(vocabulary_size=1000))
    assert broken.backend_tokenizer.to_str() == mended.backend_tokenizer.to_str()


def test_words_and_sentinels_can_be_chosen():
    chosen = train_tokenizer(
        PAGES,
        TokenizerConfig(vocabulary_size=500, sentinels=7),
        words=Words(tags=("<my-tag",), marks=("::",)),
    )
    assert [chosen.decode([token]) for token in ids(chosen, "<my-tag>::")] == [
        *("<my-tag", ">", "::"),
    ]
    assert chosen.convert_tokens_to_ids("<extra_id_0>") - 6 == chosen.convert_tokens_to_ids(
        "<extra_id_6>"
    )


def test_a_vocabulary_without_room_is_told():
    with pytest.raises(UserError, match="is the least"):
        train_tokenizer(PAGES, TokenizerConfig(vocabulary_size=300))


def test_texts_that_are_too_few_are_told(caplog: pytest.LogCaptureFixture):
    small = train_tokenizer(PAGES, TokenizerConfig(vocabulary_size=5000))
    assert f"a vocabulary of {len(small)} tokens instead of 5000" in caplog.text


def test_it_is_saved_and_read_by_transformers_alike(tmp_path: Path):
    TINY.save_pretrained(tmp_path)
    for again in (load_tokenizer(tmp_path), AutoTokenizer.from_pretrained(tmp_path)):
        assert isinstance(again, PreTrainedTokenizerFast)
        text = "".join(FRAGMENTS)
        assert again(text).input_ids == TINY(text).input_ids
        assert lossless(again, text)
        assert again.split_special_tokens


def test_a_batch_is_padded_on_the_right():
    batch = TINY(["a", "<div>b"], padding=True)
    assert batch.input_ids[0][-2:] == [0, 0]
    assert batch.attention_mask == [[1, 1, 0, 0], [1, 1, 1, 1]]


@pytest.fixture(scope="module")
def sentence_piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small SentencePiece model with T5's ids for special tokens."""
    words = ["press", "the", "button", "enter", "a", "date", "search", "for", "shoes", "and"]
    lines = [" ".join(line) for line in itertools.permutations(words, 3)]
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=written,
        vocab_size=60,
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    path = tmp_path_factory.mktemp("t5") / "spiece.model"
    path.write_bytes(written.getvalue())
    return path


def test_t5s_sentence_piece_is_read_from_its_file_and_its_folder(sentence_piece: Path):
    reference = sentencepiece.SentencePieceProcessor(model_file=str(sentence_piece))
    size = reference.get_piece_size()
    for source in (sentence_piece, str(sentence_piece), sentence_piece.parent):
        loaded = load_tokenizer(source)
        assert loaded.convert_tokens_to_ids(["<pad>", "</s>", "<unk>"]) == [0, 1, 2]
        assert (len(loaded), loaded.convert_tokens_to_ids("<extra_id_0>")) == (
            size + 100,
            size + 99,
        )
        for text in ("press the shoes", "enter a  date", "hatbutton!"):
            assert loaded(text).input_ids == [*reference.encode(text), 1]


def test_a_tokenizer_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(UserError, match="the bundled ones are html-8k"):
        load_tokenizer("html-9k")
    with pytest.raises(UserError, match=r"no tokenizer\.json or spiece\.model"):
        load_tokenizer(tmp_path)
