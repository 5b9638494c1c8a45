"""What else could have been asked: instructions of demonstrations, as many of every task."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc

from webagents.data import Dataset

OF_A_TASK = 50
"""How many instructions of a task there are at most. Our choice."""

LONGEST = 40
"""The words of the longest ones: what is asked for itself has to stay within what is read."""


def instructions(folders: Sequence[Path], seed: int) -> tuple[str, ...]:
    """Instructions that the datasets' episodes begin with, in the order of their tasks.

    seed: what is drawn follows from it, and from the datasets.
    """
    found: dict[str, dict[str, None]] = {}
    for folder in folders:
        for batch in Dataset(folder).batches(columns=["task", "step", "instruction"]):
            for row in batch.filter(pc.equal(batch.column("step"), 0)).to_pylist():
                if 0 < len(row["instruction"].split()) <= LONGEST:
                    found.setdefault(row["task"], {})[row["instruction"]] = None
    dice = random.Random(seed)
    return tuple(
        one
        for task in sorted(found)
        for one in dice.sample(list(found[task]), min(OF_A_TASK, len(found[task])))
    )
