"""The tokenizer from folders of texts, with its card."""

import json
from pathlib import Path

import pytest

from webagents.errors import UserError
from webagents.models.tokenizer import load_tokenizer
from webagents.resources import content
from webagents.training.texts import texts_in
from webagents.training.tokenizing import Figures, TokenizerTraining, train_html_tokenizer


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of pages; two are the same, one is no UTF-8, one is empty, one is no page."""
    folder = tmp_path / "site"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.html").write_text("<p>one</p>")
    (folder / "deep" / "b.htm").write_text("<p>one</p>")
    (folder / "deep" / "c.xhtml").write_bytes(b"<p>caf\xe9</p>")
    (folder / "empty.html").touch()
    (folder / "style.css").write_text("p {}")
    return folder


def test_a_folder_of_pages_gives_each_text_once(site: Path):
    assert sorted(texts_in(site)) == ["<p>caf\ufffd</p>", "<p>one</p>"]


def test_reading_stops_at_the_limit(site: Path):
    assert len(list(texts_in(site, limit_bytes=1))) == 1


def test_a_dataset_gives_its_pages_instructions_and_actions():
    texts = list(texts_in(content("data", "webgum56")))
    assert len(texts) == len(set(texts)) > 1000
    assert any(text.startswith("<body") for text in texts)
    assert any(text.startswith("click('") for text in texts)


def test_a_folder_without_texts_is_told(tmp_path: Path):
    with pytest.raises(UserError, match=r"no \*\.parquet and no \.html"):
        list(texts_in(tmp_path))


def training(site: Path, out: Path) -> TokenizerTraining:
    return TokenizerTraining(sources=[site], out=out, vocabulary_size=1000, note="Ours.")


def test_a_tokenizer_is_saved_with_its_card_and_record(site: Path, tmp_path: Path):
    out = tmp_path / "out"
    figures = train_html_tokenizer(training(site, out))
    tokens = sum(
        len(load_tokenizer(out)(text, add_special_tokens=False).input_ids)
        for text in texts_in(site)
    )
    assert figures == [Figures("site", 2, 23e-6, tokens, 2)]
    record = json.loads((out / "training.json").read_text())
    card = (out / "README.md").read_text()
    assert (record["config"]["vocabulary_size"], record["figures"][0]["tokens"]) == (1000, tokens)
    assert f"| site | 2 | 0.0 | {tokens} |" in card
    assert "\nOurs.\n" in card


def test_the_same_files_give_the_same_bytes(site: Path, tmp_path: Path):
    for out in ("a", "b"):
        train_html_tokenizer(training(site, tmp_path / out / "out"))
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / out / "out").iterdir()}
        for out in ("a", "b")
    )
    assert first == second


def test_a_folder_that_holds_something_is_left_alone(site: Path):
    with pytest.raises(UserError, match="is not empty"):
        train_html_tokenizer(training(site, site))
