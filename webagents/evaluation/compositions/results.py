"""What is known of composed tasks, as records and as the JSON of ``report.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from webagents.evaluation.measures import Correlation, Estimate, Interval, Passes, PassUntil

Order = Literal["forward", "reverse", "both"]
"""Whether the instruction names the parts in the order of doing; "both" of a set that has both."""

Kind = Literal["all", "set", "category", "parts"]
"""What the tasks of a group have in common, beside the order of their instructions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHop:
    """One part of a composed task (see `measures.Hop`), over the episodes that tell of parts.

    Those on seeds on which the part was played alone too; all of them, where it never was.

    part: the id of the base task.
    reached: in how many episodes the parts before were all done.
    rate: in what share of those this part was done; None where none reached it.
    alone: the part's success by itself; None where it was not played on any of these seeds.
    cost: rate − alone with its interval, None where either is unknown.
    """

    part: str
    reached: int
    rate: float | None
    alone: float | None
    cost: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionTask:
    """One composed task. All that compares is over the seeds on which it and its parts count.

    parts: ids of the base tasks, in the order of doing.
    order, twin: whether the sentence is in that order; the id of the same pages with the other
        order, None where it was not played.
    category: the benchmark's word for its kind ("two-way", ...), "" without.
    episodes: how many count.
    success, exact: over all of them, with Wilson's and with the exact interval.
    pass_until: over all of them, in the order of their seeds.
    words, depth: the instruction's length and the first page's nesting, means over the episodes.
    missing: parts that were not played on any of its seeds; with any, nothing compares.
    seeds: on how many seeds it and all its parts count.
    composed: its success on those.
    product, geometric_mean, base: of its parts' rates on those; `base` is the mean over its
        different parts.
    gap: composed − product. relative_gap: (base − composed) / base.
    order_sensitivity: success in forward less in reverse order, over the seeds of both.
    hops: what each part took, in logical order; empty where no episode tells.
    """

    parts: tuple[str, ...]
    order: Order
    twin: str | None
    category: str
    episodes: int
    success: Estimate
    exact: Estimate
    pass_until: PassUntil
    words: float | None
    depth: float | None
    missing: tuple[str, ...]
    seeds: int
    composed: float | None
    product: float | None
    geometric_mean: float | None
    base: float | None
    gap: Interval | None
    relative_gap: Interval | None
    order_sensitivity: Interval | None
    hops: tuple[TaskHop, ...]

    @classmethod
    def from_dict(cls, task: Mapping[str, Any]) -> CompositionTask:
        """The record that its JSON holds."""
        read = {
            "parts": tuple(task["parts"]),
            "missing": tuple(task["missing"]),
            "success": Estimate(**task["success"]),
            "exact": Estimate(**task["exact"]),
            "pass_until": PassUntil(**task["pass_until"]),
            "hops": tuple(
                TaskHop(**{**hop, "cost": _interval(hop["cost"])}) for hop in task["hops"]
            ),
        }
        return cls(**{**task, **read, **_gaps(task)})

    @property
    def rare(self) -> bool:
        """Whether it is solved so seldom that only exact limits and PassUntil say something."""
        return self.success.mean <= 0.05

    def hop(self, place: int) -> Interval | None:
        """The cost of the part at that place, from 0: 0 is distraction, 1 the second hop."""
        return self.hops[place].cost if place < len(self.hops) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHop:
    """What the parts at one place (from 1) took, means over the tasks of which it is known."""

    place: int
    tasks: int
    rate: float
    alone: float
    cost: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionGroup:
    """Several composed tasks, each weighing the same.

    kind, name: "all"; "set" and "@compwob"; "category" and "two-way"; "parts" and "3".
    order: of its instructions.
    tasks, success: how many were played, and their mean with `measures.macro`'s interval.
    compared: how many of them have all their parts on the same seeds. All that follows is over
        those: composed, product, base (mean over their different parts), gap, relative_gap.
    pairs, order_sensitivity: how many were played in both orders, and the mean over them.
    hops: by place.
    """

    kind: Kind
    name: str
    order: Order
    tasks: int
    success: Estimate
    compared: int
    composed: float | None
    product: float | None
    base: float | None
    gap: Interval | None
    relative_gap: Interval | None
    pairs: int
    order_sensitivity: Interval | None
    hops: tuple[GroupHop, ...]

    @classmethod
    def from_dict(cls, group: Mapping[str, Any]) -> CompositionGroup:
        """The record that its JSON holds."""
        read = {
            "success": Estimate(**group["success"]),
            "hops": tuple(
                GroupHop(**{**hop, "cost": _interval(hop["cost"])}) for hop in group["hops"]
            ),
        }
        return cls(**{**group, **read, **_gaps(group)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """All that a run tells of composed tasks.

    tasks: every composed task that counts, by id.
    groups: all of an order, sets, categories, numbers of parts.
    correlations: by order, of success over tasks with "product", "parts" (how many), "words" and
        "depth"; those that do not exist are left out.
    passes: pass@k and pass^k of the "base" tasks and the compositions of each order, for k = 1, 2,
        4 and so on up to the fewest episodes that one of those tasks has.
    missing: base tasks that some composition lacks, and how many do.
    resamples, confidence: of the bootstrap that gives the intervals of gaps.
    """

    tasks: Mapping[str, CompositionTask]
    groups: tuple[CompositionGroup, ...]
    correlations: Mapping[str, Mapping[str, Correlation]]
    passes: Mapping[str, tuple[Passes, ...]]
    missing: Mapping[str, int]
    resamples: int
    confidence: float

    def as_dict(self) -> dict[str, Any]:
        """The composition as JSON values."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, composition: Mapping[str, Any]) -> Composition:
        """The record that `as_dict` wrote."""
        read = {
            "tasks": {k: CompositionTask.from_dict(v) for k, v in composition["tasks"].items()},
            "groups": tuple(CompositionGroup.from_dict(v) for v in composition["groups"]),
            "correlations": {
                order: {name: Correlation(**found) for name, found in by_name.items()}
                for order, by_name in composition["correlations"].items()
            },
            "passes": {
                of: tuple(Passes(**found) for found in by_k)
                for of, by_k in composition["passes"].items()
            },
        }
        return cls(**{**composition, **read})


def _plain(value: Any) -> Any:
    """A record as JSON values: records and named tuples as objects, other tuples as lists."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        named = getattr(value, "_asdict", None)
        return _plain(named()) if named else [_plain(item) for item in value]
    return value


def _gaps(record: Mapping[str, Any]) -> dict[str, Interval | None]:
    return {k: _interval(record[k]) for k in ("gap", "relative_gap", "order_sensitivity")}


def _interval(found: Mapping[str, Any] | None) -> Interval | None:
    return None if found is None else Interval(**found)
