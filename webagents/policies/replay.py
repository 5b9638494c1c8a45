"""The replay policy: does again what an earlier run did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from webagents.data import Dataset
from webagents.data.summary import INDEX
from webagents.errors import UnknownPolicy, clipped
from webagents.types import Decision, Episode

Key = tuple[str, int]


class ReplayPolicy:
    """Repeats recorded episodes by task and seed; beyond what was recorded it does nothing."""

    def __init__(self, actions: Mapping[Key, Sequence[str]]) -> None:
        """`actions`: the action texts of each (task id, seed)."""
        self._actions = actions

    @classmethod
    def read(cls, path: Path) -> ReplayPolicy:
        """The policy that repeats a dataset or a run: its folder, or its ``episodes.jsonl``.

        Of several episodes of a dataset with the same task and seed the first is repeated.

        Raises:
            UnknownPolicy: there is no dataset and no run there.
        """
        if (path / INDEX).exists():
            return cls(_in_dataset(Dataset(path)))
        file = path / "episodes.jsonl" if path.is_dir() else path
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            actions = dict(_recorded(line) for line in lines if line.strip())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnknownPolicy(
                f"{clipped(str(path))} is no run to replay ({error}); give the folder that "
                "`webagents evaluate` or `webagents collect` wrote"
            ) from error
        return cls(actions)

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The recorded action of each episode's next step."""
        return [Decision(action=self._next(episode)) for episode in episodes]

    def _next(self, episode: Episode) -> str:
        recorded = self._actions.get((episode.task, episode.seed), ())
        at = len(episode.steps)
        return recorded[at] if at < len(recorded) else "noop()"


def _in_dataset(dataset: Dataset) -> dict[Key, list[str]]:
    """The actions of each (task id, seed)."""
    first: dict[Key, str] = {}
    actions: dict[Key, list[str]] = {}
    for rows in dataset.batches(columns=["episode_id", "task", "seed", "action"]):
        for row in rows.to_pylist():
            key = (row["task"], row["seed"])
            if first.setdefault(key, row["episode_id"]) == row["episode_id"]:
                actions.setdefault(key, []).append(row["action"])
    return actions


def _recorded(line: str) -> tuple[Key, list[str]]:
    record = json.loads(line)
    return (record["task"], int(record["seed"])), [step["action"] for step in record["steps"]]
