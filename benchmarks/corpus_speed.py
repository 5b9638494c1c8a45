"""How quickly a corpus is built from WARC files, a core, and in how much memory.

Prints Markdown. The pages of some packages or archives are written into WARC files of about 100 MB,
as often as it takes, each copy with words of its own, and a corpus is built from them: the time is
that of the processors, and memory is looked at ten times a second. A worker's is the mean of the
largest process over each fifth of the time that reading takes; with one worker it is the parent.

    webagents corpus build diverse --out corpus       # downloads the packages
    python benchmarks/corpus_speed.py ~/.cache/webagents/downloads --gigabytes 1
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from webagents.data.corpora.archives import UNREADABLE
from webagents.data.corpora.sources import CONTAINERS, inputs_of

MIB = 2**20
FILE_BYTES = 100_000_000
EVERY = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sources", nargs="+", help="archives or folders whose pages are repeated")
    parser.add_argument("--gigabytes", type=float, default=1.0, help="of pages")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        build(Path(given.sources[0]), given.build)
        return
    with tempfile.TemporaryDirectory(prefix="corpus-speed-") as made:
        crawl = Path(made, "crawl")
        crawl.mkdir()
        pages, size = write(given.sources, crawl, given.gigabytes * 1e9)
        disk = sum(path.stat().st_size for path in crawl.iterdir())
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {load}\n")
        print(f"{pages:,} pages of {size / 1e6:,.0f} MB, {disk / 1e6:,.0f} MB compressed\n")
        print(
            "| workers | examples | s | MB/s | MB/s a core | worker's MiB, each fifth, highest |",
            end="",
        )
        print(" highest, all processes: reading | writing |")
        print("|---:|---:|---:|---:|---:|---|---:|---:|")
        for workers in given.workers:
            report(crawl, workers, size)


def report(crawl: Path, workers: int, size: float) -> None:
    """A row of the table."""
    command = [sys.executable, __file__, str(crawl), "--build", str(workers)]
    started = time.perf_counter()
    writing = crawl.parent / f"corpus-{workers}" / "parts" / "shards"
    largest: list[float] = []
    most = {False: 0.0, True: 0.0}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            memory = resident(process.pid)
            begun = bool(most[True]) or writing.exists()
            if not begun:
                largest.append(max(memory[1:] or memory, default=0.0))
            most[begun] = max(most[begun], sum(memory))
            time.sleep(EVERY)
        seconds = time.perf_counter() - started
        assert process.stdout is not None
        found: dict[str, Any] = json.loads(process.stdout.read())
    fifths = (statistics.fmean(part) for part in fifths_of(largest))
    at = " / ".join(f"{mean:.0f}" for mean in (*fifths, max(largest)))
    print(
        f"| {workers} | {found['examples']:,} | {seconds:.0f} | {size / 1e6 / seconds:.1f} "
        f"| {size / 1e6 / found['cpu']:.1f} | {at} | {most[False]:.0f} MiB "
        f"| {most[True]:.0f} MiB |",
        flush=True,
    )


def fifths_of(values: list[float]) -> list[list[float]]:
    """The values in five parts, in order."""
    ends = [len(values) * part // 5 for part in range(6)]
    return [values[begin:end] for begin, end in itertools.pairwise(ends)]


def resident(process: int) -> list[float]:
    """The memory of a process and of those it began, MiB each."""
    with suppress(psutil.Error):
        parent = psutil.Process(process)
        return [one.memory_info().rss / MIB for one in (parent, *parent.children())]
    return []


def build(crawl: Path, workers: int) -> None:
    """Builds a corpus in this process; prints its size and the processors' seconds."""
    from webagents.data.corpora import CorpusConfig, build_corpus

    out = crawl.parent / f"corpus-{workers}"
    config = CorpusConfig(sources=[str(crawl)], out=out, workers=workers, per_site=0)
    built = build_corpus(config)
    times = os.times()
    cpu = times.user + times.system + times.children_user + times.children_system
    print(json.dumps({"examples": built.known["examples"]["kept"], "cpu": cpu}))


def write(sources: list[str], crawl: Path, most: float) -> tuple[int, float]:
    """Writes WARC files; how many pages, and bytes, they hold."""
    pages, size, number, written = 0, 0.0, 0, 0.0
    file = gzip.open(crawl / "00000.warc.gz", "wb", 1)  # noqa: SIM115 (one after the other)
    copies = 0
    while size < most:
        for host, page in read(sources):
            data = page + b"<p>copy%d of all</p>" % copies if copies else page
            file.write(record(f"http://{host}-{copies}.example/{pages}", data))
            pages, size, written = pages + 1, size + len(data), written + len(data)
            if written >= FILE_BYTES:
                file.close()
                number, written = number + 1, 0.0
                file = gzip.open(crawl / f"{number:05}.warc.gz", "wb", 1)  # noqa: SIM115
            if size >= most:
                break
        copies += 1
    file.close()
    return pages, size


def read(sources: list[str]) -> Iterator[tuple[str, bytes]]:
    """The pages of some sources, and what they are from."""
    for one in inputs_of(sources).inputs:
        with suppress(*UNREADABLE):
            for member in CONTAINERS[one.container].members(one.path, one.suffixes):
                if member.wrong is None:
                    yield one.name, member.read(10_000_000)


def record(url: str, page: bytes) -> bytes:
    """A page as a record of a WARC file."""
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2019-04-01T00:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


if __name__ == "__main__":
    main()
