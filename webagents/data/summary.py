"""What a dataset holds, counted: ``dataset.json``, and the card for people, ``card.md``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from webagents.errors import UserError
from webagents.provenance import write

INDEX, CARD = "dataset.json", "card.md"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What people should know of a dataset beside its counts; see `card`.

    title: its name.
    origin: how it came about, in a sentence or two.
    licence: under which terms it may be used.
    made: the settings and versions it was made with.
    """

    title: str
    origin: str = ""
    licence: str = "unknown"
    made: Mapping[str, Any] = field(default_factory=dict)


class Counts:
    """Episodes, steps and successes by task, source and split."""

    def __init__(self) -> None:
        self.tasks: dict[str, Counter[str]] = {}
        self.sources: Counter[str] = Counter()
        self.splits: Counter[str] = Counter()
        self.screenshots = 0

    def add(self, rows: pa.RecordBatch, split: str = "train") -> None:
        """Counts whole episodes, given by their rows."""
        for task, source, step, success in zip(
            *(rows.column(name).to_pylist() for name in ("task", "source", "step", "success")),
            strict=True,
        ):
            counts = self.tasks.setdefault(task, Counter(episodes=0, steps=0, successes=0))
            counts["steps"] += 1
            if step == 0:
                counts["episodes"] += 1
                counts["successes"] += success
                self.sources[source] += 1
                self.splits[split] += 1
        self.screenshots += len(rows) - rows.column("screenshot").null_count

    def total(self, what: str) -> int:
        """The sum over all tasks of ``episodes``, ``steps`` or ``successes``."""
        return sum(counts[what] for counts in self.tasks.values())


def index(counts: Counts, about: About) -> dict[str, Any]:
    """The content of ``dataset.json``."""
    return {
        "format": FORMAT,
        "title": about.title,
        "origin": about.origin,
        "licence": about.licence,
        "episodes": counts.total("episodes"),
        "steps": counts.total("steps"),
        "successes": counts.total("successes"),
        "screenshots": counts.screenshots,
        "splits": dict(sorted(counts.splits.items())),
        "sources": dict(sorted(counts.sources.items())),
        "tasks": {task: dict(counts.tasks[task]) for task in sorted(counts.tasks)},
        "made": about.made,
    }


def save(folder: Path, counts: Counts, about: About) -> None:
    """Writes ``dataset.json`` and ``card.md``."""
    known = index(counts, about)
    write(folder / INDEX, json.dumps(known, indent=2, ensure_ascii=False, default=str) + "\n")
    write(folder / CARD, card(known))


def load(folder: Path) -> dict[str, Any]:
    """The content of a dataset's ``dataset.json``.

    Raises:
        UserError: there is none, or it is none of ours.
    """
    try:
        known = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{folder} is no dataset: it has no {INDEX}") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{folder / INDEX} cannot be read: {error}") from error
    if not isinstance(known, dict) or known.get("format") != FORMAT:
        raise UserError(f"{folder / INDEX} is not of format {FORMAT}")
    return known


def card(known: Mapping[str, Any]) -> str:
    """The card: front matter that Hugging Face's hub reads, and the counts as a table."""
    made = known["made"]
    versions = ", ".join(f"{k} {v}" for k, v in made.get("versions", {}).items() if v)
    sources = ", ".join(f"{name} ({n:,})" for name, n in known["sources"].items())
    splits = ", ".join(f"{name} {n:,}" for name, n in known["splits"].items())
    lines = [
        "---",
        f"pretty_name: {json.dumps(known['title'])}",
        f"license: {json.dumps(known['licence'])}",
        "tags: [web-agents, demonstrations]",
        "---",
        "",
        f"# {known['title']}",
        "",
        *([known["origin"], ""] if known["origin"] else []),
        (
            f"{known['episodes']:,} episodes, {known['steps']:,} steps, "
            f"{known['successes']:,} episodes successful, {known['screenshots']:,} screenshots."
        ),
        "",
        f"- Splits (episodes): {splits or 'none'}",
        f"- Sources (episodes): {sources or 'none'}",
        f"- Licence: {known['licence']}",
        *([f"- Made with {versions}"] if versions else []),
        "",
        'One row a step, in Parquet: `datasets.load_dataset("parquet", data_files="*.parquet")`.',
        "",
        "| task | episodes | steps | steps an episode | successful |",
        "|---|---:|---:|---:|---:|",
    ]
    for task, n in known["tasks"].items():
        mean = n["steps"] / max(n["episodes"], 1)
        lines.append(
            f"| {task} | {n['episodes']:,} | {n['steps']:,} | {mean:.1f} | {n['successes']:,} |"
        )
    return "\n".join(lines) + "\n"
