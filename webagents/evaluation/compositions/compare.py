"""Compares composed tasks with their parts: the outcomes of a run in, a `Composition` out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from webagents.evaluation.compositions.draws import Drawn, Played, first, mean_of, relative
from webagents.evaluation.compositions.results import (
    Composition,
    CompositionGroup,
    CompositionTask,
    GroupHop,
    Kind,
    Order,
    TaskHop,
)
from webagents.evaluation.measures import (
    Correlation,
    Passes,
    correlation,
    exact,
    geometric_mean,
    macro,
    pass_until,
    passes,
    wilson,
)
from webagents.evaluation.measures.resampling import Floats, interval
from webagents.evaluation.outcomes import Outcome, latest
from webagents.types import TaskSpec

CATEGORIES = ("two-way", "three-way", "n-way", "transition", "easy-medium")
"""The tags that are kinds of compositions, in the order they are told in."""

ORDERS: tuple[Order, ...] = ("forward", "reverse")

REVERSE = "-reverse"
"""How the id of a task ends whose instruction names the parts in the other order."""


def compare(
    outcomes: Iterable[Outcome],
    specs: Mapping[str, TaskSpec],
    sets: Mapping[str, Collection[str]] | None = None,
    *,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Composition | None:
    """What the outcomes tell of the composed tasks among them; None where there is none.

    specs: the catalogue entries by id; a task with `parts` is composed, others are ignored.
    sets: the tasks of each named set; those with a composed task that was played become a group.
    resamples, confidence: of the intervals of gaps, from draws of the seeds (`measures.Resamples`);
        of very many seeds there are fewer draws.
    """
    counted = [outcome for outcome in latest(outcomes) if not outcome.void]
    names = {outcome.task for outcome in counted}
    composed = {name: specs[name] for name in sorted(names) if name in specs and specs[name].parts}
    if not composed:
        return None
    base = names & {part for spec in composed.values() for part in spec.parts}
    wanted = base | composed.keys()
    played = Played([o for o in counted if o.task in wanted], resamples)
    comparison = _Comparison.of(composed, played, confidence)
    tasks = {task: comparison.task(task) for task in composed}
    by_order: dict[str, dict[str, CompositionTask]] = {
        order: {task: found for task, found in tasks.items() if found.order == order}
        for order in ORDERS
    }
    drawn_from: dict[str, Iterable[str]] = {"base": base - composed.keys(), **by_order}
    lacking = Counter(part for found in tasks.values() for part in found.missing)
    return Composition(
        tasks=tasks,
        groups=tuple(
            comparison.group(kind, name, {task: tasks[task] for task in members})
            for kind, name, members in _members(tasks, sets or {})
        ),
        correlations={
            order: _correlations(list(found.values()), confidence)
            for order, found in by_order.items()
            if found
        },
        passes={of: _passes(played, found) for of, found in drawn_from.items() if found},
        missing=dict(sorted(lacking.items())),
        resamples=played.resamples,
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Everything a composed task or a group of them is judged from.

    orders: success forward less reverse on the seeds of both, by the id of the forward task.
    """

    specs: Mapping[str, TaskSpec]
    played: Played
    drawn: Mapping[str, Drawn]
    orders: Mapping[str, Floats]
    confidence: float

    @classmethod
    def of(cls, composed: Mapping[str, TaskSpec], played: Played, confidence: float) -> _Comparison:
        orders = {}
        for task in composed:
            twin = _twin(task, composed)
            if _order(task) == "forward" and twin:
                shared = played.shared([task, twin])
                forward, reverse = played.rates([task, twin], shared)
                orders[task] = forward - reverse
        drawn = {task: Drawn.of(played, task, spec.parts) for task, spec in composed.items()}
        return cls(composed, played, drawn, orders, confidence)

    def task(self, task: str) -> CompositionTask:
        """What is known of one task."""
        spec, drawn = self.specs[task], self.drawn[task]
        outcomes = self.played.outcomes[task]
        successes, episodes = self.played.counts(task)
        order = self.orders.get(task.removesuffix(REVERSE))
        return CompositionTask(
            parts=spec.parts,
            order=_order(task),
            twin=_twin(task, self.specs),
            category=next((word for word in CATEGORIES if word in spec.tags), ""),
            episodes=episodes,
            success=wilson(successes, episodes, self.confidence),
            exact=exact(successes, episodes, self.confidence),
            pass_until=pass_until((bool(o.success) for o in outcomes), budget=None),
            words=_mean([len(o.instruction.split()) for o in outcomes if o.instruction]),
            depth=_mean([o.depth for o in outcomes if o.depth is not None]),
            missing=drawn.missing,
            seeds=drawn.seeds,
            composed=first(drawn.composed),
            product=first(drawn.product),
            geometric_mean=(
                geometric_mean([float(drawn.parts[part][0]) for part in spec.parts])
                if drawn.compared
                else None
            ),
            base=first(drawn.base),
            gap=interval(drawn.gap, self.confidence),
            relative_gap=interval(relative(drawn.base, drawn.composed), self.confidence),
            order_sensitivity=None if order is None else interval(order, self.confidence),
            hops=tuple(
                TaskHop(
                    part=hop.part,
                    reached=hop.reached,
                    rate=first(hop.rate),
                    alone=first(hop.alone),
                    cost=interval(hop.cost, self.confidence),
                )
                for hop in drawn.hops
            ),
        )

    def group(
        self, kind: Kind, name: str, members: Mapping[str, CompositionTask]
    ) -> CompositionGroup:
        """What is known of several tasks, of which there is at least one."""
        orders = {found.order for found in members.values()}
        compared = [self.drawn[task] for task in members if self.drawn[task].compared]
        composed = mean_of([one.composed for one in compared])
        base = self.played.base(compared)
        pairs = [self.orders[task] for task in members if task in self.orders]
        return CompositionGroup(
            kind=kind,
            name=name,
            order=orders.pop() if len(orders) == 1 else "both",
            tasks=len(members),
            success=macro(map(self.played.counts, members), self.confidence),
            compared=len(compared),
            composed=first(composed),
            product=first(mean_of([one.product for one in compared])),
            base=first(base),
            gap=interval(mean_of([one.gap for one in compared]), self.confidence),
            relative_gap=interval(relative(base, composed), self.confidence),
            pairs=len(pairs),
            order_sensitivity=interval(mean_of(pairs), self.confidence),
            hops=self._hops([self.drawn[task] for task in members]),
        )

    def _hops(self, members: Sequence[Drawn]) -> tuple[GroupHop, ...]:
        found = []
        for place in range(max(len(one.hops) for one in members)):
            hops = [one.hops[place] for one in members if place < len(one.hops)]
            if known := [hop for hop in hops if first(hop.cost) is not None]:
                found.append(
                    GroupHop(
                        place=place + 1,
                        tasks=len(known),
                        rate=fmean(float(hop.rate[0]) for hop in known),
                        alone=fmean(float(hop.alone[0]) for hop in known),
                        cost=interval(mean_of([hop.cost for hop in known]), self.confidence),
                    )
                )
        return tuple(found)


