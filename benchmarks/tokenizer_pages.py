r"""Whether pages come back from their tokens, and how many tokens they are, by tokenizer.

Prints Markdown. What can be named: the folder of a dataset (`webagents collect`), of a corpus
(`webagents corpus build`), any other folder for the HTML files in it, and the word ``webshop`` for
every page of the bundled shop: each goal's first page and its first two pages of results, each
product's page, nothing chosen and all chosen, its further pages, and the last page.

    webagents collect --policy random --tasks @miniwob --episodes 2 --keep all --out runs/miniwob
    python benchmarks/tokenizer_pages.py MiniWoB=runs/miniwob webshop corpus \
        --tokenizers html-8k spiece.model

T5's own vocabulary is the file ``spiece.model`` of its checkpoints.
"""

from __future__ import annotations

import argparse
import os
import time
from array import array
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from webagents.data.corpora import Corpus
from webagents.data.corpora.fingerprints import key_of
from webagents.data.dataset import Dataset
from webagents.envs.webshop.shop import open_shop
from webagents.envs.webshop.site.shopping import Shopping
from webagents.models.tokenizer import load_tokenizer
from webagents.webshop import SUB_PAGES
from webagents.webshop.visits import Visit

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

WEBSHOP = "webshop"
TOGETHER = 2**20  # characters that are given to a tokenizer at once
PERCENTS = (50, 95)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="+", help="[NAME=]FOLDER, or webshop")
    parser.add_argument("--tokenizers", nargs="+", default=["html-8k"])
    parser.add_argument("--every", type=int, default=1, help="one of so many different pages")
    given = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    loaded = {name: load_tokenizer(name) for name in given.tokenizers}
    print("| pages of | different pages | MB | tokenizer | lossless | tokens: mean | ", end="")
    print(" | ".join(f"{percent}%" for percent in PERCENTS), end=" ")
    print("| bytes a token | unknown a page | MB/s, back |\n|---|---:|---:|---|" + "---:|" * 7)
    for place in given.pages:
        title, _, path = place.rpartition("=")
        tallies = {name: Tally(tokenizer) for name, tokenizer in loaded.items()}
        for batch in batched(islice(different(pages_of(path)), 0, None, given.every)):
            for tally in tallies.values():
                tally.add(batch)
        for name, tally in tallies.items():
            print(f"| {title or path} | {tally.row(Path(name).stem)} |", flush=True)


class Tally:
    """What a tokenizer makes of pages."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        # The same tokens as `tokenizer(pages)` gives, in two thirds of the time: without offsets.
        backend = tokenizer.backend_tokenizer
        backend.encode_special_tokens = tokenizer.split_special_tokens
        self._encode = backend.encode_batch_fast
        self._tokens = array("I")
        self._bytes = self._lossless = self._unknown = 0
        self._seconds = [0.0, 0.0]

    def add(self, pages: list[str]) -> None:
        """Counts some pages, without the token that ends them."""
        began = time.process_time()
        encoded = self._encode(pages, add_special_tokens=False)
        tokens: list[list[int]] = [one.ids for one in encoded]
        written = time.process_time()
        back = self._tokenizer.batch_decode(tokens, skip_special_tokens=True)
        self._seconds[0] += written - began
        self._seconds[1] += time.process_time() - written
        self._bytes += sum(len(page.encode()) for page in pages)
        self._lossless += sum(one == other for one, other in zip(pages, back, strict=True))
        self._unknown += sum(ids.count(self._tokenizer.unk_token_id) for ids in tokens)
        self._tokens.extend(map(len, tokens))

    def row(self, name: str) -> str:
        """The cells of a table's row."""
        counts = np.frombuffer(self._tokens, np.uint32)
        megabytes = self._bytes / 1e6
        cells = [
            f"{len(counts):,}",
            f"{megabytes:,.1f}",
            name,
            f"{self._lossless:,}",
            f"{counts.mean():,.0f}",
            *(f"{np.percentile(counts, percent):,.0f}" for percent in PERCENTS),
            f"{self._bytes / counts.sum():.2f}",
            f"{self._unknown / len(counts):,.1f}",
            ", ".join(f"{megabytes / max(seconds, 1e-9):.1f}" for seconds in self._seconds),
        ]
        return " | ".join(cells)


def pages_of(place: str) -> Iterator[str]:
    """The pages of a place; see above."""
    folder = Path(place)
    if place == WEBSHOP and not folder.exists():
        yield from pages_of_the_shop()
    elif (folder / "dataset.json").exists():
        for rows in Dataset(folder).batches(columns=["html", "final_html"]):
            for row in rows.to_pylist():
                yield from (page for page in row.values() if page)
    elif (folder / "corpus.json").exists():
        yield from (row["html"] for row in Corpus(folder).rows(columns=["html"]))
    else:
        for file in sorted(folder.rglob("*.html")):
            yield file.read_text(encoding="utf-8")


def pages_of_the_shop() -> Iterator[str]:
    """Every page of the bundled shop, as agents see it in a browser's text view and without one."""
    shopping = Shopping(open_shop(), show_attrs=True)
    for number, goal in enumerate(shopping.shop.goals):
        start = Visit(str(number))
        visits = [start, *(start.results(goal["instruction_text"], page) for page in (1, 2))]
        if product := shopping.shop.products.get(goal["asin"]):
            visits.append(visits[1].opened(product["asin"]).bought)
        yield from (shopping.page(visit).untouched[0] for visit in visits)
    for number, (asin, product) in enumerate(shopping.shop.products.items()):
        item = Visit(str(number)).results(product["query"]).opened(asin)
        chosen = item._replace(options=tuple((n, vs[-1]) for n, vs in product["options"].items()))
        visits = [item, chosen, *(item.detail(sub) for sub in SUB_PAGES)]
        yield from (shopping.page(visit).untouched[0] for visit in visits)


def different(pages: Iterator[str]) -> Iterator[str]:
    """Each page once."""
    known: set[int] = set()
    for page in pages:
        key = key_of(page.encode())
        if key not in known:
            known.add(key)
            yield page


def batched(pages: Iterator[str]) -> Iterator[list[str]]:
    """The pages, some megabytes of them at a time."""
    held: list[str] = []
    size = 0
    for page in pages:
        held.append(page)
        size += len(page)
        if size >= TOGETHER:
            yield held
            held, size = [], 0
    if held:
        yield held


if __name__ == "__main__":
    main()
