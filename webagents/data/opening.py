"""Opening a dataset's shards: what is none of ours, or is damaged, is told and not run into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from webagents.data.columns import SCHEMA
from webagents.errors import UserError, clipped

_COUNTS = ("episodes", "steps", "splits", "tasks")


@contextmanager
def opened(shard: Path) -> Iterator[pq.ParquetFile]:
    """A shard, open for reading in row groups or batches.

    Raises:
        UserError: it cannot be read, or not to its end.
    """
    try:
        with pq.ParquetFile(shard, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{shard} cannot be read: {clipped(str(error))}; is it whole?") from error


def check(folder: Path, known: Mapping[str, Any], shards: Sequence[Path]) -> None:
    """Looks at the shards' footers, and reads no rows.

    known: the content of ``dataset.json``.

    Raises:
        UserError: a shard cannot be read or has other columns than ours, or there are more or fewer
            steps in them than there should be.
    """
    if lacking := [name for name in _COUNTS if name not in known]:
        raise UserError(f"the dataset.json of {folder} does not say its {', '.join(lacking)}")
    steps = 0
    for shard in shards:
        with opened(shard) as file:
            steps += file.metadata.num_rows
            _check_columns(shard, file.schema_arrow)
    if steps != known["steps"]:
        raise UserError(
            f"{folder} has {steps} steps in {len(shards)} shards, and {known['steps']} by its "
            "dataset.json: a shard is missing, or from another dataset"
        )


def _check_columns(shard: Path, schema: pa.Schema) -> None:
    missing = [name for name in SCHEMA.names if name not in schema.names]
    if missing:
        raise UserError(
            f"{shard} lacks the columns {', '.join(missing)}; a dataset's are "
            f"{', '.join(SCHEMA.names)}"
        )
    for field in SCHEMA:
        found = schema.field(field.name).type
        if _kind(found) != _kind(field.type):
            raise UserError(f"{shard} has a column {field.name} of {found}, not of {field.type}")


def _kind(type_: pa.DataType) -> str:
    """What values of a type are, whatever their size; other programs write other sizes."""
    kinds = {
        "text": pa.types.is_string(type_) or pa.types.is_large_string(type_),
        "whole number": pa.types.is_integer(type_),
        "number": pa.types.is_floating(type_),
        "picture": pa.types.is_struct(type_),
    }
    return next((kind for kind, fits in kinds.items() if fits), str(type_))