def _order(task: str) -> Order:
    return "reverse" if task.endswith(REVERSE) else "forward"


def _twin(task: str, composed: Mapping[str, TaskSpec]) -> str | None:
    """The played task with the same pages and the other order."""
    reverse = _order(task) == "reverse"
    other = task.removesuffix(REVERSE) if reverse else task + REVERSE
    return other if other in composed and composed[other].parts == composed[task].parts else None


def _members(
    tasks: Mapping[str, CompositionTask], sets: Mapping[str, Collection[str]]
) -> list[tuple[Kind, str, list[str]]]:
    """The groups that have a task: kind, name, members."""
    sizes = sorted({len(found.parts) for found in tasks.values()})
    groups: list[tuple[Kind, str, list[str]]] = [
        *(("all", "all", [t for t, f in tasks.items() if f.order == order]) for order in ORDERS),
        *(("set", name, [t for t in tasks if t in members]) for name, members in sets.items()),
        *(
            ("category", word, [t for t, f in tasks.items() if (f.category, f.order) == key])
            for word in CATEGORIES
            for order in ORDERS
            for key in [(word, order)]
        ),
        *(
            ("parts", str(size), [t for t, f in tasks.items() if (len(f.parts), f.order) == key])
            for size in sizes
            for order in ORDERS
            for key in [(size, order)]
        ),
    ]
    return [(kind, name, members) for kind, name, members in groups if members]


def _correlations(tasks: Sequence[CompositionTask], confidence: float) -> dict[str, Correlation]:
    """Of success over tasks with what may explain it, where there is such a number."""
    success = [task.success.mean for task in tasks]
    pairs: dict[str, tuple[Sequence[float | None], Sequence[float | None]]] = {
        "product": ([task.product for task in tasks], [task.composed for task in tasks]),
        "parts": ([float(len(task.parts)) for task in tasks], success),
        "words": ([task.words for task in tasks], success),
        "depth": ([task.depth for task in tasks], success),
    }
    found = {}
    for name, (xs, ys) in pairs.items():
        known = [(x, y) for x, y in zip(xs, ys, strict=True) if x is not None and y is not None]
        if r := correlation([x for x, _ in known], [y for _, y in known], confidence):
            found[name] = r
    return found


def _passes(played: Played, tasks: Iterable[str]) -> tuple[Passes, ...]:
    """For k = 1, 2, 4 and so on, as far as every task has episodes."""
    counts = [played.counts(task) for task in tasks]
    fewest = min(episodes for _, episodes in counts)
    return tuple(passes(counts, 2**power) for power in range(fewest.bit_length()))


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
