"""The replay policy: does again what an earlier run did."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from webagents.data import Dataset
from webagents.data.summary import INDEX
from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.types import Decision, Episode

log = logging.getLogger(__name__)

Key = tuple[str, int]


class ReplayPolicy:
    """Repeats recorded episodes by task and seed; beyond what was recorded it does nothing."""

    def __init__(
        self,
        actions: Mapping[Key, Sequence[str]],
        instructions: Mapping[Key, str] | None = None,
    ) -> None:
        """A policy that repeats these.

        actions: the action texts of each (task id, seed).
        instructions: what was asked for then; where something else is asked for now, as with
            another split or another shop, that is told once.
        """
        self._actions = actions
        self._instructions = instructions or {}
        self._told = False

    @classmethod
    def read(cls, path: Path) -> ReplayPolicy:
        """The policy that repeats a dataset or a run: its folder, or its ``episodes.jsonl``.

        Of several episodes of a dataset with the same task and seed the first is repeated.

        Raises:
            UnknownPolicy: there is no dataset and no run there.
        """
        if (path / INDEX).exists():
            return cls(*_in_dataset(Dataset(path)))
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
        key = (episode.task, episode.seed)
        recorded = self._actions.get(key, ())
        asked = self._instructions.get(key, episode.observation.instruction)
        if asked != episode.observation.instruction and not self._told:
            self._told = True
            log.warning(
                "%s, seed %d, asks for something else than when it was recorded: was that another "
                "split, shop or data mode? asked now: %s, then: %s",
                *key,
                clipped(episode.observation.instruction),
                clipped(asked),
            )
        at = len(episode.steps)
        return recorded[at] if at < len(recorded) else "noop()"


def _in_dataset(dataset: Dataset) -> tuple[dict[Key, list[str]], dict[Key, str]]:
    """The actions of each (task id, seed), and its instruction."""
    first: dict[Key, str] = {}
    actions: dict[Key, list[str]] = {}
    instructions: dict[Key, str] = {}
    columns = ["episode_id", "task", "seed", "step", "instruction", "action"]
    for rows in dataset.batches(columns=columns):
        for row in rows.to_pylist():
            key = (row["task"], row["seed"])
            if first.setdefault(key, row["episode_id"]) == row["episode_id"]:
                before = actions.setdefault(key, [])
                if row["action"] is None or row["step"] != len(before):
                    raise UserError(
                        f"the step {row['step']} of {row['episode_id']} in {dataset.folder} comes "
                        f"after {len(before)} others, or has no action"
                    )
                before.append(row["action"])
                instructions.setdefault(key, row["instruction"])
    return actions, instructions


def _recorded(line: str) -> tuple[Key, list[str]]:
    record = json.loads(line)
    return (record["task"], int(record["seed"])), [step["action"] for step in record["steps"]]
