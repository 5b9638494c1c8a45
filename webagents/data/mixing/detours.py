"""Demonstrations without their detours."""

from __future__ import annotations

import pyarrow as pa

from webagents.data.columns import SCHEMA


def straight(rows: pa.RecordBatch) -> pa.RecordBatch:
    """An episode's rows without the steps that led back to a page that had been seen before.

    A page is the same where its address and its html are; what was done on the way is left out if
    none of it earned anything. The steps are numbered anew. What a page does not show (a clock, a
    server's memory) may still have been changed on the way.
    """
    pages = list(zip(*(rows.column(name).to_pylist() for name in ("url", "html")), strict=True))
    rewards = rows.column("reward").to_pylist()
    way: list[int] = []
    for row, page in enumerate(pages):
        back = next((at for at, one in enumerate(way) if pages[one] == page), len(way))
        if not any(rewards[one] for one in way[back:]):
            del way[back:]
        way.append(row)
    kept = rows.take(pa.array(way))
    steps = pa.array(range(len(way)), SCHEMA.field("step").type)
    return kept.set_column(SCHEMA.get_field_index("step"), SCHEMA.field("step"), steps)
