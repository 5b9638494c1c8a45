"""Where two traces of a task part."""

from __future__ import annotations

import itertools
import zlib
from typing import Any, NamedTuple

import numpy as np

from webagents.envs.checks.tracing import Moment, Trace
from webagents.errors import clipped


class Difference(NamedTuple):
    """Where two traces of a task part for the first time.

    step: the moment's number; moments are resets and actions.
    keys: the names of what differs.
    told: the action, and the first key's two values where they part.
    """

    task: str
    step: int
    keys: tuple[str, ...]
    told: str


def difference(task: str, first: Trace, second: Trace) -> Difference | None:
    """Where the traces first differ; a broken machine is a difference too."""
    nothing: Moment = {}
    for step, (here, there) in enumerate(itertools.zip_longest(first, second, fillvalue=nothing)):
        keys = tuple(key for key in {**here, **there} if here.get(key) != there.get(key))
        if "broken" in here or "broken" in there:
            keys = ("broken", *keys)
        if keys:
            parts = _parts(keys[0], here.get(keys[0]), there.get(keys[0]))
            did = here.get("did", there.get("did"))
            return Difference(task, step, keys, f"{did}: {keys[0]} {parts}")
    return None


def _parts(key: str, first: Any, second: Any) -> str:
    """Two values where they part, in few words."""
    if key == "screenshot" and first and second and first[0] == second[0]:
        pictures = [
            np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape)
            for shape, data in (first, second)
        ]
        rows, columns = np.nonzero((pictures[0] != pictures[1]).any(axis=2))
        return (
            f"differs in {len(rows)} pixels, x {columns.min()} to {columns.max()}, "
            f"y {rows.min()} to {rows.max()}"
        )
    here, there = str(first), str(second)
    pairs = enumerate(zip(here, there, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(here), len(there)))
    start = max(0, same - 50)
    return f"{clipped(here[start : same + 50], 110)} | {clipped(there[start : same + 50], 110)}"
