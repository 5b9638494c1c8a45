from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from tests.evaluation.episodes import composed, ended
from webagents.evaluation.compositions import (
    Composition,
    CompositionTask,
    GroupHop,
    TaskHop,
    compare,
)
from webagents.evaluation.measures import (
    Estimate,
    Interval,
    Passes,
    PassUntil,
    bootstrap,
    correlation,
    exact,
    macro,
    wilson,
)
from webagents.evaluation.outcomes import Outcome
from webagents.types import TaskSpec

NAN = math.nan
A = [1, 1, 1, 0, 1, 1, 1, 0]  # 3/4
B = [1, 1, 0, 0, 1, 1, 0, 0]  # 1/2
BOTH = [1, 1, 0, 0, 0, 0, 0, 0]  # 1/4, where independence would give 3/8


def catalogue(*specs: TaskSpec) -> dict[str, TaskSpec]:
    return {spec.id: spec for spec in specs}


PAIR = composed("c.a_b", "m.a", "m.b", tags=["two-way", "click"])
TWIN = composed("c.a_b-reverse", "m.a", "m.b", tags=["two-way"])
TRIPLE = composed("c.a_b_a", "m.a", "m.b", "m.a", tags=["three-way"])


def compared(outcomes: list[Outcome], *specs: TaskSpec) -> Composition:
    found = compare(outcomes, catalogue(*specs))
    assert found is not None
    return found


def without_limits(found: Interval | None) -> float | None:
    return None if found is None else found.value


def test_a_composed_task_is_compared_with_its_parts() -> None:
    found = compared(
        [
            *ended("m.a", A),
            *ended("m.b", B),
            *ended("c.a_b", BOTH, instruction="Do a, and then do b.", depth=6),
        ],
        PAIR,
    ).tasks["c.a_b"]
    gap = bootstrap(lambda s: s[:, 0] - s[:, 1] * s[:, 2], [BOTH, A, B])
    assert gap is not None
    assert found == CompositionTask(
        parts=("m.a", "m.b"),
        order="forward",
        twin=None,
        category="two-way",
        episodes=8,
        success=wilson(2, 8),
        exact=exact(2, 8),
        pass_until=PassUntil(1.0, 2, 2, complete=True),
        words=6,
        depth=6,
        missing=(),
        seeds=8,
        composed=0.25,
        product=0.375,
        geometric_mean=math.sqrt(0.375),
        base=0.625,
        gap=Interval(-0.125, gap.low, gap.high),
        relative_gap=found.relative_gap,
        order_sensitivity=None,
        hops=(),
    )
    assert without_limits(found.relative_gap) == pytest.approx(0.6)


def test_only_the_seeds_that_the_task_and_all_its_parts_count_on_are_compared() -> None:
    found = compared(
        [
            *ended("m.a", [1, 1, 0, 0, 1, 0], seeds=[0, 1, 2, 3, 8, 9]),
            *ended("m.b", [1, NAN, 1, 0, 0], seeds=[0, 1, 2, 3, 4]),
            *ended("c.a_b", [1, 1, 0, 0, 1, 1], seeds=[0, 1, 2, 3, 4, 5]),
        ],
        PAIR,
    ).tasks["c.a_b"]
    assert found.success == wilson(4, 6)
    assert (found.seeds, found.composed, found.base) == (3, 1 / 3, pytest.approx(0.5))
    assert found.product == pytest.approx(1 / 3 * 2 / 3)


def test_a_part_that_was_not_played_is_told_and_the_rest_is_shown() -> None:
    found = compared(
        [
            *ended("m.a", A),
            *ended("m.b", B, seeds=range(100, 108)),
            *ended("c.a_b", BOTH, flags=[{"a": True, "b": bool(s)} for s in BOTH]),
            *ended("c.a_b-reverse", [0] * 8),
        ],
        PAIR,
        TWIN,
    )
    task = found.tasks["c.a_b"]
    assert (task.missing, task.seeds, found.missing) == (("m.b",), 0, {"m.b": 2})
    assert {
        task.composed,
        task.product,
        task.geometric_mean,
        task.base,
        task.gap,
        task.relative_gap,
    } == {None}
    assert without_limits(task.order_sensitivity) == 0.25
    assert [(hop.part, hop.rate, hop.alone) for hop in task.hops] == [
        ("m.a", 1.0, 0.75),
        ("m.b", 0.25, None),
    ]
    group = found.groups[0]
    assert (group.tasks, group.compared, group.gap, group.base) == (1, 0, None, None)
    assert without_limits(group.order_sensitivity) == 0.25


