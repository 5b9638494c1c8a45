"""Imports the original's files into a folder that opens at once, whatever the catalogue's size.

An import is made beside its place and moved there when it is complete, so that one that was stopped
leaves no shop behind, and can be started again.
"""

from __future__ import annotations

import errno
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from webagents.envs.webshop.catalogue.files import Files, checksum, find_files
from webagents.envs.webshop.catalogue.loading import read_products
from webagents.envs.webshop.catalogue.requests import GoalKind, read_attributes
from webagents.envs.webshop.folders import made_whole
from webagents.envs.webshop.records import KeyedRecords, RecordWriter
from webagents.envs.webshop.search import SearchEngine
from webagents.envs.webshop.shop import imported_folder, located
from webagents.envs.webshop.stock import Gathering, instructions, kinds, no_products
from webagents.envs.webshop.stock_files import (
    NOTE,
    PRODUCTS,
    SEARCH,
    requests_stem,
    save_asked,
    stored_requests,
    write_note,
)
from webagents.errors import UserError
from webagents.progress import duration
from webagents.provenance import current_versions

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done and how much there is of it."""

_ENTRIES = "entries"


class Imported(NamedTuple):
    """What came of an import.

    folder: where it lies.
    products: how many there are.
    goals: how many of each kind.
    dropped: how many rows, entries and requests were left out, by the reason.
    """

    name: str
    folder: Path
    products: int
    goals: dict[GoalKind, int]
    dropped: Counter[str]

    def __str__(self) -> str:
        goals = " and ".join(f"{count:,} {kind}" for kind, count in self.goals.items())
        left_out = [f"left out, {why}: {count:,}" for why, count in self.dropped.most_common()]
        shop = f"{self.products:,} products, {goals} goals"
        return "\n".join((shop, *left_out, f"shop: {self.name}, in {self.folder}"))


def import_shop(
    src: str | Path,
    name: str | None = None,
    progress: Progress | None = None,
    *,
    replace: bool = False,
) -> Imported:
    """Imports a folder of the original's files, or a products file with the others beside it.

    It takes about 1.3 times the files' unpacked size on disk in ``$WEBAGENTS_HOME/webshop``. No
    more than one product at a time is in memory, beside some 200 bytes of each.

    name: by which it is opened afterwards; None is the source's own name.
    progress: None tells on stderr.
    replace: whether a shop of that name may be replaced.

    Raises:
        UserError: the files cannot be read or hold no product, the name is taken, or there is no
            room on the disk.
        KeyboardInterrupt: it was stopped; nothing is left of it.
    """
    source = located(src)
    if (source / NOTE).exists():
        raise UserError(f"{source} was imported already; open it as it is")
    files = find_files(source)
    folder = imported_folder(_name(source) if name is None else name)
    if folder.exists() and not replace:
        raise UserError(
            f"there is a shop {folder.name!r} already; give another name, or replace it (--replace)"
        )
    told = lines() if progress is None else progress
    with made_whole(folder) as made:
        try:
            imported = _import(files, made, folder, told)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise UserError(
                f"no room left on the disk of {folder.parent} for the import"
            ) from error
    return imported


def lines(*, every_seconds: float = 2.0) -> Progress:
    """Tells on stderr, now and then in a line: what is done, how far it is, the time left."""
    doing, began, said = "", 0.0, 0.0

    def told(what: str, done: int, total: int) -> None:
        nonlocal doing, began, said
        now = time.monotonic()
        if what != doing:
            doing, began, said = what, now, now
        elif now - said >= every_seconds and 0 < done < total:
            said = now
            left = duration((now - began) * (total - done) / done)
            sys.stderr.write(f"{what}: {done / total:.0%} · {left} left\n")
            sys.stderr.flush()

    return told


def _import(files: Files, made: Path, folder: Path, told: Progress) -> Imported:
    """Writes all of a shop into the folder `made`, which belongs into `folder`."""
    dropped: Counter[str] = Counter()
    entries = _entries(files, made, dropped, told)
    with ExitStack() as stack:
        store = stack.enter_context(RecordWriter(made / PRODUCTS))
        asked = {
            kind: stack.enter_context(RecordWriter(requests_stem(made, kind)))
            for kind in kinds(files)
        }
        size = files.products.stat().st_size
        gathered = Gathering(
            keep=lambda product: store.append(product, product["asin"]),
            # A record of its fields: JSON has no place for the names of a tuple.
            ask=lambda kind, request: asked[kind].append(tuple(request)),
            dropped=dropped,
        ).run(
            read_products(
                files.products,
                entries,
                dropped=dropped,
                told=lambda done: told("reading products", done, size),
            ),
            entries,
            instructions(files, dropped),
        )
    products = KeyedRecords(made / PRODUCTS).records
    if not products:
        raise no_products(files, dropped)
    goals: dict[GoalKind, int] = {}
    for number, kind in enumerate(asked):
        told("ordering goals", number, len(asked))
        kept = gathered.asked(kind, stored_requests(made, kind))
        save_asked(made, kind, kept, gathered.pricing)
        goals[kind] = len(kept.order)
    count = len(products)
    SearchEngine.build(products, made / SEARCH, lambda done: told("indexing products", done, count))
    for path in made.glob(f"{_ENTRIES}.*"):
        path.unlink()
    _write_note(made, files, count, goals, dropped)
    return Imported(folder.name, folder, count, goals, dropped)


def _entries(files: Files, made: Path, dropped: Counter[str], told: Progress) -> KeyedRecords:
    """The attributes file as a store, which looks entries up without holding them in memory."""
    size = files.attributes.stat().st_size
    stem = made / _ENTRIES
    with RecordWriter(stem) as store:
        for asin, entry in read_attributes(
            files.attributes,
            dropped=dropped,
            told=lambda done: told("reading attributes", done, size),
        ):
            store.append(entry, asin)
    return KeyedRecords(stem)


def _write_note(
    made: Path, files: Files, products: int, goals: dict[GoalKind, int], dropped: Counter[str]
) -> None:
    sources = {
        path.name: {"bytes": path.stat().st_size, "sha256": checksum(path)}
        for path in files
        if path is not None
    }
    note = {
        "products": products,
        "goals": goals,
        "dropped": dict(dropped.most_common()),
        "sources": sources,
        "versions": current_versions(),
    }
    write_note(made, note)


def _name(source: Path) -> str:
    """A shop's name by what it is imported from: a folder's, or a file's up to the first dot."""
    return source.name if source.is_dir() else source.name.split(".")[0]
