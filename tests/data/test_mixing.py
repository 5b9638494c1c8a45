"""What is taken into a mix, and why the rest is not."""

import json
from dataclasses import replace

import pytest

from tests.data.demos import dataset, demonstration, rows
from webagents.data import Dataset
from webagents.data.mixing import MixConfig, mix, report
from webagents.errors import UserError

A, B = "miniwob.click-test", "miniwob.enter-text"


def _mix(tmp_path, *sources, out="out", **settings):
    folders = []
    for number, demos in enumerate(sources):
        folders.append(tmp_path / f"in{number}")
        if not folders[-1].exists():
            dataset(folders[-1], demos)
    return mix(MixConfig(sources=folders, out=tmp_path / out, **settings))


def _ids(folder, split=None):
    return [demo.id for demo in Dataset(folder).demonstrations(split=split)]


def _bytes(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_what_is_taken_is_copied_as_it_is_in_the_sources_order(tmp_path):
    first = [demonstration(seed=s) for s in (5, 2)]
    second = [demonstration(B, seed=s, shots=False) for s in range(2)]

    mixed = _mix(tmp_path, first, second)

    assert rows(Dataset(tmp_path / "out")) == rows([*first, *second])
    assert (mixed.splits, mixed.tasks, mixed.dropped) == ({"train": 4}, {A: 2, B: 2}, {})


def test_failed_episodes_are_left_out_unless_all_are_kept(tmp_path):
    demos = [demonstration(seed=1), demonstration(seed=2, success=False)]

    assert _mix(tmp_path, demos).dropped == {"failed": 1}
    assert _mix(tmp_path, demos, out="all", keep="all").tasks == {A: 2}


def test_the_same_seed_and_actions_from_two_sources_are_taken_once(tmp_path):
    first = [demonstration(seed=s) for s in range(3)]
    second = [demonstration(seed=s, source="model") for s in (1, 2, 3)]

    mixed = _mix(tmp_path, first, second)

    assert mixed.dropped == {"same seed and actions": 2}
    assert _ids(tmp_path / "out") == [
        *(f"{A}/{seed}/expert" for seed in range(3)),
        f"{A}/3/model",
    ]


def test_the_same_seed_with_other_actions_is_no_duplicate(tmp_path):
    first = [demonstration(seed=1)]
    second = [demonstration(seed=1, source="model", actions=("click('9')",))]

    assert _mix(tmp_path, first, second).tasks == {A: 2}


def test_without_a_seed_the_page_tells_episodes_apart(tmp_path):
    pages = ("<a>", "<b>", "<a>")
    human = [
        demonstration(seed=-1, source=f"person:{n}", html=html, actions=("click('1')",))
        for n, html in enumerate(pages)
    ]

    mixed = _mix(tmp_path, human)

    assert (mixed.tasks, mixed.dropped) == ({A: 2}, {"same page and actions": 1})


def test_two_episodes_of_one_id_get_ids_of_their_own(tmp_path):
    first = [demonstration(seed=1)]
    second = [demonstration(seed=1, actions=("click('9')",))]

    mixed = _mix(tmp_path, first, second)

    assert _ids(tmp_path / "out") == [f"{A}/1/expert", f"{A}/1/expert~2"]
    assert mixed.renamed == 1
    renamed = list(Dataset(tmp_path / "out"))[1].episode
    assert renamed.steps[0].action == "click('9')"


def test_a_cap_takes_so_many_of_each_task_from_all_sources(tmp_path):
    first = [demonstration(seed=s) for s in range(20)]
    second = [demonstration(seed=s) for s in range(20, 40)] + [demonstration(B, seed=0)]

    mixed = _mix(tmp_path, first, second, cap=10)

    assert (mixed.tasks, mixed.dropped) == ({A: 10, B: 1}, {"cap": 30})
    seeds = [demo.episode.seed for demo in Dataset(tmp_path / "out").demonstrations(tasks=[A])]
    assert min(seeds) < 20 <= max(seeds)


def test_straight_leaves_out_what_led_back_to_a_page_seen_before(tmp_path):
    seen = {"list": "<b>list</b>", "one": "<b>one</b>", "two": "<b>two</b>", "end": "<b>end</b>"}
    way = ["list", "one", "list", "two", "two", "end"]
    made = demonstration(actions=[f"click('{at}')" for at in range(6)])
    steps = [
        replace(step, observation=replace(step.observation, html=seen[page]))
        for step, page in zip(made.episode.steps, way, strict=True)
    ]
    demo = replace(made, episode=replace(made.episode, steps=tuple(steps)))

    _mix(tmp_path, [demo], straight=True)
    (kept,) = Dataset(tmp_path / "out")

    assert [step.action for step in kept.episode.steps] == [f"click('{at}')" for at in (2, 4, 5)]
    assert [step.observation.html for step in kept.episode.steps] == [
        seen[page] for page in ("list", "two", "end")
    ]
    assert (kept.episode.reward, kept.episode.observation.html, kept.episode.success) == (
        demo.episode.reward,
        demo.episode.observation.html,
        True,
    )


def test_what_earned_something_is_no_detour(tmp_path):
    actions = ["click('1')", "click('2')", "click('3')"]
    made = demonstration(actions=actions, html="<b>same</b>")
    first = replace(made.episode.steps[0], reward=0.5)
    demo = replace(made, episode=replace(made.episode, steps=(first, *made.episode.steps[1:])))

    _mix(tmp_path, [demo], straight=True)
    (kept,) = Dataset(tmp_path / "out")

    assert [step.action for step in kept.episode.steps] == [
        "click('1')",
        "click('2')",
        "click('3')",
    ]


def test_a_smaller_cap_takes_a_part_of_what_a_larger_one_takes(tmp_path):
    demos = [demonstration(seed=s) for s in range(30)]
    _mix(tmp_path, demos, cap=12, out="large")
    _mix(tmp_path, demos, cap=5, out="small")

    assert set(_ids(tmp_path / "small")) < set(_ids(tmp_path / "large"))


def test_the_seed_chooses(tmp_path):
    demos = [demonstration(seed=s) for s in range(30)]
    for out, seed in (("a", 0), ("b", 0), ("c", 1)):
        _mix(tmp_path, demos, cap=10, out=out, seed=seed)

    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b") != _bytes(tmp_path / "c")


def test_weights_keep_shares_of_sources_and_tasks(tmp_path):
    first = [demonstration(seed=s) for s in range(10)]
    second = [demonstration(task, seed=s, source="model") for task in (A, B) for s in range(50, 60)]

    mixed = _mix(tmp_path, first, second, weights="model=0.5, *.enter-*=0.2")

    assert (mixed.tasks, mixed.dropped) == ({A: 15, B: 1}, {"weight": 14})


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ("expert=1.5", "no share from 0 to 1; nothing is taken twice"),
        ("expert", "no weight 'expert'; write NAME=SHARE"),
        ("expert=half", "no weight 'expert=half'"),
        ("nobody=0.5", "of no source or task; there is expert, miniwob.click-test"),
    ],
)
def test_a_weight_that_cannot_be_is_told(weights, told, tmp_path):
    with pytest.raises(UserError, match=told):
        _mix(tmp_path, [demonstration()], weights=weights)


