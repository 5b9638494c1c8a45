"""Which episodes are taken: duplicates, shares, quotas and caps, and the split. Order is no matter.

Wherever fewer are taken than there are, they are those of the lowest ranks, and a rank follows from
the seed and the episode alone. So what a smaller cap or share takes is a part of what a larger one
does, and nothing is taken twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from webagents.data.mixing.balance import Quota, rebalance, share_of
from webagents.data.mixing.scan import Candidate, digest
from webagents.errors import UserError, clipped

Key = Callable[[Candidate], Hashable]
Limit = Callable[[Sequence[Candidate]], int]
"""How many of a group are taken; no group is empty."""


class Rules(NamedTuple):
    """What is taken.

    successes: whether failed episodes are left out.
    weights: the share kept of what a pattern names: a source, or a task; see `weights_of`.
    rates: success rates by which tasks are rebalanced, the datasets after the first giving to the
        weak ones; None: they are not.
    quotas: how many of which task at most; of a task it does not name, none. None: no quotas.
    cap: how many of a task at most; None: no cap.
    seed: what the ranks follow from.
    """

    successes: bool
    weights: Mapping[str, float]
    rates: Mapping[str, float] | None
    quotas: Mapping[str, int] | None
    cap: int | None
    seed: int


class Chosen(NamedTuple):
    """What is taken, and how many were not, by the reason."""

    episodes: list[Candidate]
    dropped: Counter[str]


def choose(candidates: Iterable[Candidate], rules: Rules) -> Chosen:
    """What the rules take. Of duplicates, it is the first."""
    dropped: Counter[str] = Counter()
    left = list(_distinct(candidates, rules.successes, dropped))
    ranks = {one.play: digest([rules.seed, one.play]) for one in left}

    def take(reason: str, key: Key, limit: Limit) -> None:
        nonlocal left
        groups: defaultdict[Hashable, list[Candidate]] = defaultdict(list)
        for one in left:
            groups[key(one)].append(one)
        taken: list[Candidate] = []
        for group in groups.values():
            taken += sorted(group, key=lambda one: ranks[one.play])[: limit(group)]
        dropped[reason] += len(left) - len(taken)
        left = sorted(taken, key=lambda one: one.place)

    if rules.weights:
        shares = _shares(left, rules.weights)
        take("weight", _kind, lambda group: share_of(len(group), shares[_kind(group[0])]))
    if rules.rates is not None:
        quotas = _balanced(left, rules.rates)
        take("rebalance", _added, lambda group: quotas[group[0].task][_added(group[0])[0]])
    if (most := rules.quotas) is not None:
        take("quota", _task, lambda group: most.get(group[0].task, 0))
    if (cap := rules.cap) is not None:
        take("cap", _task, lambda _: cap)
    return Chosen(left, +dropped)


def in_validation(one: Candidate, share: float) -> bool:
    """Whether an episode is in the validation split, which takes about `share` of the instances.

    It follows from what page was played alone: an instance is in one split, whoever played it, in
    this mix and in every other.
    """
    return digest(["validation", one.instance]) < share * 2**64


def weights_of(text: str) -> dict[str, float]:
    """The weights in a text such as ``"expert=0.5,miniwob.click-*=0.25"``.

    Raises:
        UserError: it is no such text, or a share is not in 0 to 1.
    """
    weights = {}
    for part in filter(None, map(str.strip, text.split(","))):
        pattern, _, share = part.rpartition("=")
        try:
            weights[pattern] = float(share)
        except ValueError as error:
            raise UserError(f"no weight {clipped(part)}; write NAME=SHARE") from error
        if not pattern or not 0 <= weights[pattern] <= 1:
            raise UserError(
                f"the weight {clipped(part)} is no share from 0 to 1; nothing is taken twice"
            )
    return weights


def _distinct(
    candidates: Iterable[Candidate], successes: bool, dropped: Counter[str]
) -> Iterable[Candidate]:
    seen: set[int] = set()
    for one in candidates:
        if successes and not one.success:
            dropped["failed"] += 1
        elif one.play in seen:
            dropped["same seed and actions" if one.seeded else "same page and actions"] += 1
        else:
            seen.add(one.play)
            yield one


def _shares(left: list[Candidate], weights: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """The share of each source and task: the product of the weights that name it.

    Raises:
        UserError: a weight names nothing.
    """
    shares = dict.fromkeys(map(_kind, left), 1.0)
    for pattern, weight in weights.items():
        named = [kind for kind in shares if any(fnmatchcase(name, pattern) for name in kind)]
        if not named:
            known = sorted({name for kind in shares for name in kind})
            raise UserError(
                f"the weight of {clipped(pattern)} is of no source or task; there is "
                f"{', '.join(known[:12])}{' …' if len(known) > 12 else ''}"
            )
        for kind in named:
            shares[kind] *= weight
    return shares


def _balanced(left: list[Candidate], rates: Mapping[str, float]) -> dict[str, Quota]:
    counts = Counter(map(_added, left))
    base, extra = (
        {task: n for (added, task), n in counts.items() if added == which} for which in (0, 1)
    )
    return rebalance(base, rates, extra)


def _kind(one: Candidate) -> tuple[str, str]:
    return one.source, one.task


def _added(one: Candidate) -> tuple[int, str]:
    return int(one.place[0] > 0), one.task


def _task(one: Candidate) -> str:
    return one.task
