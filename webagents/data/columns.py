"""The table of a dataset: one row a step, and how episodes become rows and rows episodes.

The last row of an episode also carries what came after its action: the final page and the info.
`datasets` reads the feature types from the schema's metadata, so that screenshots open as images.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa

from webagents.data.demonstration import Demonstration
from webagents.data.pictures import decoded, encoded
from webagents.errors import UserError, clipped
from webagents.types import Episode, Observation, Screenshot, Step

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])

_TYPES: Mapping[str, tuple[pa.DataType, str]] = {
    "episode_id": (pa.string(), "string"),
    "task": (pa.string(), "string"),
    "seed": (pa.int64(), "int64"),
    "step": (pa.int32(), "int32"),
    "instruction": (pa.string(), "string"),
    "html": (pa.large_string(), "large_string"),
    "url": (pa.string(), "string"),
    "screenshot": (IMAGE, "image"),
    "action": (pa.string(), "string"),
    "reward": (pa.float64(), "float64"),
    "terminated": (pa.bool_(), "bool"),
    "truncated": (pa.bool_(), "bool"),
    "error": (pa.string(), "string"),
    "time_ms": (pa.float64(), "float64"),
    "notes": (pa.string(), "string"),
    "source": (pa.string(), "string"),
    "success": (pa.bool_(), "bool"),
    "final_html": (pa.large_string(), "large_string"),
    "final_url": (pa.string(), "string"),
    "final_screenshot": (IMAGE, "image"),
    "info": (pa.string(), "string"),
}

_FEATURES = {
    name: {"_type": "Image"} if dtype == "image" else {"dtype": dtype, "_type": "Value"}
    for name, (_, dtype) in _TYPES.items()
}

SCHEMA = pa.schema(
    [(name, kind) for name, (kind, _) in _TYPES.items()],
    metadata={"huggingface": orjson.dumps({"info": {"features": _FEATURES}})},
)
"""The columns:

- ``episode_id, task, seed, step``: which step of which episode; steps count from 0.
- ``instruction, html, url, screenshot``: what was seen before the action; the screenshot is
  lossless image bytes, null where none was taken.
- ``action, reward, terminated, truncated, error, time_ms, notes``: what was done and what came of
  it; `notes` are the policy's own, JSON, null where there are none.
- ``source, success``: the episode's, the same in each of its rows.
- ``final_html, final_url, final_screenshot, info``: the page and the info (JSON) after the last
  action; null in all rows but the last.
"""


def batch_of(demonstration: Demonstration) -> pa.RecordBatch:
    """The rows of a demonstration.

    Raises:
        ValueError: it has no steps, and so no rows.
    """
    episode = demonstration.episode
    if not episode.steps:
        raise ValueError(f"the episode {demonstration.id} has no steps to keep")
    rows = [
        {
            **_seen(step.observation),
            "episode_id": demonstration.id,
            "task": episode.task,
            "seed": episode.seed,
            "step": number,
            "action": _plain(step.action),
            "reward": step.reward,
            "terminated": step.terminated,
            "truncated": step.truncated,
            "error": _plain(step.error),
            "time_ms": step.time_ms,
            "notes": _json(step.notes) if step.notes else None,
            "source": demonstration.source,
            "success": episode.success,
        }
        for number, step in enumerate(episode.steps)
    ]
    end = _seen(episode.observation)
    rows[-1].update({f"final_{name}": end[name] for name in ("html", "url", "screenshot")})
    rows[-1]["info"] = _json(episode.info)
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


Pictures = Callable[[bytes], Screenshot]


def demonstrations(
    rows: Iterable[Mapping[str, Any]], *, pictures: Pictures | None = decoded
) -> Iterator[Demonstration]:
    """The demonstrations whose rows follow one another; see `SCHEMA`.

    pictures: what decodes screenshots; None leaves them out.

    Raises:
        UserError: an episode lacks some of its steps, an instruction or an action, or a screenshot
            of it is no picture.
    """
    for group in _groups(rows):
        id_ = group[0]["episode_id"]
        try:
            made = _demonstration(id_, group, pictures)
        except OSError as error:  # Pillow's, of bytes that are no picture
            raise UserError(f"a screenshot of the episode {id_} is no picture") from error
        yield made


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The rows of each episode; those of two datasets may have the same id, and begin anew."""
    group: list[Mapping[str, Any]] = []
    for row in rows:
        other = group and row["episode_id"] != group[0]["episode_id"]
        if other or (group and row["step"] == group[0]["step"] == 0):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _demonstration(
    id_: str, rows: list[Mapping[str, Any]], pictures: Pictures | None
) -> Demonstration:
    numbers = [row["step"] for row in rows]
    if numbers != list(range(len(rows))):
        raise UserError(
            f"the rows of episode {id_} are its steps {clipped(numbers)}, not those from 0 to "
            f"{len(rows) - 1}"
        )
    for name in ("instruction", "action"):
        if any(row[name] is None for row in rows):
            raise UserError(f"the episode {id_} has a step without its {name}")
    errors = ["", *(row["error"] for row in rows)]
    steps = tuple(
        Step(
            observation=_observation(row, error, pictures),
            action=row["action"],
            reward=row["reward"],
            terminated=row["terminated"],
            truncated=row["truncated"],
            error=row["error"],
            time_ms=row["time_ms"],
            notes=json.loads(row["notes"] or "{}"),
        )
        for row, error in zip(rows, errors, strict=False)
    )
    last = rows[-1]
    after = {name: last[f"final_{name}"] for name in ("html", "url", "screenshot")}
    episode = Episode(
        task=last["task"],
        seed=last["seed"],
        observation=_observation(
            {**after, "instruction": last["instruction"]}, errors[-1], pictures
        ),
        steps=steps,
        success=last["success"],
        info=json.loads(last["info"] or "{}"),
    )
    return Demonstration(id=id_, source=last["source"], episode=episode)


def _seen(observation: Observation) -> dict[str, Any]:
    picture = observation.screenshot
    return {
        "instruction": _plain(observation.instruction),
        "html": _plain(observation.html),
        "url": _plain(observation.url),
        "screenshot": None if picture is None else {"bytes": encoded(picture), "path": None},
    }


def _observation(row: Mapping[str, Any], error: str, pictures: Pictures | None) -> Observation:
    picture = row["screenshot"]
    return Observation(
        instruction=row["instruction"],
        html=row["html"] or "",
        url=row["url"] or "",
        error=error,
        screenshot=pictures(picture["bytes"]) if picture and pictures else None,
    )


def _plain(text: str) -> str:
    # Half a surrogate pair, which a page can show, has no UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def _json(value: Mapping[str, Any]) -> str:
    try:
        return orjson.dumps(dict(value), option=orjson.OPT_SERIALIZE_NUMPY, default=str).decode()
    except TypeError:  # half a surrogate pair, which only the slower library writes
        return _plain(json.dumps(dict(value), ensure_ascii=False, default=str))