def test_parts_that_share_no_seed_with_each_other_leave_nothing_to_compare() -> None:
    found = compared(
        [
            *ended("m.a", [1, 1], seeds=[0, 1]),
            *ended("m.b", [1, 1], seeds=[2, 3]),
            *ended("c.a_b", [1, 1, 1, 1]),
        ],
        PAIR,
    ).tasks["c.a_b"]
    assert (found.missing, found.seeds, found.gap) == ((), 0, None)


def test_a_part_that_comes_twice_counts_twice_in_the_product_and_once_in_the_mean() -> None:
    found = compared([*ended("m.a", A), *ended("m.b", B), *ended("c.a_b_a", BOTH)], TRIPLE)
    task = found.tasks["c.a_b_a"]
    assert (task.product, task.base) == (0.75 * 0.5 * 0.75, 0.625)
    assert task.geometric_mean == pytest.approx((0.75 * 0.5 * 0.75) ** (1 / 3))


def test_order_sensitivity_is_over_the_seeds_of_both_orders() -> None:
    found = compared(
        [*ended("c.a_b", [1, 1, 1, 0, 0]), *ended("c.a_b-reverse", [1, 0, NAN, 0])], PAIR, TWIN
    )
    forward, reverse = found.tasks["c.a_b"], found.tasks["c.a_b-reverse"]
    assert (forward.order, forward.twin) == ("forward", "c.a_b-reverse")
    assert (reverse.order, reverse.twin) == ("reverse", "c.a_b")
    assert without_limits(forward.order_sensitivity) == pytest.approx(1 / 3)
    assert reverse.order_sensitivity == forward.order_sensitivity
    assert [(g.order, g.pairs) for g in found.groups if g.kind == "all"] == [
        ("forward", 1),
        ("reverse", 0),
    ]


def test_a_name_alone_makes_no_twin() -> None:
    other = replace(TWIN, parts=("m.b", "m.a"))
    found = compared([*ended("c.a_b", [1]), *ended("c.a_b-reverse", [0])], PAIR, other)
    assert {(task.twin, task.order_sensitivity) for task in found.tasks.values()} == {(None, None)}


