"""Texts like a shop's titles, put together at random: what the noun tagger is distilled from.

They need not make sense, nor be true titles (those are other people's texts): their words, their
shapes and how they follow each other have to be as varied as in a shop. Words come from
``envs/webshop/nouns/words.toml``, from the made-up catalogue's vocabulary, and from WordNet.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from webagents.resources import content

_SLOT = re.compile(r"\{(\w+)\}")
_ONSETS = (
    "b br c ch cl cr d dr f fl g gl gr h j k kl l m n p pl qu r s sh sk sl st t th tr v w x y z"
)
_RHYMES = (
    "a an ar e el en er i in is ix o on or os u um us y ax ea io oo ay ett ock ine ova ero ana ish"
)


class Titles:
    """Draws made-up titles.

    words: slot to the words that may fill it, `patterns` among them (see words.toml).
    open_words: "noun", "adjective" and "verb" to words of the language at large, most used first.
    """

    def __init__(
        self, words: Mapping[str, Sequence[str]], open_words: Mapping[str, Sequence[str]], seed: int
    ) -> None:
        self.words = words
        self.open_words = open_words
        self.random = random.Random(seed)

    def __iter__(self) -> Iterator[str]:
        while True:
            yield self.draw()

    def draw(self) -> str:
        """One title: one or two patterns filled in, words exchanged, letters' case varied."""
        title = self.filled(self.random.choice(self.words["patterns"]))
        if self.random.random() < 0.2:
            joint = self.random.choice([" - ", ", ", " | ", " ", ". ", ": "])
            title += joint + self.filled(self.random.choice(self.words["patterns"]))
        exchanged = self.random.choice([0.0, 0.1, 0.3])
        words = [
            self.open_word() if word.isalpha() and self.random.random() < exchanged else word
            for word in title.split()
            if self.random.random() > 0.04
        ]
        return self.cased(" ".join(words))

    def filled(self, pattern: str) -> str:
        """The pattern with a word for each slot."""
        return _SLOT.sub(lambda slot: self.word(slot[1]), pattern)

    def word(self, slot: str) -> str:
        """A word for the slot."""
        if slot == "brand":
            return self.brand()
        if slot == "any":
            slot = self.random.choice(list(self.words))
            return self.word(slot) if slot != "patterns" else self.open_word()
        if slot in self.open_words:
            return self.open_word(slot)
        return self.random.choice(self.words[slot])

    def open_word(self, kind: str | None = None) -> str:
        """A word of the language at large, more often a frequent one, at times inflected."""
        kind = (
            kind or self.random.choices(list(self.open_words), [5, 3, 2][: len(self.open_words)])[0]
        )
        words = self.open_words[kind]
        word = words[int(len(words) * self.random.random() ** self.random.choice([1, 3]))]
        if kind == "noun" and self.random.random() < 0.3:
            word += "es" if word.endswith(("s", "x", "ch", "sh")) else "s"
        if kind == "verb":
            stem = word.removesuffix("e")
            word = self.random.choice([word, stem + "ing", stem + "ed", word + "s"])
        return word if self.random.random() < 0.3 else word.capitalize()

    def brand(self) -> str:
        """A maker's name: invented, a person's, or common words."""
        kind = self.random.random()
        if kind < 0.2:
            return self.open_word("noun").capitalize()
        if kind < 0.3:
            return self.random.choice(self.words["name"])
        if kind < 0.4:
            return f"{self.open_word('adjective')} {self.open_word('noun')}".title()
        parts = self.random.randint(1, 3)
        onsets, rhymes = _ONSETS.split(), _RHYMES.split()
        name = "".join(
            self.random.choice(onsets) + self.random.choice(rhymes) for _ in range(parts)
        )
        if kind < 0.5:
            name += self.random.choice(
                ["tech", "home", "wear", "craft", "land", "smart", "life", "s"]
            )
        return name.upper() if self.random.random() < 0.3 else name.capitalize()

    def cased(self, title: str) -> str:
        """The title in one of the ways that shops write: mostly as it is."""
        kind = self.random.random()
        if kind < 0.08:
            return title.lower()
        if kind < 0.14:
            return title.upper()
        if kind < 0.2:
            return title.capitalize()
        if kind < 0.3:
            vary: list[Callable[[str], str]] = [str.lower, str.upper, str.title, str, str]
            return " ".join(self.random.choice(vary)(word) for word in title.split())
        return title


def shop_words(paths: Sequence[Path] = ()) -> dict[str, list[str]]:
    """The words of words.toml, with every text in the TOML files `paths` as slot "other"."""
    with content("envs", "webshop", "nouns", "words.toml").open("rb") as file:
        words: dict[str, list[str]] = tomllib.load(file)
    others = [text for path in paths for text in _texts(tomllib.loads(path.read_text("utf-8")))]
    if others:
        words["other"] = others
        words["patterns"] += [
            "{brand} {other}, {other} {other}",
            "{other} {noun} {other} - {other}",
        ] * 2
    return words


def wordnet_words(folder: Path) -> dict[str, list[str]]:
    """WordNet's nouns, adjectives and verbs (Debian: wordnet-base), most used first."""
    kinds = {"noun": "noun", "adj": "adjective", "verb": "verb"}
    return {kind: _lemmas(folder / f"index.{file}") for file, kind in kinds.items()}


def _lemmas(index: Path) -> list[str]:
    """The file's single words and compounds of two, by how many tagged uses their senses have."""
    found: list[tuple[int, str]] = []
    for line in index.read_text("utf-8").splitlines():
        if line.startswith(" "):  # the licence
            continue
        lemma, _, _, pointers, *rest = line.split()
        if lemma.count("_") < 2 and lemma.replace("_", "").isalpha():
            tagged = int(rest[int(pointers) + 1])
            found.append((-tagged, lemma.replace("_", " ")))
    return [lemma for _, lemma in sorted(found)]


def _texts(value: Any) -> Iterator[str]:
    """Every text within parsed TOML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)
