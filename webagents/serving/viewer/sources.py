"""What can be viewed, a dataset's folder or an evaluation's; read one episode at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from webagents.data import Dataset
from webagents.data.columns import demonstrations
from webagents.data.summary import INDEX
from webagents.data.writer import JOURNAL, shards
from webagents.errors import UserError, clipped
from webagents.evaluation.folder import EPISODES
from webagents.evaluation.outcomes import Outcome, failure
from webagents.provenance import CONFIG, Made
from webagents.serving.viewer.shown import Moment, Move, Shown

Chosen = Mapping[str, Collection[int]]
"""The places of the wanted episodes among those of their task."""

_STEP = re.compile(r"-step(\d{1,6})\.png$")


class Source(Protocol):
    """A folder of episodes."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What people should know of it; `kind` and `title` are always there."""
        ...

    def counts(self) -> Mapping[str, int]:
        """How many episodes each task has."""
        ...

    def episodes(self, chosen: Chosen) -> Iterator[Shown]:
        """The chosen episodes, in the folder's order."""
        ...


def opened(path: Path) -> Source:
    """The dataset or the run at a path.

    Raises:
        UserError: there is neither.
    """
    if (path / INDEX).exists() or (path / JOURNAL).exists():
        return DatasetSource(path)
    if (path / EPISODES).exists():
        return RunSource(path)
    wanted = f"a dataset's folder (with {INDEX}) or that of an evaluation (with {EPISODES})"
    if not path.exists():
        raise UserError(f"there is no {path}; view takes {wanted}")
    if not path.is_dir():
        raise UserError(f"{path} is a file; view takes {wanted}, such as {path.parent}")
    if shards(path):
        raise UserError(f"{path} holds Parquet files and no {INDEX}; view takes {wanted}")
    below = [*path.glob(f"*/{INDEX}"), *path.glob(f"*/{EPISODES}")]
    nearest = sorted(str(file.parent) for file in below)[:5]
    hint = f"; there is {', '.join(nearest)}" if nearest else ""
    raise UserError(f"{path} is no dataset and no run; view takes {wanted}{hint}")


class DatasetSource:
    """A dataset."""

    def __init__(self, path: Path) -> None:
        self._dataset = Dataset(path)

    @property
    def about(self) -> Mapping[str, Any]:
        """Its title, origin, licence, and what it was made with."""
        known = self._dataset.known
        said = {name: known[name] for name in ("title", "origin", "licence")}
        return {"kind": "dataset", **said, "made": known["made"]}

    def counts(self) -> Mapping[str, int]:
        """How many episodes each task has."""
        return {task: counts["episodes"] for task, counts in self._dataset.tasks.items()}

    def episodes(self, chosen: Chosen) -> Iterator[Shown]:
        """The chosen episodes, in the folder's order."""
        met: Counter[str] = Counter()
        for split in self._dataset.splits:
            for rows in self._dataset.batches_of_episodes(split=split):
                task = rows.column("task")[0].as_py()
                if met[task] in chosen.get(task, ()):
                    yield _demonstrated(rows, split if len(self._dataset.splits) > 1 else "")
                met[task] += 1


class RunSource:
    """An evaluation, whose lines hold actions and errors, and no pages but some last pictures."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made = Made.read(path / CONFIG, "evaluation") if (path / CONFIG).exists() else None
        self._last = {outcome.job: line for line, outcome in self._lines()}

    @property
    def about(self) -> Mapping[str, Any]:
        """Who played what, the settings and the versions."""
        title = f"{self._policy} on {self._config.get('tasks', '')}" if self._made else "evaluation"
        versions = self._made.versions if self._made else {}
        return {
            "kind": "run",
            "title": title,
            "made": {"settings": self._config, "versions": versions},
        }

    def counts(self) -> Mapping[str, int]:
        """How many episodes each task has."""
        return Counter(task for task, _ in sorted(self._last))

    def episodes(self, chosen: Chosen) -> Iterator[Shown]:
        """The chosen episodes, in the folder's order."""
        met: Counter[str] = Counter()
        for line, outcome in self._lines():
            if self._last[outcome.job] != line:
                continue  # it was played again
            if met[outcome.task] in chosen.get(outcome.task, ()):
                yield _evaluated(outcome, self._policy, self._path)
            met[outcome.task] += 1

    @property
    def _config(self) -> Mapping[str, Any]:
        return self._made.config if self._made else {}

    @property
    def _policy(self) -> str:
        return str(self._config.get("policy", ""))

    def _lines(self) -> Iterator[tuple[int, Outcome]]:
        """The outcomes with their lines' numbers, without a last line that is being written."""
        with (self._path / EPISODES).open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield number, Outcome.from_line(line)
                except (ValueError, KeyError, TypeError) as error:
                    raise UserError(
                        f"{self._path / EPISODES}, line {number}, is no episode: {clipped(line)}"
                    ) from error


def _demonstrated(rows: pa.RecordBatch, split: str) -> Shown:
    """A dataset's episode, from its rows."""
    records = rows.to_pylist()
    demonstration = next(demonstrations(records, pictures=None))
    episode = demonstration.episode
    stored = [*(row["screenshot"] for row in records), records[-1]["final_screenshot"]]
    pages = [*(step.observation for step in episode.steps), episode.observation]
    moves = [
        Move(
            action=step.action,
            error=step.error,
            reward=step.reward,
            time_ms=step.time_ms,
            terminated=step.terminated,
            truncated=step.truncated,
            notes=step.notes,
        )
        for step in episode.steps
    ]
    moments = tuple(
        Moment(
            instruction=page.instruction,
            url=page.url,
            html=page.html,
            picture=picture and picture["bytes"],
            move=move,
        )
        for page, picture, move in zip(pages, stored, [*moves, None], strict=True)
    )
    return Shown(
        id=demonstration.id,
        task=episode.task,
        seed=episode.seed,
        source=demonstration.source,
        split=split,
        success=episode.success,
        reward=episode.reward,
        failure=failure(episode),
        reason="",
        instruction=moments[0].instruction,
        moments=moments,
        info=episode.info,
    )


def _evaluated(outcome: Outcome, policy: str, folder: Path) -> Shown:
    """A run's episode, from its line."""
    pictures = {
        int(step.group(1)): picture
        for name in outcome.screenshots
        if (step := _STEP.search(name)) and (picture := _picture(folder, name))
    }
    moves = [*(Move(action=move.action, error=move.error) for move in outcome.moves), None]
    return Shown(
        id=f"{outcome.task}/{outcome.seed}",
        task=outcome.task,
        seed=outcome.seed,
        source=policy,
        split="",
        success=outcome.success,
        reward=outcome.reward,
        failure=outcome.failure,
        reason=outcome.reason,
        instruction=outcome.instruction,
        moments=tuple(
            Moment(instruction=outcome.instruction, picture=pictures.get(step), move=move)
            for step, move in enumerate(moves)
        ),
    )


def _picture(folder: Path, name: str) -> bytes | None:
    """A file of the folder, None where there is none there: a line may name any path."""
    path = (folder / name).resolve()
    inside = path.is_relative_to(folder.resolve()) and path.is_file()
    return path.read_bytes() if inside else None
