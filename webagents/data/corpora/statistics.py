"""What a corpus holds, counted: lengths, tags, attributes."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

PERCENTS = (5, 25, 50, 75, 90, 95, 99)
TAGS_NAMED = 200

_TAG = re.compile(r"<([a-z][a-z0-9-]*)([^>]*)>")
_ATTRIBUTE = re.compile(r' ([^\s"=>]+)(?:="[^"]*")?')


class Statistics:
    """The counts of the examples that are added; four bytes of each are remembered."""

    def __init__(self) -> None:
        self.examples: Counter[str] = Counter()
        self.splits: Counter[str] = Counter()
        self.characters = 0
        self._lengths: dict[str, array[int]] = {}
        self._sites: dict[str, set[str]] = {}
        self._tags: Counter[str] = Counter()
        self._attributes: Counter[str] = Counter()

    def add(self, rows: pa.RecordBatch, split: str) -> None:
        """Counts examples of a split; see `shards.SCHEMA`."""
        names = ("html", "source", "site", "kind", "characters")
        for html, source, site, kind, characters in zip(
            *(rows.column(name).to_pylist() for name in names), strict=True
        ):
            self.examples[source] += 1
            self.splits[split] += 1
            self.characters += characters
            self._lengths.setdefault(kind, array("I")).append(characters)
            self._sites.setdefault(split, set()).add(site)
            for tag, inner in _TAG.findall(html):
                self._tags[tag] += 1
                if inner:
                    self._attributes.update(_ATTRIBUTE.findall(inner))

    def as_dict(self) -> dict[str, Any]:
        """The counts as JSON values, in an order that follows from them."""
        kinds = sorted(self._lengths)
        return {
            "splits": {
                split: {"examples": number, "sites": len(self._sites[split])}
                for split, number in sorted(self.splits.items())
            },
            "kinds": {kind: len(self._lengths[kind]) for kind in kinds},
            "characters": {
                "total": self.characters,
                **{kind: _distribution(self._lengths[kind]) for kind in kinds},
            },
            "tags": _most(self._tags),
            "attributes": _most(self._attributes),
        }


def _most(counts: Counter[str]) -> dict[str, int]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:TAGS_NAMED])


def _distribution(lengths: array[int]) -> dict[str, float | int]:
    values = np.frombuffer(lengths, np.uint32)
    points = np.percentile(values, PERCENTS, method="inverted_cdf")
    return {
        "mean": round(float(values.mean()), 1),
        **{f"p{percent}": int(point) for percent, point in zip(PERCENTS, points, strict=True)},
        "max": int(values.max()),
    }
