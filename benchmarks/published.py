"""A policy's success on `@webgum56` beside published figures.

``python benchmarks/published.py REPORT.json [--figures CSV]``: the report is of an evaluation; the
figures are a table with a column a system, and ``task``, as ``miniwob_published_success.csv`` is.
Prints Markdown: the means, then each task. A cell such as ">=.95*" is a bound and counts as it is
written; a system's mean is given where it has all the tasks.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from pathlib import Path
from statistics import fmean

FIGURES = Path(__file__).resolve().parents[2] / "shared" / "data" / "miniwob_published_success.csv"
SYSTEMS = {
    "human": "people",
    "ccnet_sl_rl": "CC-Net (SL + RL)",
    "webn_t5_3b": "WebN-T5 3B, 12K",
    "webgum_xl_347k_v1plot": "WebGUM-XL, HTML, 347K",
    "html_t5_xl_347k": "HTML-T5-XL, 347K",
}


def main() -> None:
    """Reads both and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--figures", type=Path, default=FIGURES)
    given = parser.parse_args()
    if not given.figures.is_file():
        raise SystemExit(f"there are no figures at {given.figures}; name a table with --figures")
    tasks = json.loads(given.report.read_text())["tasks"]
    with given.figures.open() as file:
        published = {f"miniwob.{row['task']}": row for row in csv.DictReader(file)}
    names = [name for name in sorted(tasks) if name in published]
    print("| | mean success |\n| --- | ---: |")
    print(f"| this policy | {fmean(tasks[name]['success']['mean'] for name in names):.1%} |")
    for system, called in SYSTEMS.items():
        found = [number(published[name][system]) for name in names]
        whole = [value for value in found if value is not None]
        if len(whole) == len(names):
            print(f"| {called} | {fmean(whole):.1%} |")
    print(f"\n| task | this policy | {' | '.join(SYSTEMS.values())} |")
    print("| --- | ---: |" + " ---: |" * len(SYSTEMS))
    for name in names:
        told = [percents(published[name][system]) for system in SYSTEMS]
        shown = f"{100 * tasks[name]['success']['mean']:.0f}"
        print(f"| {name.removeprefix('miniwob.')} | {shown} | {' | '.join(told)} |")


def number(cell: str) -> float | None:
    """A cell's number, None for a bound or nothing."""
    return float(cell) if re.fullmatch(r"[\d.]+", cell) else None


def percents(cell: str) -> str:
    """A cell as whole percents; a bound with its sign."""
    bound = re.fullmatch(r"(>=)?([\d.]+)\*?", cell)
    return f"{bound[1] or ''}{100 * float(bound[2]):.0f}".replace(">=", "≥ ") if bound else "–"


if __name__ == "__main__":
    main()
