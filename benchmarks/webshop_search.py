"""The shop's search at a million products: what an index costs, and how long a search takes.

Prints Markdown. The products are made up: either words drawn by Zipf's law from a vocabulary of
made-up words (`--from zipf`, the default), about as long as the real ones, or those of the invented
catalogue (`--from invented`). Queries read like instructions: 10 to 20 words, some of them words of
one product, the rest the common ones of every instruction.

    python benchmarks/webshop_search.py --products 1000000
    pip install bm25s PyStemmer && python benchmarks/webshop_search.py --products 100000 --bm25s
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import psutil

from webagents.envs.webshop.inventing import invent
from webagents.envs.webshop.search import SearchEngine
from webagents.envs.webshop.search.documents import documents

MIB = 2**20
WORDS = 400_000
DRAWN = 10_000  # of products at a time
PROCESSES = 4
ALONE, TOGETHER = 300, 200  # queries
COMMON_WORDS = (
    "i am looking for a product that is easy to use with price lower than 40.00 dollars of size "
    "color need would like want some set made my home can you find me"
)
ASKED = "i am looking for", "i need", "i would like", "i want to buy some", "find me"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--from", dest="source", choices=("zipf", "invented"), default="zipf")
    parser.add_argument("--folder", type=Path, help="keep the index here, or use the one there")
    parser.add_argument("--bm25s", action="store_true", help="measure bm25s on the same products")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        work(given.worker)
        return
    with tempfile.TemporaryDirectory(prefix="webshop-search-") as made:
        folder = given.folder or Path(made, "index")
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {load}\n")
        if not (folder / "index.json").exists():
            report_building(given.source, given.products, folder)
        asked = queries(given.source, given.products, ALONE)
        report_searching(folder, asked)
        report_processes(folder, asked[:TOGETHER])
        if given.bm25s:
            report_bm25s(given.source, given.products, folder, asked)


def report_building(source: str, count: int, folder: Path) -> None:
    cpu = time.process_time()
    made = sum(1 for _ in products(source, count))
    making = time.process_time() - cpu
    started, cpu = time.perf_counter(), time.process_time()
    engine = SearchEngine.build(products(source, count), folder, progress=told(count))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    size = sum(path.stat().st_size for path in folder.iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index = engine.index
    print(
        f"- {made:,} products ({source}): {len(index.starts) - 1:,} terms, "
        f"{len(index.docs):,} postings\n"
        f"- built in {seconds:.0f} s ({cpu:.0f} s of one processor, {making:.0f} s of them to "
        f"make up the products), {size / 1e9:.2f} GB on disk, at most {peak:,.0f} MiB resident"
    )


def told(count: int) -> Any:
    def progress(done: int) -> None:
        if done % 100_000 == 0 or done == count:
            print(f"{done:,} of {count:,}", file=sys.stderr)

    return progress


def report_searching(folder: Path, asked: list[str]) -> None:
    started = time.perf_counter()
    engine = SearchEngine.open(folder)
    opened = time.perf_counter() - started
    for name in ("the first time", "again"):
        times = timed(engine, asked)
        print(f"- a search {name}: {described(times)}")
    spent = timed(engine, asked, time.process_time)
    print(f"- of processor time (the machine may be busy): {described(spent)}")
    print(f"- opened in {opened * 1000:.1f} ms")


def timed(
    engine: SearchEngine, asked: list[str], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """How many milliseconds each search takes."""
    times = []
    for query in asked:
        started = clock()
        engine.search(query)
        times.append((clock() - started) * 1000)
    return times


def described(times: list[float]) -> str:
    return (
        f"median {median(times):.2f} ms, 95 in 100 below {quantiles(times, n=20)[-1]:.2f} ms, "
        f"longest {max(times):.2f} ms ({len(times)} queries)"
    )


def report_processes(folder: Path, asked: list[str]) -> None:
    command = [sys.executable, __file__, "--worker", str(folder)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdin is not None
        print(json.dumps(asked), file=worker.stdin, flush=True)
    found = [json.loads(worker.stdout.readline()) for worker in workers if worker.stdout]
    memory = [psutil.Process(worker.pid).memory_full_info() for worker in workers]
    for worker in workers:
        worker.communicate()
    times = [spent for one in found for spent in one]
    print(f"- {PROCESSES} processes at once: {described(times)}")
    pss, uss = (sum(getattr(one, name) for one in memory) / MIB for name in ("pss", "uss"))
    print(f"- their memory: {pss:,.0f} MiB (PSS, each shared page once), {uss:,.0f} MiB their own")


def work(folder: Path) -> None:
    """A process that searches, tells how long it took, and stays until its input ends."""
    engine = SearchEngine.open(folder)
    print(json.dumps(timed(engine, json.loads(sys.stdin.readline()))), flush=True)
    sys.stdin.read()


def report_bm25s(source: str, count: int, folder: Path, asked: list[str]) -> None:
    """bm25s on the same terms; it keeps exact lengths and breaks ties as they fall."""
    import bm25s

    from webagents.envs.webshop.search.analysis import analyze

    started = time.perf_counter()
    corpus = [analyze(text) for _, text in documents(products(source, count))]
    theirs = bm25s.BM25(method="lucene", k1=0.9, b=0.4)
    theirs.index(corpus, show_progress=False)
    built = time.perf_counter() - started
    del corpus
    with tempfile.TemporaryDirectory() as kept:
        theirs.save(kept)
        size = sum(path.stat().st_size for path in Path(kept).iterdir())
        before = psutil.Process().memory_full_info().uss
        theirs = bm25s.BM25.load(kept, mmap=True)
        times, same = [], 0
        engine = SearchEngine.open(folder)
        for query in asked:
            terms = [analyze(query)]
            started = time.perf_counter()
            docs, _ = theirs.retrieve(terms, k=50, show_progress=False)
            times.append((time.perf_counter() - started) * 1000)
            ours = [asin for asin, _ in engine.search(query)]
            same += [engine.index.asins[doc].decode() for doc in docs[0]][: len(ours)] == ours
        own = (psutil.Process().memory_full_info().uss - before) / MIB
    again = timed(engine, asked)
    print(f"- bm25s: built in {built:.0f} s, {size / 1e9:.2f} GB, {own:,.0f} MiB of its own")
    print(f"- bm25s: {described(times)}; {median(times) / median(again):.1f} times ours")
    print(f"- bm25s gives our 50 in our order for {same} of {len(asked)} queries")


def products(source: str, count: int) -> Iterator[dict[str, Any]]:
    if source == "zipf":
        return zipf(count)
    return (one.row for one in invent(count))


def zipf(count: int) -> Iterator[dict[str, Any]]:
    """Products of 60 to 250 words, each drawn with a chance of about 1 by its rank."""
    drawing = np.random.default_rng(0)
    vocabulary = np.array(COMMON_WORDS.split() + made_up(WORDS), object)
    chances = 1 / (np.arange(len(vocabulary)) + 3) ** 1.05
    ends = np.cumsum(chances / chances.sum())
    for first in range(0, count, DRAWN):
        lengths = drawing.integers(60, 250, min(DRAWN, count - first))
        drawn = np.searchsorted(ends, drawing.random(int(lengths.sum())))
        words = vocabulary[np.minimum(drawn, len(vocabulary) - 1)]
        place = 0
        for number, length in enumerate(lengths.tolist(), first):
            own = words[place : place + length].tolist()
            place += length
            yield {
                "asin": f"B{number * 7919 % 10**9:09d}",
                "Title": " ".join(own[:12]),
                "Description": " ".join(own[12:-15]),
                "BulletPoints": [" ".join(own[-15:])],
                "options": {},
            }


def made_up(count: int) -> list[str]:
    """Words of consonants and vowels, all different."""
    sounds = [first + second for first in "bcdfghklmnprstvz" for second in "aeiou"]
    return [
        sounds[number % 80] + sounds[number // 80 % 80] + sounds[number // 6400 % 80] + "x"
        for number in range(count)
    ]


def queries(source: str, count: int, number: int) -> list[str]:
    """Instructions that ask for products; each for one of those that come first."""
    drawing = np.random.default_rng(1)
    found = []
    for _, text in islice(documents(products(source, count)), number):
        words = text.split()[:16]
        wanted = drawing.choice(words, size=min(len(words), int(drawing.integers(4, 10))))
        price = 10 * int(drawing.integers(1, 30))
        asked = ASKED[int(drawing.integers(len(ASKED)))]
        found.append(f"{asked} {' '.join(wanted)}, and price lower than {price}.00 dollars")
    return found


if __name__ == "__main__":
    main()