def test_the_flags_tell_distraction_and_the_second_hop() -> None:
    done = [(1, 1), (1, 1), (1, 0), (1, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    flags = [{"a": bool(a), "b": bool(b)} for a, b in done]
    task = compared(
        [*ended("m.a", A), *ended("m.b", B), *ended("c.a_b", BOTH, flags=flags)], PAIR
    ).tasks["c.a_b"]
    assert [replace(hop, cost=None) for hop in task.hops] == [
        TaskHop(part="m.a", reached=8, rate=0.5, alone=0.75, cost=None),
        TaskHop(part="m.b", reached=4, rate=0.5, alone=0.5, cost=None),
    ]
    assert [without_limits(task.hop(place)) for place in (0, 1, 2)] == [-0.25, 0.0, None]


def test_episodes_without_flags_or_with_those_of_other_parts_tell_nothing_of_hops() -> None:
    flags = [{}, {"a": True, "b": True}, {"a": True}, {"a": False, "b": False}]
    task = compared(
        [*ended("m.a", [1, 1, 1, 1]), *ended("c.a_b", [0, 1, 0, 0], flags=flags)], PAIR
    ).tasks["c.a_b"]
    assert [(hop.reached, hop.rate) for hop in task.hops] == [(2, 0.5), (1, 1.0)]
    old = compared(ended("c.a_b", [0, 1]), PAIR)
    assert (old.tasks["c.a_b"].hops, old.groups[0].hops) == ((), ())


def test_a_group_is_the_mean_of_its_tasks() -> None:
    flags = [{"a": True, "b": True}] * 2 + [{"a": True, "b": False}] * 2 + [{"a": False}] * 4
    found = compared(
        [
            *ended("m.a", A),
            *ended("m.b", B),
            *ended("c.a_b", BOTH, flags=flags),
            *ended("c.a_b_a", [0] * 8),
        ],
        PAIR,
        TRIPLE,
    )
    group = found.groups[0]
    assert (group.kind, group.name, group.order, group.tasks) == ("all", "all", "forward", 2)
    assert group.success == macro([(2, 8), (0, 8)])
    assert (group.compared, group.composed, group.base) == (2, 0.125, 0.625)
    assert group.product == (0.375 + 0.28125) / 2
    assert without_limits(group.gap) == 0.125 - (0.375 + 0.28125) / 2
    assert without_limits(group.relative_gap) == pytest.approx(0.8)
    assert [replace(hop, cost=None) for hop in group.hops] == [
        GroupHop(place=1, tasks=1, rate=1.0, alone=0.75, cost=None),
        GroupHop(place=2, tasks=1, rate=0.5, alone=0.5, cost=None),
    ]


def test_groups_are_sets_categories_and_numbers_of_parts_by_order() -> None:
    outcomes = [*ended("c.a_b", [1]), *ended("c.a_b-reverse", [0]), *ended("c.a_b_a", [1])]
    sets = {"@all": ("c.a_b", "c.a_b-reverse", "c.x"), "@base": ("m.a",), "@r": (TWIN.id,)}
    found = compare(outcomes, catalogue(PAIR, TWIN, TRIPLE), sets)
    assert found is not None
    assert [(g.kind, g.name, g.order, g.tasks) for g in found.groups] == [
        ("all", "all", "forward", 2),
        ("all", "all", "reverse", 1),
        ("set", "@all", "both", 2),
        ("set", "@r", "reverse", 1),
        ("category", "two-way", "forward", 1),
        ("category", "two-way", "reverse", 1),
        ("category", "three-way", "forward", 1),
        ("parts", "2", "forward", 1),
        ("parts", "2", "reverse", 1),
        ("parts", "3", "forward", 1),
    ]


def test_success_is_correlated_with_what_may_explain_it() -> None:
    names = ["c.a", "c.a_b", "c.a_b_a", "c.b"]
    parts = [("m.a",), ("m.a", "m.b"), ("m.a", "m.b", "m.a"), ("m.b",)]
    rates = [A, BOTH, [0] * 8, B]
    outcomes = [*ended("m.a", A), *ended("m.b", B)]
    for number, (name, rate) in enumerate(zip(names, rates, strict=True)):
        words = " ".join(["word"] * (number + 5))
        outcomes += ended(name, rate, instruction=words, depth=None)
    specs = [composed(name, *of) for name, of in zip(names, parts, strict=True)]
    success = [0.75, 0.25, 0.0, 0.5]
    assert compared(outcomes, *specs).correlations == {
        "forward": {
            "product": correlation([0.75, 0.375, 0.28125, 0.5], success),
            "parts": correlation([1, 2, 3, 1], success),
            "words": correlation([5, 6, 7, 8], success),
        }
    }


def test_pass_at_k_is_told_of_parts_and_compositions_as_far_as_all_have_episodes() -> None:
    found = compared(
        [*ended("m.a", [1, 0, 0]), *ended("m.b", [1, 1, 0]), *ended("c.a_b", [1, 0])], PAIR
    )
    assert found.passes == {
        "base": (
            Passes(1, pytest.approx(0.5), pytest.approx(0.5)),
            Passes(2, pytest.approx(5 / 6), pytest.approx(1 / 6)),
        ),
        "forward": (Passes(1, 0.5, 0.5), Passes(2, 1.0, 0.0)),
    }


def test_void_and_foreign_episodes_change_nothing() -> None:
    outcomes = [*ended("m.a", A), *ended("m.b", B), *ended("c.a_b", BOTH)]
    more = [*ended("m.z", [1, 0]), *ended("c.a_b", [NAN], seeds=[99]), *outcomes]
    assert compared(more, PAIR) == compared(outcomes, PAIR)


def test_without_a_composed_task_there_is_no_comparison() -> None:
    assert compare(ended("m.a", A), catalogue(PAIR)) is None
    assert compare([*ended("m.a", A), *ended("c.a_b", [NAN])], catalogue(PAIR)) is None


def test_where_all_episodes_ended_alike_no_interval_is_claimed() -> None:
    sure = [1] * 8
    found = compared([*ended("m.a", sure), *ended("m.b", sure), *ended("c.a_b", sure)], PAIR)
    assert found.tasks["c.a_b"].gap == Interval(0.0, None, None)
    assert found.tasks["c.a_b"].success == Estimate(1.0, *wilson(8, 8)[1:])


def test_nothing_can_be_lost_where_the_parts_never_succeed() -> None:
    never = [0] * 4
    found = compared([*ended("m.a", never), *ended("m.b", never), *ended("c.a_b", never)], PAIR)
    assert found.tasks["c.a_b"].relative_gap is None
    assert without_limits(found.tasks["c.a_b"].gap) == 0.0


@pytest.mark.slow
def test_very_many_seeds_take_fewer_draws() -> None:
    found = compared(ended("c.a_b", [1] * 20_000), PAIR)
    assert found.resamples == 1000


def test_a_comparison_read_back_is_the_same() -> None:
    flags = [{"a": True, "b": bool(success)} for success in BOTH]
    found = compared(
        [
            *ended("m.a", A),
            *ended("m.b", B),
            *ended("c.a_b", BOTH, flags=flags),
            *ended("c.a_b-reverse", [0] * 8),
            *ended("c.a_b_a", [1, 0, 1], depth=None, instruction=""),
        ],
        PAIR,
        TWIN,
        TRIPLE,
    )
    text = json.dumps(found.as_dict(), allow_nan=False)
    assert Composition.from_dict(json.loads(text)) == found