def test_quotas_name_the_tasks_that_are_taken(tmp_path):
    (tmp_path / "quotas.toml").write_text(f'"{A}" = 2\n')
    demos = [demonstration(task, seed=s) for task in (A, B) for s in range(5)]

    mixed = _mix(tmp_path, demos, quotas=tmp_path / "quotas.toml")

    assert (mixed.tasks, mixed.dropped) == ({A: 2}, {"quota": 8})


def test_success_rates_halve_easy_tasks_and_add_to_weak_ones(tmp_path):
    (tmp_path / "report.json").write_text(
        json.dumps({"tasks": {A: {"success": {"mean": 0.95}}, B: {"success": {"mean": 0.2}}}})
    )
    base = [demonstration(task, seed=s) for task in (A, B) for s in range(9)]
    more = [demonstration(task, seed=s) for task in (A, B) for s in range(50, 59)]

    mixed = _mix(tmp_path, base, more, success=tmp_path / "report.json")

    # Half of 9, rounded up; and 77/347 of the 18 there are.
    assert (mixed.tasks, mixed.dropped) == ({A: 5, B: 9 + 4}, {"rebalance": 18})


def test_validation_takes_whole_instances_whoever_played_them(tmp_path):
    first = [demonstration(task, seed=s) for task in (A, B) for s in range(100)]
    second = [demonstration(A, seed=s, source="model", actions=("click('9')",)) for s in range(200)]

    mixed = _mix(tmp_path, first, second, validation=0.2)

    played = {
        split: {
            (demo.episode.task, demo.episode.seed)
            for demo in Dataset(tmp_path / "out").demonstrations(split=split)
        }
        for split in ("train", "validation")
    }
    assert not played["train"] & played["validation"]
    assert mixed.splits["train"] + mixed.splits["validation"] == 400
    assert 0.1 < mixed.splits["validation"] / 400 < 0.3
    assert Dataset(tmp_path / "out").known["splits"] == mixed.splits


