"""One mix from its settings to its dataset: look, choose, copy; resumed if need be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from rich.table import Table

from webagents.data.columns import SCHEMA
from webagents.data.dataset import Dataset
from webagents.data.mixing.choose import Rules, choose, in_validation, weights_of
from webagents.data.mixing.detours import straight
from webagents.data.mixing.scan import Candidate, scan
from webagents.data.quotas import read_quotas
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.errors import UserError, check_least, clipped
from webagents.progress import Shown, Tally, silent
from webagents.provenance import Made, current_versions

FREE = {"out", "resume"}
"""The settings that change no episode, and so may differ when a mix is resumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixConfig:
    """What `mix` does.

    sources: the folders of the datasets that are mixed; of duplicates, the first one's is taken.
    out: the folder of the new dataset; new or empty, or with --resume one that was begun before.
    keep: "successes", or "all" to take failed episodes too.
    weights: shares that are kept, by source or task: ``expert=0.5,miniwob.click-*=0.25``; what
        several name is multiplied. At most 1: nothing is taken twice.
    success: a JSON file of success rates by task, such as an evaluation's report.json, to rebalance
        the first dataset with the others as HTML-T5++ was: more of weak tasks, half of easy ones.
    quotas: how many episodes of which task: a bundled table (``webgum347k``), or a TOML file of
        lines such as ``"miniwob.click-test" = 100``; tasks that it does not name are left out.
    cap: how many episodes of a task, at most.
    straight: leave out of each episode what led back to a page that had been seen before.
    validation: the share of the pages played (task and seed) that becomes the validation split.
    seed: what the choice follows from.
    resume: go on with a mix that was stopped or killed.
    """

    sources: list[Path]
    out: Path
    keep: str = "successes"
    weights: str = ""
    success: Path | None = None
    quotas: Path | None = None
    cap: int | None = None
    straight: bool = False
    validation: float = 0.0
    seed: int = 0
    resume: bool = False

    def __post_init__(self) -> None:
        if not self.sources:
            raise UserError("nothing to mix: name the folder of a dataset")
        if self.keep not in ("successes", "all"):
            raise UserError(f"no keep {clipped(self.keep)}; there is successes, all")
        check_least(self, cap=1)
        if not 0 <= self.validation < 1:
            raise UserError(f"validation is a share from 0 to below 1, not {self.validation}")
        weights_of(self.weights)

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        values = asdict(self)
        paths = {name: value and str(value) for name, value in values.items() if name in _PATHS}
        return {**values, **paths, "sources": [str(path) for path in self.sources]}

    def rules(self) -> Rules:
        """What is taken; reads the files that the settings name."""
        return Rules(
            successes=self.keep == "successes",
            weights=weights_of(self.weights),
            rates=None if self.success is None else read_rates(self.success),
            quotas=None if self.quotas is None else dict(read_quotas(self.quotas)),
            cap=self.cap,
            seed=self.seed,
        )


_PATHS = {"out", "success", "quotas"}


class Mixed(NamedTuple):
    """What came of a mix.

    splits: how many episodes each split has.
    tasks: how many each task has.
    dropped: how many were not taken, by the reason.
    renamed: how many got another id, because another episode had it.
    """

    out: Path
    splits: dict[str, int]
    tasks: dict[str, int]
    dropped: dict[str, int]
    renamed: int


def mix(config: MixConfig, *, progress: Shown = silent) -> Mixed:
    """Copies what the settings take of some datasets into a new one, in the sources' order.

    The datasets are read twice: once the narrow columns, to choose, and once all, to copy, a few
    episodes at a time. A few hundred bytes of each episode are remembered. The same settings give
    the same files, also where the mix was stopped and resumed in between.

    Raises:
        UserError: a source or a file cannot be read, a weight names nothing, or `out` is taken.
        KeyboardInterrupt: it was stopped; the same call with `resume` goes on.
    """
    sources = [Dataset(path) for path in config.sources]
    rules = config.rules()
    chosen = choose((one for at, source in enumerate(sources) for one in scan(source, at)), rules)
    splits = {one.place: _split(one, config.validation) for one in chosen.episodes}
    made = Made(
        config={**config.as_dict(), "held": [len(source) for source in sources]},
        versions=current_versions(),
    )
    about = _about(sources, made, chosen.dropped)
    counts: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    names = _Names()
    tally = Tally(len(splits), "mixing")
    with (
        DatasetWriter(config.out, about, resume=config.resume) as writer,
        progress(tally) as told,
    ):
        made.keep(config.out, "mix", free=FREE)
        for number, source in enumerate(sources):
            for batch, split in _taken(source, number, splits):
                rows = names.own(batch)
                if config.straight:
                    rows = straight(rows)
                id_ = rows.column("episode_id")[0].as_py()
                if id_ not in writer:
                    writer.keep(rows)
                if id_ in writer.waiting:
                    writer.place(id_, split=split)
                copied = Copied.of(rows)
                counts[split] += 1
                tasks[copied.task] += 1
                told(copied)
    return Mixed(
        out=config.out,
        splits=dict(sorted(counts.items())),
        tasks=dict(sorted(tasks.items())),
        dropped=dict(sorted(chosen.dropped.items())),
        renamed=names.renamed,
    )


