"""Which examples of the parts are taken: no duplicates, not too many of a site; and the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from webagents.data.corpora.fingerprints import BANDS, Numbers
from webagents.data.corpora.seen import Seen
from webagents.data.corpora.skipping import Reason
from webagents.data.mixing.scan import digest

TRAIN, VALIDATION = 0, 1
SPLITS = ("train", "validation")
LEFT_OUT = -1


class Choice(NamedTuple):
    """What is taken.

    similar: whether examples that are much like an earlier one are left out too, not only equal
        ones.
    cap: how many of a site and kind at most; None: no cap.
    validation: about the share of the examples that the validation split has; see `choose`.
    seed: what the choice of a site's examples follows from.
    memory_bytes: how much what was seen may use.
    """

    similar: bool
    cap: int | None
    validation: float
    seed: int
    memory_bytes: int


class Chosen(NamedTuple):
    """What is taken of each part: the split of each of its examples, or `LEFT_OUT`; and of all, how
    many were left out by reason."""

    splits: list[NDArray[np.int8]]
    dropped: Counter[str]


def choose(parts: Sequence[Path], choice: Choice) -> Chosen:
    """What is taken of some parts, whose narrow columns are read once.

    The validation split has whole sites, in an order that their names alone give: those among the
    first `Choice.validation` of all sites that fit into that share of the examples, and where these
    do not fill half of it, others that do. Where none fits, it is the smallest site if that has no
    more than a quarter of the examples.

    Of duplicates it is the first. Where a site has more than the cap, those are taken that have the
    lowest ranks, and a rank follows from the seed and the example alone. 14 bytes of an example are
    remembered beside `Choice.memory_bytes`.
    """
    seen = Seen(choice.memory_bytes)
    dropped: Counter[str] = Counter()
    groups: dict[tuple[str, str], int] = {}
    splits: list[NDArray[np.int8]] = []
    ranks: list[Numbers] = []
    of_group: list[NDArray[np.int32]] = []
    for part in parts:
        at, taken = _part(part, groups, choice, seen, dropped)
        splits.append(np.where(taken.taken, np.int8(TRAIN), np.int8(LEFT_OUT)))
        ranks.append(taken.ranks)
        of_group.append(at)
    if choice.cap is not None:
        _cap(splits, of_group, ranks, choice.cap, dropped)
    held_out = _held_out(groups, splits, of_group, choice.validation)
    for of_part, at in zip(splits, of_group, strict=True):
        of_part[(of_part == TRAIN) & held_out[at]] = VALIDATION
    return Chosen(splits, dropped)


class _Taken(NamedTuple):
    taken: NDArray[np.bool_]
    ranks: Numbers


def _part(
    part: Path,
    groups: dict[tuple[str, str], int],
    choice: Choice,
    seen: Seen,
    dropped: Counter[str],
) -> tuple[NDArray[np.int32], _Taken]:
    """The group of each example of a part, which are new, and their ranks."""
    at: list[int] = []
    taken: list[bool] = []
    keys: list[Numbers] = []
    with pq.ParquetFile(part) as file:
        for rows in file.iter_batches(columns=["site", "kind", "key", "bands"]):
            numbers = rows.column("key").to_numpy()
            keys.append(numbers)
            bands = np.frombuffer(b"".join(rows.column("bands").to_pylist()), "<u8")
            for number, similar in zip(numbers, bands.reshape(-1, BANDS), strict=True):
                taken.append(_new(number, similar, choice, seen, dropped))
            sites, kinds = (rows.column(name).to_pylist() for name in ("site", "kind"))
            for group in zip(sites, kinds, strict=True):
                at.append(groups.setdefault(group, len(groups)))
    together = np.concatenate(keys) if keys else np.empty(0, np.uint64)
    salt = np.uint64(digest(["rank", choice.seed]))
    ranks = (together ^ salt) * np.uint64(0x9E3779B97F4A7C15)
    return np.array(at, np.int32), _Taken(
        np.array(taken, np.bool_), ranks ^ (ranks >> np.uint64(32))
    )


def _new(key: np.uint64, bands: Numbers, choice: Choice, seen: Seen, dropped: Counter[str]) -> bool:
    """Whether an example is no duplicate; then it is remembered."""
    own = np.array([key], np.uint64)
    if seen.holds(own):
        dropped[Reason.DUPLICATE] += 1
        return False
    if choice.similar and seen.holds(bands):
        dropped[Reason.NEAR] += 1
        return False
    seen.add(np.append(own, bands) if choice.similar else own)
    return True


def _held_out(
    groups: Collection[tuple[str, str]],
    splits: list[NDArray[np.int8]],
    of_group: list[NDArray[np.int32]],
    share: float,
) -> NDArray[np.bool_]:
    """Whether each group is of a site of the validation split."""
    counts = np.zeros(len(groups), np.int64)
    for split, at in zip(splits, of_group, strict=True):
        counts += np.bincount(at[split != LEFT_OUT], minlength=len(groups))
    sizes: Counter[str] = Counter()
    for (site, _), number in zip(groups, counts, strict=True):
        sizes[site] += int(number)
    most = share * sizes.total()
    chosen: set[str] = set()
    held = 0
    for place, site in sorted((digest(["validation", site]), site) for site in sizes):
        if place >= share * 2**64 and held >= most / 2:
            break
        if held + sizes[site] <= most:
            chosen.add(site)
            held += sizes[site]
    if share and not chosen and sizes:
        smallest = min(sizes, key=lambda site: (sizes[site], site))
        chosen |= {smallest} if sizes[smallest] <= sizes.total() / 4 else set()
    return np.array([site in chosen for site, _ in groups], np.bool_)


def _cap(
    splits: list[NDArray[np.int8]],
    of_group: list[NDArray[np.int32]],
    ranks: list[Numbers],
    cap: int,
    dropped: Counter[str],
) -> None:
    """Leaves out, in place, what is over the cap."""
    flat = np.concatenate(splits) if splits else np.empty(0, np.int8)
    held = np.flatnonzero(flat != LEFT_OUT)
    group, rank = np.concatenate(of_group)[held], np.concatenate(ranks)[held]
    order = np.lexsort((rank, group))
    ordered = group[order]
    place = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    over = held[order[place >= cap]]
    dropped[Reason.CAPPED] += len(over)
    flat[over] = LEFT_OUT
    begin = 0
    for part in splits:
        part[:] = flat[begin : begin + len(part)]
        begin += len(part)
