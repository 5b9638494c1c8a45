"""What a run says of itself: a line a step in ``metrics.jsonl``, and the same for TensorBoard."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webagents.provenance import write

METRICS = "metrics.jsonl"
TENSORBOARD = "tensorboard"

VOID = "void"
"""The figure that each trial has: how many of its episodes do not count."""

Row = Mapping[str, Any]


class Metrics:
    """The figures of a run, step by step.

    after: the last step that is part of the run; lines of later ones, of a session that was killed
        behind its last checkpoint, are taken out.
    tried: the step of the last trial that is; so are lines of later ones.
    """

    def __init__(self, folder: Path, *, after: int, tried: int = 0) -> None:
        from torch.utils.tensorboard.writer import SummaryWriter

        path = folder / METRICS
        kept = [row for row in read(path) if row["step"] <= (tried if VOID in row else after)]
        write(path, "".join(_line(row) for row in kept))
        self._file = path.open("a", encoding="utf-8")
        self._board = SummaryWriter(str(folder / TENSORBOARD), purge_step=after + 1)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Writes down the figures of a step."""
        self._file.write(_line({"step": step, **values}))
        self._file.flush()
        for name, value in values.items():
            self._board.add_scalar(name, value, step)

    def close(self) -> None:
        """Ends the writing."""
        self._file.close()
        self._board.close()


def read(path: Path) -> list[Row]:
    """The lines of a ``metrics.jsonl``, as far as they are whole; none where there is no file."""
    rows: list[Row] = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                break  # the last line of a session that was killed
    return rows


def _line(row: Row) -> str:
    """The row as JSON, which knows neither inf nor nan: null stands for them."""
    known = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }
    return json.dumps(known) + "\n"
