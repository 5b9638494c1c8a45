"""The made-up catalogue as the original's three files."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from webagents.envs.webshop.inventing.stream import Invented

PRODUCTS_FILE = "items_shuffle.json.gz"
ENTRIES_FILE = "items_ins_v2.json.gz"
ASKED_FILE = "items_human_ins.json.gz"


class Written(NamedTuple):
    """How much was written: products, human instructions, and synthetic ones."""

    products: int
    human: int
    synthetic: int


def write_files(folder: Path, invented: Iterable[Invented]) -> Written:
    """Write the three files, compressed, to the folder, which is made; one product a line.

    The same products give the same bytes with the same zlib: the files carry no time or name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    products = human = synthetic = 0
    with ExitStack() as files:
        rows, entries, asked = (
            files.enter_context(_compressed(folder / name))
            for name in (PRODUCTS_FILE, ENTRIES_FILE, ASKED_FILE)
        )
        first_asked = True
        rows.write("[")
        entries.write("{")
        asked.write("{")
        for each in invented:
            name = _json(each.row["asin"])
            start = "\n" if products == 0 else ",\n"
            rows.write(start + _json(each.row))
            entries.write(f"{start}{name}: {_json(each.entry)}")
            if each.asked:
                asked.write(f"{'' if first_asked else ','}\n{name}: {_json(each.asked)}")
                first_asked = False
            products += 1
            human += len(each.asked)
            synthetic += "instruction" in each.entry
        rows.write("\n]\n")
        entries.write("\n}\n")
        asked.write("\n}\n")
    return Written(products, human, synthetic)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def _compressed(path: Path) -> Iterator[TextIO]:
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as text,
    ):
        yield text