def test_a_mix_goes_on_where_it_was_stopped_and_gives_the_same_files(tmp_path):
    demos = [demonstration(seed=s) for s in range(30)]
    whole = _mix(tmp_path, demos, validation=0.3, out="whole")
    seen = []

    def stop(told):
        seen.append(told)
        if len(seen) == 17:
            raise KeyboardInterrupt

    config = {"sources": [tmp_path / "in0"], "out": tmp_path / "cut", "validation": 0.3}
    with pytest.raises(KeyboardInterrupt):
        mix(MixConfig(**config), progress=_progress(stop))
    with pytest.raises(UserError, match="still being written"):
        Dataset(tmp_path / "cut")
    resumed = mix(MixConfig(**config, resume=True))

    assert _bytes(tmp_path / "cut") == _bytes(tmp_path / "whole")
    assert resumed._replace(out=whole.out) == whole


def test_a_mix_with_other_settings_is_not_gone_on_with(tmp_path):
    _mix(tmp_path, [demonstration()], cap=3)

    with pytest.raises(UserError, match=r"holds another mix \(cap 3 there, 4 now"):
        _mix(tmp_path, [demonstration()], cap=4, resume=True)


def test_the_card_tells_what_went_in_and_what_was_left_out(tmp_path):
    _mix(tmp_path, [demonstration(seed=s) for s in range(5)], cap=2)

    known = Dataset(tmp_path / "out").known

    assert known["title"] == "Mix of Demos"
    assert known["made"]["dropped"] == {"cap": 3}
    assert known["made"]["config"]["cap"] == 2


def test_the_report_lists_splits_tasks_and_what_was_left_out(tmp_path):
    table = report(_mix(tmp_path, [demonstration(seed=s) for s in range(5)], cap=2))

    assert list(table.columns[0].cells) == ["in the split train", f"of {A}", "left out: cap"]
    assert list(table.columns[1].cells) == ["2", "2", "3"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"cap": 0}, "cap is at least 1, not 0"),
        ({"keep": "some"}, "no keep 'some'; there is successes, all"),
        ({"validation": 1.0}, "validation is a share from 0 to below 1, not 1.0"),
        ({"sources": []}, "nothing to mix"),
    ],
)
def test_settings_that_cannot_be_are_told(settings, told, tmp_path):
    with pytest.raises(UserError, match=told):
        MixConfig(**{"sources": [tmp_path], "out": tmp_path / "out", **settings})


@pytest.mark.parametrize("text", ["[]", '{"a": 2}', '{"tasks": {"a": "x"}}', "nonsense"])
def test_a_file_that_holds_no_rates_is_told(text, tmp_path):
    (tmp_path / "report.json").write_text(text)

    with pytest.raises(UserError, match="holds no success rates by task"):
        _mix(tmp_path, [demonstration()], success=tmp_path / "report.json")


def _progress(told):
    class Shown:
        def __init__(self, tally):
            self.tally = tally

        def __enter__(self):
            return told

        def __exit__(self, *_):
            return None

    return Shown
