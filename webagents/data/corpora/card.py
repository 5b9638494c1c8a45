"""What a corpus holds, for people: its card, and a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

CARD = "card.md"


def card(known: Mapping[str, Any]) -> str:
    """The card: front matter that Hugging Face's hub reads, and the counts as tables."""
    pages, examples = known["pages"], known["examples"]
    lines = [
        "---",
        "pretty_name: HTML for pre-training",
        "license: other",
        "tags: [html, web-agents, pre-training]",
        "---",
        "",
        "# HTML for pre-training",
        "",
        (
            f"{examples['kept']:,} examples of {known['characters']['total']:,} characters, from "
            f"{pages['read']:,} pages of {pages['bytes'] / 1e6:,.0f} MB."
        ),
        "One row an example, in Parquet. The pages belong to those who made them: each row names",
        "its licence, as far as it is known.",
        "",
        "| kind | examples | characters, mean | median | 90% | longest |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind, number in known["kinds"].items():
        length = known["characters"][kind]
        cells = (number, round(length["mean"]), length["p50"], length["p90"], length["max"])
        lines.append(f"| {kind} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    lines += ["", "| left out | pages | examples |", "|---|---:|---:|"]
    for reason in sorted({*pages["left out"], *examples["left out"]}):
        of_pages, of_examples = (part["left out"].get(reason, 0) for part in (pages, examples))
        lines.append(f"| {reason} | {of_pages:,} | {of_examples:,} |")
    lines += ["", "| source | licence | pages | examples |", "|---|---|---:|---:|"]
    for name, source in known["sources"].items():
        lines.append(
            f"| {name} | {source['licence']} | {source['pages']:,} | {source['examples']:,} |"
        )
    return "\n".join(lines) + "\n"


def report(known: Mapping[str, Any], title: str = "") -> Table:
    """What came of a corpus, for a terminal."""
    shown = Table(title=title or None, title_justify="left")
    shown.add_column("")
    shown.add_column("pages", justify="right")
    shown.add_column("examples", justify="right")
    pages, examples = known["pages"], known["examples"]
    shown.add_row("read, made", f"{pages['read']:,}", f"{examples['made']:,}")
    for reason in sorted({*pages["left out"], *examples["left out"]}):
        counts = (part["left out"].get(reason, 0) for part in (pages, examples))
        shown.add_row(f"left out: {reason}", *(f"{count:,}" if count else "" for count in counts))
    shown.add_section()
    for split, counts in known["splits"].items():
        shown.add_row(f"in the split {split}", "", f"{counts['examples']:,}")
    for kind, number in known["kinds"].items():
        shown.add_row(f"of the kind {kind}", "", f"{number:,}")
    for package in known["missing"]:
        shown.add_row(f"could not be had: {package}", "", "")
    return shown
