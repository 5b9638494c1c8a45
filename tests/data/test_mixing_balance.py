"""HTML-T5++'s recipe, and a dataset at a glance."""

import io

import pytest
from rich.console import Console

from tests.data.demos import dataset, demonstration
from webagents.data.mixing import Lengths, Quota, rebalance, summarise, table
from webagents.errors import UserError


def test_easy_tasks_are_halved_and_weak_ones_share_what_is_added():
    quotas = rebalance(
        {"easy": 301, "middle": 100, "weak": 40, "weaker": 0},
        {"easy": 0.8, "middle": 0.7, "weak": 0.5, "weaker": 0.1},
        {"easy": 500, "weak": 500, "weaker": 500},
        added=0.5,
        weak_tasks=2,
    )

    assert quotas == {
        "easy": Quota(151, 0),
        "middle": Quota(100, 0),
        "weak": Quota(40, 110),
        "weaker": Quota(0, 110),
    }


def test_what_a_weak_task_cannot_give_the_others_do():
    quotas = rebalance(
        {"a": 100}, dict.fromkeys("abc", 0.1), {"a": 5, "b": 1000, "c": 20}, added=1.0
    )

    assert {task: quota.extra for task, quota in quotas.items()} == {"a": 5, "b": 75, "c": 20}


def test_a_task_without_a_rate_is_taken_as_it_is():
    assert rebalance({"a": 7}, {}, {"a": 7}) == {"a": Quota(7, 0)}


def test_the_defaults_give_the_published_sizes():
    # 284K episodes of easy tasks in 347K: 347K + 77K, less a half of 284K, is 282K.
    counts = {"easy": 284_000, **{f"weak{n}": 63_000 // 16 for n in range(16)}}
    counts["weak0"] += 347_000 - sum(counts.values())
    rates = {task: 0.99 if task == "easy" else 0.4 for task in counts}

    quotas = rebalance(counts, rates, {f"weak{n}": 10_000 for n in range(20)})

    assert sum(quota.base + quota.extra for quota in quotas.values()) == 282_000


def test_a_summary_measures_each_tasks_pages(tmp_path):
    demos = [demonstration("a", seed=s, html="<b>ab cd12</b>é" * (s + 1)) for s in range(20)]
    demos += [demonstration("b", steps=1, success=False, html="<p>")]

    summary = summarise(dataset(tmp_path / "demos", demos))

    # < b > ab cd 1 2 < / b > é: twelve tokens, fifteen characters
    lengths = [summary.tasks["a"].characters, summary.tasks["a"].tokens]
    assert lengths == [Lengths(157.5, 150, 285, 300), Lengths(126.0, 120, 228, 240)]
    assert summary.tasks["b"].characters == Lengths(3.0, 3, 3, 3)
    assert summary.total[:3] == (21, 41, 20)
    assert summary.total.characters.max == 300


def test_a_summary_is_a_table_for_the_terminal(tmp_path):
    summary = summarise(dataset(tmp_path / "demos", [demonstration("a", html="<p>")]))
    out = io.StringIO()

    Console(file=out, width=200).print(table(summary))

    assert [line.split()[1] for line in out.getvalue().splitlines() if " 2.0 " in line] == [
        "a",
        "all",
    ]


def test_a_folder_that_is_no_dataset_is_told(tmp_path):
    with pytest.raises(UserError, match="is no dataset"):
        summarise(tmp_path)
