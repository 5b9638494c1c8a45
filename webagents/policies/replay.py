"""The replay policy: does again what an earlier run did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

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
        """The policy that repeats a run: its folder, or its ``episodes.jsonl``.

        Raises:
            UnknownPolicy: there is no run there.
        """
        file = path / "episodes.jsonl" if path.is_dir() else path
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            actions = dict(_recorded(line) for line in lines if line.strip())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnknownPolicy(
                f"{clipped(str(path))} is no run to replay ({error}); give the folder that "
                "`webagents evaluate --out` wrote"
            ) from error
        return cls(actions)

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The recorded action of each episode's next step."""
        return [Decision(action=self._next(episode)) for episode in episodes]

    def _next(self, episode: Episode) -> str:
        recorded = self._actions.get((episode.task, episode.seed), ())
        at = len(episode.steps)
        return recorded[at] if at < len(recorded) else "noop()"


def _recorded(line: str) -> tuple[Key, list[str]]:
    record = json.loads(line)
    return (record["task"], int(record["seed"])), [step["action"] for step in record["steps"]]
