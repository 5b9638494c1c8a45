"""A run's folder: its settings, its episodes as they finish, the screenshots that are kept."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from webagents.errors import UserError, clipped
from webagents.evaluation.outcomes import Outcome
from webagents.types import Episode, Screenshot

CONFIG, EPISODES = "config.json", "episodes.jsonl"

log = logging.getLogger(__name__)


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
            before = _made_with(path / CONFIG) if CONFIG in found else {}
            outcomes = _read(path / EPISODES)
            if outcomes:
                _check_same(path, before, config, versions, free)
            write(path / CONFIG, _json({"config": config, "versions": versions}))
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


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all; what UTF-8 cannot hold becomes "?"."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(text.encode("utf-8", "replace"))
    new.replace(path)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def _save_png(path: Path, screenshot: Screenshot) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(screenshot).save(path)


def _made_with(path: Path) -> dict[str, dict[str, Any]]:
    """The settings and versions that the folder's evaluation was begun with."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        return {"config": dict(before["config"]), "versions": dict(before["versions"])}
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no evaluation's; name a new folder") from error


def _check_same(
    path: Path,
    before: Mapping[str, dict[str, Any]],
    config: Mapping[str, Any],
    versions: Mapping[str, str],
    free: set[str],
) -> None:
    was = before.get("config", {})
    made_by = before.get("versions", {})
    names = [name for name in {**was, **config} if name not in free]
    changed = [
        f"{name} {clipped(was.get(name))} there, {clipped(config.get(name))} now"
        for name in names
        if was.get(name) != config.get(name)
    ]
    if changed:
        raise UserError(
            f"{path} holds another evaluation ({'; '.join(changed)}); "
            "resume it with its own settings or name a new folder"
        )
    for name in versions:
        if made_by.get(name) != versions[name]:
            log.warning(
                "resuming with another %s: %r, was %r", name, versions[name], made_by.get(name)
            )


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
