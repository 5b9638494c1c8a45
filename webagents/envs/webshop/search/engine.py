"""The shop's search: the products whose texts match a query best, as the original finds them.

The original searches with Pyserini 0.17.0, thus Anserini 0.14.3 and Lucene 8.11.0. The order and
the scores here are theirs, to the last digit. Equal scores are ordered by asin, byte by byte, for
Anserini sorts by the stored id and not by Lucene's number of a document. Source: SimpleSearcher,
``BREAK_SCORE_TIES_BY_DOCID``.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path
from threading import local
from typing import Any

import numpy as np

from webagents.envs.webshop.catalogue.loading import Products
from webagents.envs.webshop.folders import made_whole
from webagents.envs.webshop.search.analysis import analyze
from webagents.envs.webshop.search.bm25 import idf, term_scores, told_scores
from webagents.envs.webshop.search.building import Told, build
from webagents.envs.webshop.search.documents import documents
from webagents.envs.webshop.search.index import SUMMARY, Files, Index, in_memory, open_index
from webagents.envs.webshop.search.ranking import Sums, Term, exhaustive, pruned
from webagents.errors import UserError

HITS = 50
"""The results of a search in the original."""
FEW = 1 << 15
"""Documents of an index too small for pruning to be worth its while."""


class SearchEngine:
    """Searches products: titles, descriptions, first bullet points and options.

    products: products, or raw rows of a products file, or a mapping of asins to either. They are
        indexed in memory; `build` and `open` are for many.
    """

    def __init__(self, products: Products = ()) -> None:
        self._use(build(documents(products), in_memory), None)

    @classmethod
    def build(
        cls, products: Products, folder: Path | str, progress: Told | None = None
    ) -> SearchEngine:
        """Indexes a stream of products into a folder and opens it.

        The folder appears, or replaces the index it held, once it is whole; memory does not grow
        with the number of products, but for their asins. For as long as it takes, the folder beside
        it that is written to needs about twice the space of the index.

        Args:
            products: products or raw rows, read once.
            folder: where the index is kept.
            progress: hears how many products were read so far.

        Raises:
            UserError: the folder holds something else.
        """
        folder = Path(folder)
        _check_replaceable(folder)
        with made_whole(folder) as made:
            with tempfile.TemporaryDirectory(dir=made) as scratch:
                room = Files(made)
                index = build(documents(products), room, scratch=Path(scratch), progress=progress)
            room.finish(index)
            del index  # its files are not to be open when the folder is moved
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path | str, *, thorough: bool = False) -> SearchEngine:
        """The engine of an index on disk, mapped into memory: processes share its pages.

        thorough: also reads every byte of it and compares it with what was written.

        Raises:
            UserError: there is no index, one of another version, or it is not whole.
        """
        engine = cls.__new__(cls)
        engine._use(open_index(Path(folder), thorough=thorough), Path(folder))
        return engine

    def search(self, query: str, k: int = HITS) -> list[tuple[str, float]]:
        """The best products' asins and scores, best first; at most k, fewer if fewer hold a word.

        Scores are as Anserini tells them: four decimals, each tie a millionth lower than the last.
        """
        terms = self.terms(query)
        if k < 1 or not terms:
            return []
        if len(self.index.asins) <= FEW:
            docs, scores = exhaustive(self.index, terms, k)
        else:
            docs, scores = pruned(self.index, terms, k, self._sums())
        asins = self.index.asins[docs].tolist()
        return [
            (asin.decode(), score) for asin, score in zip(asins, told_scores(scores), strict=True)
        ]

    def terms(self, query: str) -> list[Term]:
        """The terms of a query that any product holds, each once, weighed by its repeats."""
        found = []
        for term, repeats in Counter(analyze(query)).items():
            number = self.index.term_number(term)
            if number is not None:
                found.append(self._term(number, repeats))
        return found

    def __len__(self) -> int:
        return len(self.index.asins)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.folder is None:
            return _of, (self.index,)
        return type(self).open, (self.folder,)

    def _use(self, index: Index, folder: Path | None) -> None:
        self.index, self.folder = index, folder
        self._term = lru_cache(maxsize=1 << 14)(self._weighed)
        self._own = local()

    def _weighed(self, number: int, repeats: int) -> Term:
        index = self.index
        start, end = (int(place) for place in index.starts[number : number + 2])
        weight = np.float32(repeats) * idf(int(index.counted[0]), end - start)
        peak = float(term_scores(weight, index.peaks[number]))
        return Term(weight, start, end, peak)

    def _sums(self) -> Sums:
        """This thread's zeros to work on."""
        if not hasattr(self._own, "sums"):
            self._own.sums = np.zeros(len(self.index.asins))
        sums: Sums = self._own.sums
        return sums


def _of(index: Index) -> SearchEngine:
    engine = SearchEngine.__new__(SearchEngine)
    engine._use(index, None)
    return engine


def _check_replaceable(folder: Path) -> None:
    if folder.exists() and not (folder / SUMMARY).is_file():
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            return
        raise UserError(f"{folder} is there already, and is no search index: name another folder")
