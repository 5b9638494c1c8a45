"""How quickly a dataset is read for training, beside `datasets`, and in how much memory.

Prints Markdown. The episodes of a dataset are repeated, under ids and with pages and pictures of
their own, into two sets in a temporary folder: one for speed, one much larger than the memory that
its reader may use (the kernel's limit on private memory, RLIMIT_DATA).

    webagents collect --policy expert --tasks @webgum56 --episodes 6 --out /tmp/demos
    python benchmarks/data_reading.py /tmp/demos

Both read the same files, shuffled, on as many threads as they use by themselves; they take turns.
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
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
import pyarrow as pa

from webagents.data import Dataset
from webagents.data.columns import SCHEMA
from webagents.data.pictures import decoded
from webagents.data.streaming import COLUMNS, steps
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter, shards

MIB = 2**20
ROUNDS = 3
SECONDS = 12.0  # what a speed is measured over, at most
LONG = 200.0  # what the memory of decoding is measured over, at most
WORDS = {
    "text": "instruction, html, action",
    "bytes": "the same and the screenshot as PNG",
    "pictures": "the same and the screenshot, decoded",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", type=Path, help="whose episodes are repeated")
    parser.add_argument("--rows", type=int, default=30_000, help="of the set for speed")
    parser.add_argument("--gigabytes", type=float, default=3.0, help="of the large set, on disk")
    parser.add_argument("--limit-mib", type=int, default=1024, help="for reading the large set")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        system, what, seconds = given.worker
        print(json.dumps(measure(system, what, given.dataset, float(seconds))))
        return
    with tempfile.TemporaryDirectory(prefix="data-reading-") as made:
        describe_machine()
        small, large = Path(made, "small"), Path(made, "large")
        grow(given.dataset, small, until=lambda rows, size: rows >= given.rows)
        report_speed(small)
        most = given.gigabytes * 1e9
        grow(given.dataset, large, until=lambda rows, size: size >= most)
        report_memory(large, given.limit_mib)


def describe_machine() -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {load}\n")


def report_speed(folder: Path) -> None:
    rows = int(Dataset(folder).known["steps"])
    size = sum(shard.stat().st_size for shard in shards(folder))
    print(f"## Speed: {rows:,} rows, {size / MIB:,.0f} MiB\n")
    print("| columns | ours, rows/s | `datasets`, rows/s | ours / `datasets` | RSS, MiB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what in ("text", "pictures"):
        found: dict[str, list[dict[str, Any]]] = {"ours": [], "datasets": []}
        for _ in range(ROUNDS):
            for system, results in found.items():
                results.append(run(system, what, folder, SECONDS))
        ours, theirs = (median(one["rate"] for one in results) for results in found.values())
        rss = [max(one["rss"][-1] for one in results) for results in found.values()]
        print(
            f"| {WORDS[what]} | {ours:,.0f} | {theirs:,.0f} | **{ours / theirs:.1f}x** "
            f"| {rss[0]:.0f} / {rss[1]:.0f} |",
            flush=True,
        )
    describe_load("while measuring")


def report_memory(folder: Path, limit_mib: int) -> None:
    rows = int(Dataset(folder).known["steps"])
    size = sum(shard.stat().st_size for shard in shards(folder))
    print(f"\n## Memory: {rows:,} rows, {size / 1e9:.1f} GB, at most {limit_mib} MiB\n")
    print("| columns | rows read | rows/s | RSS at a tenth, half, the end | highest |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, seconds in (("bytes", float("inf")), ("pictures", LONG)):
        one = run("ours", what, folder, seconds, limit_mib)
        rss = one["rss"]
        at = " / ".join(f"{rss[int(len(rss) * part)]:.0f}" for part in (0.1, 0.5))
        print(
            f"| {WORDS[what]} | {one['rows']:,} | {one['rate']:,.0f} | {at} / {rss[-1]:.0f} MiB "
            f"| {one['peak']:.0f} MiB |",
            flush=True,
        )
    describe_load("while measuring")


def describe_load(when: str) -> None:
    print(f"\nLoad {when}: {os.getloadavg()[0]:.1f}.")


def run(
    system: str, what: str, folder: Path, seconds: float, limit_mib: int | None = None
) -> dict[str, Any]:
    """What a reader measured in a process of its own."""

    def limited() -> None:
        if limit_mib:
            resource.setrlimit(resource.RLIMIT_DATA, (limit_mib * MIB, limit_mib * MIB))

    command = [sys.executable, __file__, str(folder), "--worker", system, what, str(seconds)]
    home = {"HF_HOME": str(folder.parent / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, **home},
        preexec_fn=limited,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(system: str, what: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Reads an epoch, or for some seconds; the clock starts at the first row."""
    columns = COLUMNS if what == "text" else (*COLUMNS, "screenshot")
    reader = theirs(folder, columns) if system == "datasets" else ours(folder, columns, what)
    process = psutil.Process()
    rss: list[float] = []
    first = next(reader)
    assert what != "pictures" or first["screenshot"].dtype == np.uint8
    started, rows = time.perf_counter(), 0
    for _ in reader:
        rows += 1
        if rows % 500 == 0:
            rss.append(process.memory_info().rss / MIB)
            if time.perf_counter() - started > seconds:
                break
    spent = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": rows / spent, "rows": rows + 1, "rss": rss, "peak": peak}


def ours(folder: Path, columns: tuple[str, ...], what: str) -> Iterator[dict[str, Any]]:
    yield from steps(folder, columns=columns, pictures=None if what == "bytes" else decoded)


def theirs(folder: Path, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    import datasets

    files = [str(shard) for shard in shards(folder)]
    loaded = datasets.load_dataset(
        "parquet", data_files=files, split="train", streaming=True, columns=list(columns)
    )
    for row in loaded.shuffle(seed=0, buffer_size=1000):
        if "screenshot" in row:
            row["screenshot"] = np.asarray(row["screenshot"].convert("RGB"))
        yield row


def grow(source: Path, folder: Path, *, until: Callable[[int, int], bool]) -> None:
    """A dataset of a source's episodes, again and again, until it has enough rows or bytes."""
    batches = list(Dataset(source).batches_of_episodes())
    rows = size = number = 0
    with DatasetWriter(folder, About(title="Repeated")) as writer:
        while not until(rows, size):
            for batch in batches:
                number += 1
                copy = repeated(batch, number)
                writer.keep(copy)
                writer.place(f"episode/{number}")
                rows += len(copy)
            size = sum(shard.stat().st_size for shard in shards(folder))


def repeated(batch: pa.RecordBatch, number: int) -> pa.RecordBatch:
    """An episode's rows with texts and pictures that no other copy has."""
    rows = batch.to_pylist()
    for row in rows:
        row["episode_id"], row["seed"] = f"episode/{number}", number
        row["html"] = f"{row['html']}<!--{number}-->"
        for name in ("screenshot", "final_screenshot"):
            if row[name] is not None:  # what follows a PNG's end is no part of the picture
                row[name] = {"bytes": row[name]["bytes"] + number.to_bytes(8), "path": None}
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


if __name__ == "__main__":
    main()