def report(mixed: Mixed) -> Table:
    """What came of a mix, for a terminal."""
    shown = Table(title=str(mixed.out))
    shown.add_column("episodes")
    shown.add_column("", justify="right")
    for title, counts in (
        ("in the split", mixed.splits),
        ("of", mixed.tasks),
        ("left out:", mixed.dropped),
    ):
        for name, number in counts.items():
            shown.add_row(f"{title} {name}", f"{number:,}")
        shown.add_section()
    return shown


class Copied(NamedTuple):
    """What progress is told of an episode that was copied."""

    task: str
    success: bool
    steps: int
    void: bool = False

    @classmethod
    def of(cls, rows: pa.RecordBatch) -> Copied:
        """An episode, by its rows."""
        task, success = (rows.column(name)[0].as_py() for name in ("task", "success"))
        return cls(task=task, success=success, steps=len(rows))


class _Names:
    """The ids of the mix: of two episodes with the same, the second gets another."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self.renamed = 0

    def own(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """An episode's rows, copied from the batch they lie in, with an id of their own."""
        # A slice of a batch keeps all of the batch in memory.
        rows = batch.take(pa.array(range(len(batch))))
        id_ = name = rows.column("episode_id")[0].as_py()
        count = 1
        while name in self._taken:
            count += 1
            name = f"{id_}~{count}"
        self._taken.add(name)
        if name == id_:
            return rows
        self.renamed += 1
        columns = dict(zip(rows.schema.names, rows.columns, strict=True))
        columns["episode_id"] = pa.array([name] * len(rows), pa.string())
        return pa.RecordBatch.from_arrays([columns[field] for field in SCHEMA.names], schema=SCHEMA)


def _taken(
    source: Dataset, number: int, splits: Mapping[tuple[int, int], str]
) -> Iterator[tuple[pa.RecordBatch, str]]:
    for at, batch in enumerate(source.batches_of_episodes()):
        if (split := splits.get((number, at))) is not None:
            yield batch, split


def _split(one: Candidate, validation: float) -> str:
    return "validation" if in_validation(one, validation) else "train"


def _about(sources: Sequence[Dataset], made: Made, dropped: Mapping[str, int]) -> About:
    """The dataset's card. Settings that change no episode are left out of it."""
    licences = sorted({str(source.known["licence"]) for source in sources})
    titles = [str(source.known["title"]) for source in sources]
    return About(
        title=f"Mix of {', '.join(titles)}",
        origin="Chosen by webagents from: "
        + " ".join(
            f"{title}: {source.known['origin']}".strip()
            for title, source in zip(titles, sources, strict=True)
        ),
        licence=licences[0] if len(licences) == 1 else f"other ({', '.join(licences)})",
        made={
            "config": {name: value for name, value in made.config.items() if name not in FREE},
            "versions": dict(made.versions),
            "dropped": dict(sorted(dropped.items())),
            "sources": [source.known["made"] for source in sources],
        },
    )


def read_rates(path: Path) -> dict[str, float]:
    """The success rates in a JSON file: an evaluation's report, or ``{task: rate}``.

    Raises:
        UserError: it is no such file.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        tasks = held.get("tasks", held)
        rates = {task: _rate(value) for task, value in tasks.items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise UserError(f"{path} holds no success rates by task: {error}") from error
    # Of a task that was not played, nothing is known.
    return {task: rate for task, rate in rates.items() if rate == rate}


def _rate(value: Any) -> float:
    while isinstance(value, Mapping):
        value = value["success"] if "success" in value else value["mean"]
    rate = float("nan") if value is None else float(value)
    if rate < 0 or rate > 1:
        raise ValueError(f"{rate} is no rate from 0 to 1")
    return rate
