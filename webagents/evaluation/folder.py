"""A run's folder: its settings, its episodes as they finish, the screenshots that are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from webagents.errors import UserError, clipped
from webagents.evaluation.outcomes import Outcome
from webagents.provenance import CONFIG, Made
from webagents.types import Episode, Screenshot

EPISODES = "episodes.jsonl"


class RunFolder:
    """Where one evaluation lives; opening it again finds what was played.

    outcomes: every line of ``episodes.jsonl``, in the order they were written.
    """

    def __init__(self, path: Path, outcomes: list[Outcome]) -> None:
        self.path = path
        self.outcomes = outcomes

    @classmethod
    def open(
        cls, path: Path, config: Mapping[str, Any], versions: Mapping[str, str], *, free: set[str]
    ) -> RunFolder:
        """The new or resumed folder of a run with this configuration.

        A run that has no episode yet takes any configuration.

        free: the settings that may differ on resuming, as they change no episode.

        Raises:
            UserError: the folder cannot be written, holds something else, or holds a run with
                another configuration.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            found = sorted(entry.name for entry in path.iterdir())
            if found and CONFIG not in found:
                raise UserError(
                    f"{path} is not empty and holds no evaluation (it has {clipped(found)}); "
                    "name a new folder"
                )
            made = Made(config=config, versions=versions)
            before = Made.read(path / CONFIG, "evaluation") if CONFIG in found else made
            outcomes = _read(path / EPISODES)
            if outcomes:
                made.check_same(before, path, "evaluation", free=free)
            made.save(path / CONFIG)
            return cls(path, outcomes)
        except OSError as error:
            raise UserError(f"cannot write to {path}: {error.strerror or error}") from error

    def append(self, outcome: Outcome) -> None:
        """Keeps one more episode, on disk before this returns."""
        with (self.path / EPISODES).open("a", encoding="utf-8") as file:
            file.write(outcome.as_line() + "\n")
        self.outcomes.append(outcome)

    def keep_screenshots(self, episode: Episode) -> tuple[str, ...]:
        """Stores the pages before and after the last action as PNG; their paths in the folder."""
        pages = [*(step.observation for step in episode.steps[-1:]), episode.observation]
        task = re.sub(r"[^\w.+-]", "_", episode.task).lstrip(".")
        kept = []
        for number, page in enumerate(pages, start=len(episode.steps) + 1 - len(pages)):
            if page.screenshot is not None:
                kept.append(f"screenshots/{task}/seed{episode.seed}-step{number}.png")
                _save_png(self.path / kept[-1], page.screenshot)
        return tuple(kept)


def _save_png(path: Path, screenshot: Screenshot) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(screenshot).save(path)


def _read(path: Path) -> list[Outcome]:
    """The outcomes in a file; a last line torn by a kill is cut off it."""
    if not path.exists():
        return []
    outcomes: list[Outcome] = []
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            if not line.endswith(b"\n"):
                raise ValueError("the line has no end")
            outcomes.append(Outcome.from_line(line))
        except (ValueError, KeyError, TypeError) as error:
            if number < len(lines):
                raise UserError(f"{path}, line {number}, is no episode: {clipped(line)}") from error
            os.truncate(path, sum(map(len, lines[:-1])))
    return outcomes
