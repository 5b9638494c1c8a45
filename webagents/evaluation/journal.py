"""The journal of runs: one line of JSON a run, added when it is done; nothing is ever changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from webagents.errors import UserError, clipped
from webagents.evaluation.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run.

    date: when it was entered, UTC, ISO 8601.
    benchmark: what was played: name, version, tasks, episodes, seed_start, settings, and plan,
        which is the same for results that can be compared.
    policy, llm: what played, and the language model that it asked, "" without one.
    run: the run's folder, from the journal's.
    planned, episodes, void: episodes that were to be played, that count, that the machinery broke.
    success: ``mean``, ``low`` and ``high``, the 95% interval; None where no episode counts.
    reward, steps: means over tasks; None where no episode counts.
    sets: success of each named set that was played whole.
    seconds: wall time of playing.
    versions: of what it depends on (see `provenance.current_versions`).
    comment: a word about it.
    """

    date: str
    benchmark: Mapping[str, Any]
    policy: str
    llm: str = ""
    run: str
    planned: int
    episodes: int
    void: int
    success: Mapping[str, float | None]
    reward: float | None
    steps: float | None
    sets: Mapping[str, float | None] = field(default_factory=dict)
    seconds: float
    versions: Mapping[str, str]
    comment: str = ""

    @classmethod
    def of(
        cls, report: Report, benchmark: Mapping[str, Any], *, folder: Path, comment: str = ""
    ) -> Entry:
        """The entry of a run that is done, as of now.

        folder: the run's.
        """
        all_of_it = report.overall
        mean, low, high = all_of_it.success
        counted = all_of_it.episodes > 0
        return cls(
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            benchmark=benchmark,
            policy=report.policy,
            llm=str(report.config.get("llm") or ""),
            run=str(folder),
            planned=report.planned,
            episodes=all_of_it.episodes,
            void=all_of_it.void,
            success=dict.fromkeys(("mean", "low", "high"))
            if not counted
            else {"mean": mean, "low": low, "high": high},
            reward=all_of_it.reward,
            steps=all_of_it.steps,
            sets={
                name: each.success.mean for name, each in report.sets.items() if not each.partial
            },
            seconds=report.seconds,
            versions=dict(report.versions),
            comment=comment,
        )


def as_line(entry: Entry) -> str:
    """The run as a journal has it, without the line's end."""
    return json.dumps(asdict(entry), allow_nan=False)


def opened(path: Path) -> Path:
    """The journal at a path, begun if there is none, so that a run's end finds it.

    Raises:
        UserError: the file is no journal, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise UserError(f"no journal can be kept in {path}: {error.strerror or error}") from error
    read(path)
    return path


def append(path: Path, entry: Entry) -> None:
    """Adds a run, unless it is the latest of its folder already: a run that had been done before.

    Raises:
        UserError: the file is no journal.
        OSError: it cannot be written, or is not there (see `opened`).
    """
    entry = replace(entry, run=os.path.relpath(entry.run, path.parent))
    before = [each for each in read(path) if each.run == entry.run]
    if before and replace(before[-1], date=entry.date, comment=entry.comment) == entry:
        return
    torn = path.stat().st_size and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * bool(torn) + as_line(entry) + "\n")


def read(path: Path) -> list[Entry]:
    """All runs, oldest first; none where there is no file yet.

    A line that was torn by a kill is left out.

    Raises:
        UserError: the file is no journal.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"no journal can be read from {path}: {error}") from error
    names = {each.name for each in fields(Entry)}
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
        except ValueError:
            if line.startswith("{"):
                continue  # torn
            raise UserError(f"{path}, line {number}, is no run: {clipped(line)}") from None
        if not isinstance(told, dict) or not names - {"llm", "sets", "comment"} <= told.keys():
            raise UserError(f"{path}, line {number}, is no run: {clipped(line)}")
        entries.append(Entry(**{name: told[name] for name in names & told.keys()}))
    return entries


def table_of(entries: Sequence[Entry]) -> Table:
    """The runs for the terminal, void episodes behind a +; those of one plan can be compared."""
    table = Table(box=None, pad_edge=False)
    for column in ("date", "plan"):
        table.add_column(column, no_wrap=True)
    for column in ("benchmark", "policy"):
        table.add_column(column, overflow="fold")
    for column in ("success", "95% interval", "reward", "episodes"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in ("run", "comment"):
        table.add_column(column, overflow="fold")
    for each in entries:
        mean, low, high = (each.success[name] for name in ("mean", "low", "high"))
        table.add_row(
            each.date[:10],
            str(each.benchmark["plan"])[:6],
            Text(f"{each.benchmark['name']} v{each.benchmark['version']}"),
            Text(f"{each.policy} ({each.llm})" if each.llm else each.policy),
            "-" if mean is None else f"{mean:.1%}",
            "-" if low is None or high is None else f"{low:.1%} to {high:.1%}",
            "-" if each.reward is None else f"{each.reward:.3f}",
            f"{each.episodes}+{each.void}" if each.void else str(each.episodes),
            Text(each.run),
            Text(each.comment),
        )
    return table
