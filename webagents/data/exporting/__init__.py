"""Datasets in the formats that other programs read, and back again without a loss.

`EXPORTERS` names the formats; each one's module also reads what it wrote (`read_jsonl`,
`read_webdataset`, `read_minari`), and gives demonstrations that equal those that were exported.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from webagents.data.dataset import Dataset
from webagents.data.exporting.jsonl import read_jsonl, write_jsonl
from webagents.data.exporting.minari import read_minari, write_minari
from webagents.data.exporting.rows import Copied
from webagents.data.exporting.webdataset import read_webdataset, write_webdataset
from webagents.errors import UserError, clipped
from webagents.progress import Shown, Tally, Told, silent
from webagents.provenance import current_versions, write

__all__ = [
    "ABOUT",
    "EXPORTERS",
    "Copied",
    "Exported",
    "export",
    "read_jsonl",
    "read_minari",
    "read_webdataset",
]

ABOUT = "about.json"
"""The file of an export that says what was exported: the content of ``dataset.json``."""

Exporter = Callable[[Dataset, Path, Told], None]

EXPORTERS: Mapping[str, Exporter] = {
    "jsonl": write_jsonl,
    "minari": write_minari,
    "webdataset": write_webdataset,
}
"""What writes a dataset into an empty folder, by the format's name."""


class Exported(NamedTuple):
    """What came of an export.

    bytes: the size of everything in `out`.
    """

    out: Path
    episodes: int
    steps: int
    bytes: int


def export(dataset: Path, format: str, out: Path, *, progress: Shown = silent) -> Exported:  # noqa: A002
    """Writes a dataset in another format, one episode after the other.

    The folder is there whole or not at all: until the end, it is called ``<out>.part``.

    format: one of `EXPORTERS`.
    out: a new or empty folder; for ``minari`` its name is the dataset's id (``miniwob-v0``), and
        the folder it lies in is what MINARI_DATASETS_PATH has to be.

    Raises:
        UserError: no such format or dataset, or `out` is taken.
    """
    if format not in EXPORTERS:
        known = ", ".join(sorted(EXPORTERS))
        raise UserError(f"no format {clipped(format)} to export to; there is {known}")
    source = Dataset(dataset)
    part = _begun(out)
    try:
        with progress(Tally(len(source), "exporting")) as told:
            EXPORTERS[format](source, part / out.name, told)
        about = {**source.known, "exported": {"format": format, "versions": current_versions()}}
        write(part / out.name / ABOUT, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        (part / out.name).replace(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return Exported(out, len(source), int(source.known["steps"]), size)


def _begun(out: Path) -> Path:
    """An empty folder beside `out`, which holds an empty one of its name."""
    part = out.with_name(out.name + ".part")
    try:
        if out.exists() and any(out.iterdir()):
            raise UserError(f"{out} is not empty; name a new folder")
        shutil.rmtree(part, ignore_errors=True)
        (part / out.name).mkdir(parents=True)
    except OSError as error:
        raise UserError(f"cannot write to {out}: {error.strerror or error}") from error
    return part
