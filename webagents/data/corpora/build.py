"""A corpus from its settings: read in parallel, then chosen and written; resumed if need be.

What each piece of an input gives is kept as a part; a part that is there is not made again.
Choosing and writing need all of them, are done in the inputs' order, and anew if they were cut off.
So the corpus follows from the inputs and the settings, whatever the number of processes, and
however often it was killed.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from webagents.data.corpora import card
from webagents.data.corpora.choosing import Chosen, choose
from webagents.data.corpora.config import FREE, CorpusConfig
from webagents.data.corpora.parts import Counts, counts_of
from webagents.data.corpora.shards import SHARD_BYTES, Part, write_shards
from webagents.data.corpora.sources import Found, Piece, identity, inputs_of, pieces_of
from webagents.data.corpora.statistics import Statistics
from webagents.data.corpora.working import Job, work
from webagents.data.mixing.scan import digest
from webagents.errors import UserError, clipped
from webagents.progress import Finished, Shown, Tally, duration, silent
from webagents.provenance import CONFIG, Made, current_versions, write

INDEX, PARTS = "corpus.json", "parts"
FORMAT = 1


class Built(NamedTuple):
    """What came of a corpus.

    known: the content of its ``corpus.json``.
    """

    out: Path
    known: Mapping[str, Any]


class PieceDone(NamedTuple):
    """What progress is told of a piece that was read, or written.

    steps: how many pages or examples it has.
    """

    steps: int
    success: bool | None = None
    void: bool = False


@dataclass(slots=True)
class PieceTally(Tally):
    """Counts pieces.

    unit, of: what is counted, and what its steps are.
    """

    unit: str = "pieces"
    of: str = "pages"

    def __str__(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-9)
        if not self.fresh_done:
            return ""
        left = duration((self.total - self.done) * seconds / self.fresh_done)
        return f"{self.steps / seconds:.0f} {self.of}/s · {left} left"


def build_corpus(
    config: CorpusConfig, *, progress: Shown = silent, shard_bytes: int = SHARD_BYTES
) -> Built:
    """Builds a corpus; of one that is complete, tells what it holds.

    A worker holds one page and a few MB of examples at a time; choosing holds `config.memory` and a
    few bytes of each example.

    shard_bytes: how large the texts of a shard are, about.

    Raises:
        UserError: a source cannot be read, or `config.out` is taken.
        KeyboardInterrupt: it was stopped; the same call with `resume` goes on.
    """
    found = inputs_of(config.sources, config.downloads)
    _open(config)
    made = Made(
        config={**config.as_dict(), "inputs": digest(identity(found.inputs))},
        versions=_versions(),
    )
    made.keep(config.out, "corpus", free=FREE)
    parts = config.out / PARTS
    if not (config.out / INDEX).exists():
        parts.mkdir(exist_ok=True)
        for torn in parts.glob("*.new"):
            torn.unlink()
        pieces = pieces_of(found.inputs)
        counts = _read(pieces, parts, config, progress)
        known = _write(pieces, parts, config, progress, shard_bytes)
        index = _index(found, pieces, counts, known, made)
        write(config.out / card.CARD, card.card(index))
        write(config.out / INDEX, json.dumps(index, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(parts, ignore_errors=True)
    return Built(config.out, load(config.out))


def load(folder: Path) -> Mapping[str, Any]:
    """The content of a corpus' ``corpus.json``.

    Raises:
        UserError: there is none, or it is none of ours.
    """
    try:
        known = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        begun = (folder / PARTS).exists()
        raise UserError(
            f"{folder} is still being built; finish it with the command that began it"
            if begun
            else f"{folder} is no corpus: it has no {INDEX}"
        ) from error
    except (OSError, ValueError) as error:
        raise UserError(f"{folder / INDEX} cannot be read: {error}") from error
    if not isinstance(known, dict) or known.get("format") != FORMAT:
        raise UserError(f"{folder / INDEX} is not of format {FORMAT}")
    return known


def _part(parts: Path, number: int) -> Path:
    return parts / f"{number:06}.parquet"


def _read(pieces: list[Piece], parts: Path, config: CorpusConfig, progress: Shown) -> list[Counts]:
    """Makes the parts that are missing; the counts of all."""
    paths = [_part(parts, number) for number in range(len(pieces))]
    jobs = [Job(*job) for job in zip(pieces, paths, strict=True) if not job[1].exists()]
    earlier = [_done(counts_of(path)) for path in paths if path.exists()]
    tally = PieceTally(len(pieces), "reading").after(earlier)
    with progress(tally) as told:
        for counts in work(jobs, config.rules(), config.workers) if jobs else ():
            told(_done(counts))
    return [counts_of(path) for path in paths]


def _done(counts: Counts) -> Finished:
    return PieceDone(steps=counts["pages"])


class _Written(NamedTuple):
    chosen: Chosen
    statistics: Statistics


def _write(
    pieces: list[Piece], parts: Path, config: CorpusConfig, progress: Shown, shard_bytes: int
) -> _Written:
    """Writes the shards of what is chosen of the parts; none is there before all are."""
    new = parts / "shards"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    paths = [_part(parts, number) for number in range(len(pieces))]
    chosen = choose(paths, config.choice())
    taken = [
        Part(path, piece.input, splits)
        for path, piece, splits in zip(paths, pieces, chosen.splits, strict=True)
    ]
    statistics = Statistics()
    with progress(PieceTally(len(pieces), "writing", of="examples")) as told:
        for part in write_shards(new, taken, statistics, shard_bytes):
            told(PieceDone(steps=int((part.splits >= 0).sum())))
    for old in config.out.glob("*.parquet"):
        old.unlink()
    for shard in sorted(new.iterdir()):
        shard.replace(config.out / shard.name)
    return _Written(chosen, statistics)


def _index(
    found: Found, pieces: list[Piece], counts: list[Counts], written: _Written, made: Made
) -> dict[str, Any]:
    """The content of ``corpus.json``."""
    sources: dict[str, Counts] = {}
    for piece, of_piece in zip(pieces, counts, strict=True):
        sources.setdefault(piece.input.name, Counter()).update(of_piece)
    total = sum(sources.values(), Counter[str]())
    settings = {name: value for name, value in made.config.items() if name not in FREE}
    dropped = _reasons(total, "examples") + written.chosen.dropped
    return {
        "format": FORMAT,
        "pages": {
            "read": total["pages"],
            "bytes": total["bytes"],
            "left out": _ordered(_reasons(total, "pages")),
        },
        "examples": {
            "made": total["examples"] + _reasons(total, "examples").total(),
            "left out": _ordered(dropped),
            "kept": written.statistics.splits.total(),
        },
        **written.statistics.as_dict(),
        "sources": {
            name: {
                "licence": next(one.licence for one in found.inputs if one.name == name),
                "pages": sources[name]["pages"],
                "bytes": sources[name]["bytes"],
                "left out": _ordered(_reasons(sources[name], "pages")),
                "examples": written.statistics.examples[name],
            }
            for name in sorted(sources)
        },
        "missing": dict(sorted(found.missing.items())),
        "made": {"config": settings, "versions": dict(made.versions)},
    }


def _reasons(counts: Mapping[str, int], what: str) -> Counter[str]:
    return Counter(
        {
            name.removeprefix(f"{what}: "): number
            for name, number in counts.items()
            if name.startswith(f"{what}: ")
        }
    )


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in sorted(counts.items()) if number}


def _open(config: CorpusConfig) -> None:
    try:
        config.out.mkdir(parents=True, exist_ok=True)
        found = sorted(entry.name for entry in config.out.iterdir())
    except OSError as error:
        raise UserError(f"cannot write to {config.out}: {error.strerror or error}") from error
    ours = CONFIG in found and bool({INDEX, PARTS} & set(found) or found == [CONFIG])
    if found and not ours:
        raise UserError(
            f"{config.out} is not empty and holds no corpus (it has {clipped(found)}); "
            "name a new folder"
        )
    if found and not config.resume:
        raise UserError(f"{config.out} holds a corpus already; resume it, or name a new folder")


def _versions() -> dict[str, str]:
    return current_versions() | dict(_libraries(("lxml", "fastwarc", "pyarrow")))


def _libraries(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, ""
