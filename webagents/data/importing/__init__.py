"""Demonstrations in the formats of others, read into datasets of ours.

`IMPORTERS` names the formats. Nothing that is in a file stops an import: what cannot be taken is
counted with its reason, in the result, in `made` of ``dataset.json``, and one by one in `DROPPED`.
`made` also counts which rewards there were, those of failed episodes that were not taken too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import orjson

from webagents.data.importing.exported import JSONL, MINARI, WEBDATASET
from webagents.data.importing.miniwob_human import MINIWOB_HUMAN
from webagents.data.importing.records import Dropped, Imported, Importer, Keep, Progress, Record
from webagents.data.importing.webgum import WEBGUM
from webagents.data.importing.webshop import WEBSHOP_IL, WEBSHOP_LOGS
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.errors import UserError, clipped
from webagents.provenance import current_versions

__all__ = ["DROPPED", "IMPORTERS", "Imported", "Importer", "Progress", "import_dataset"]

DROPPED = "dropped.jsonl"
"""The file beside a dataset that lists what was not taken: `file`, `reason`, `detail`."""

IMPORTERS: Mapping[str, Importer] = MappingProxyType(
    {
        "miniwob-human": MINIWOB_HUMAN,
        "webgum": WEBGUM,
        "webshop-il": WEBSHOP_IL,
        "webshop-logs": WEBSHOP_LOGS,
        "jsonl": JSONL,
        "webdataset": WEBDATASET,
        "minari": MINARI,
    }
)
"""What reads a format, by its name."""


def import_dataset(
    format: str,  # noqa: A002 (the option's own name)
    src: Path,
    out: Path,
    *,
    keep: Keep = "successes",
    on_file: Callable[[Progress], None] | None = None,
) -> Imported:
    """Reads the demonstrations in `src` into a new dataset in `out`; one file in memory at a time.

    format: a key of `IMPORTERS`.
    keep: ``"successes"``, or ``"all"`` to take the failed ones too.
    on_file: hears of each file that was read.

    Raises:
        UserError: no such format, nothing to read in `src`, or `out` holds something already.
    """
    if format not in IMPORTERS:
        raise UserError(f"no format {clipped(format)}; the formats are {', '.join(IMPORTERS)}")
    if keep not in ("successes", "all"):
        raise UserError(f"keep is 'successes' or 'all', not {clipped(keep)}")
    importer = IMPORTERS[format]
    paths = importer.files(src)
    title, origin, licence = importer.about
    named = src.parent if importer.unnamed and src.is_file() else src
    made = {"import": format, "src": str(named), "keep": keep, "versions": current_versions()}
    about = About(title=title, origin=origin, licence=licence, made={**made, "finished": False})
    dropped: Counter[str] = Counter()
    rewards: Counter[str] = Counter()
    with DatasetWriter(out, about) as writer:
        with (out / DROPPED).open("wb") as log:
            for number, path in enumerate(paths, start=1):
                for record in importer.records(path, src, keep):
                    reason = _take(record, writer)
                    rewards.update(_reward(record))
                    if reason is not None:
                        dropped[reason.reason] += 1
                        _tell(record.file, reason, log)
                if on_file is not None:
                    on_file(Progress(number, len(paths), len(writer.ids), dropped.total()))
        counted: dict[str, Any] = dict(dropped.most_common())
        told = {"files": len(paths), "dropped": counted, "rewards": dict(sorted(rewards.items()))}
        writer.about = replace(about, made={**made, **told})
    return Imported(
        out=out,
        files=len(paths),
        kept=writer.counts.total("episodes"),
        steps=writer.counts.total("steps"),
        dropped=Counter(counted),
    )


def _take(record: Record, writer: DatasetWriter) -> Dropped | None:
    """Writes the record's episode; else why it is not taken."""
    if record.demonstration is None:
        return record.dropped
    if record.demonstration.id in writer.ids:
        return Dropped("twice", record.demonstration.id)
    writer.add(record.demonstration)
    return None


def _reward(record: Record) -> list[str]:
    """The episode's reward, taken or not, to two digits; nothing where there is no episode."""
    if record.demonstration is not None:
        episode = record.demonstration.episode
        told = episode.info.get("reward_told", True)
        return [f"{episode.reward:.2f}" if told else "not told"]
    reward = record.dropped.reward if record.dropped is not None else None
    return [] if reward is None else [f"{reward:.2f}"]


def _tell(file: str, why: Dropped, log: IO[bytes]) -> None:
    line = {"file": file, "reason": why.reason, "detail": why.detail}
    log.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
