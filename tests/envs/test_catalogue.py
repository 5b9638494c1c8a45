"""The catalogue: complete, true to the pages, and chosen from by the words people write."""

import csv
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from webagents.envs import catalogue
from webagents.envs.task_tables import read_catalogue
from webagents.errors import UnknownTask, UserError
from webagents.types import TaskSpec

DATA = Path(__file__).parents[3] / "shared" / "data"
MINIWOB = [spec for spec in catalogue.load().values() if spec.id.startswith("miniwob.")]


def html() -> Path:
    package = find_spec("miniwob")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "html"


def table(name: str) -> list[dict[str, str]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the comparison with the benchmark's table was not made")
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def ids(patterns) -> list[str]:
    return [spec.id for spec in catalogue.select(patterns)]


def test_every_page_of_the_package_is_one_task():
    pages = [f"miniwob/{path.name}" for path in (html() / "miniwob").glob("*.html")]
    flights = [f"flight/{name}/wrapper.html" for name in ("AA", "Alaska", "Alaska-auto")]
    assert sorted(spec.page for spec in MINIWOB) == sorted(pages + flights)


def test_a_task_is_named_after_its_page():
    def name(page: str) -> str:
        folder, *_, file = parts = page.split("/")
        return f"flight.{parts[1]}" if folder == "flight" else file.removesuffix(".html")

    assert [spec.id for spec in MINIWOB] == [f"miniwob.{name(spec.page)}" for spec in MINIWOB]


@pytest.mark.parametrize("spec", MINIWOB, ids=lambda spec: spec.id)
def test_the_time_limit_is_the_pages_own(spec: TaskSpec):
    own = r"^\s*core\.EPISODE_MAX_TIME\s*=\s*(\d+)"
    texts = [(html() / path).read_text("utf-8") for path in ("core/core.js", spec.page)]
    limits = [found for text in texts for found in re.findall(own, text, re.MULTILINE)]
    assert spec.limit_ms == float(limits[-1])


def test_the_area_and_the_window_are_those_of_the_original_package():
    sizes = {
        spec.id.startswith("miniwob.flight."): (spec.width, spec.height, spec.window)
        for spec in MINIWOB
    }
    assert sizes == {False: (160, 210, (500, 320)), True: (375, 667, (600, 800))}


def test_the_named_sets_have_their_published_sizes():
    sets = catalogue.named_sets()
    sizes = {name: len(sets[name]) for name in ("@miniwob", "@webgum56", "@browsergym125")}
    assert sizes == {"@miniwob": 133, "@webgum56": 56, "@browsergym125": 125}
    assert len(sets["@experts"]) == 20
    assert all(len(set(members)) == len(members) for members in sets.values())


def test_a_task_is_tagged_with_what_it_needs_and_with_its_sets():
    spec = catalogue.load()["miniwob.click-tab-2-hard"]
    assert spec.tags == {
        "click", "tab", "text", "search", "@miniwob", "@webgum56", "@browsergym125"
    }  # fmt: skip


def test_sets_splits_and_groups_are_those_of_the_benchmarks_table():
    rows = table("miniwob_tasks.csv")
    tasks = catalogue.load()
    ours = [(spec.id, spec.split, spec.group) for row in rows for spec in [tasks[row["task_name"]]]]
    theirs = [(r["task_name"], r["browsergym_split"], int(r["similarity_group"])) for r in rows]
    assert ours == theirs
    assert catalogue.named_sets()["@browsergym125"] == tuple(row["task_name"] for row in rows)
    webgum = tuple(row["task_name"] for row in rows if row["webgum_subset"] == "True")
    assert catalogue.named_sets()["@webgum56"] == webgum
    outside = {spec.id for spec in MINIWOB} - {row["task_name"] for row in rows}
    assert {(tasks[id_].split, tasks[id_].group) for id_ in outside} == {("", None)}


def test_the_56_are_those_with_published_results():
    published = {r["task"] for r in table("miniwob_published_success.csv") if r["webgum56"] == "1"}
    assert set(catalogue.named_sets()["@webgum56"]) == {f"miniwob.{name}" for name in published}


def test_tasks_with_delays_are_tagged_time():
    delayed = [row["task_name"] for row in table("miniwob_tasks.csv") if row["comment"] == "delay"]
    assert delayed
    assert [id_ for id_ in delayed if "time" not in catalogue.load()[id_].tags] == []


def test_only_tasks_where_no_pixel_may_earn_1_ask_for_less():
    lower = {spec.id: spec.success_at for spec in MINIWOB if spec.success_at != 1}
    assert lower == {
        "miniwob.bisect-angle": 0.99,
        "miniwob.circle-center": 0.97,
        "miniwob.find-midpoint": 0.97,
        "miniwob.right-angle": 0.99,
    }


@pytest.mark.parametrize(
    "pattern", ["miniwob.click-test", "webagents/miniwob.click-test-v1", "click-test"]
)
def test_a_task_can_be_written_in_three_ways(pattern: str):
    assert ids(pattern) == ["miniwob.click-test"]


def test_the_dot_in_a_flights_name_is_part_of_it():
    assert ids("flight.AA, miniwob.flight.Alaska") == ["miniwob.flight.AA", "miniwob.flight.Alaska"]


def test_tasks_come_in_the_order_asked_for_and_once():
    assert ids("login-user, miniwob.click-tab*,click-tab,login-user") == [
        "miniwob.login-user",
        "miniwob.click-tab",
        "miniwob.click-tab-2",
        "miniwob.click-tab-2-easy",
        "miniwob.click-tab-2-hard",
        "miniwob.click-tab-2-medium",
    ]


def test_wildcards_work_on_each_way_to_write_a_task():
    assert ids("miniwob.email-*") == ids("email-*") == ids("webagents/miniwob.email-*")
    assert len(ids("email-*")) == 10


def test_patterns_may_be_a_list():
    assert ids(["click-test", "@experts,focus-text"])[-1] == "miniwob.focus-text"
    assert ids(["click-test", "@experts,focus-text"])[:2] == [
        "miniwob.click-test",
        "miniwob.click-test-2",
    ]


def test_a_set_keeps_its_order():
    assert tuple(ids("@experts")) == catalogue.named_sets()["@experts"]


def test_an_unknown_task_is_named_with_what_it_could_be():
    with pytest.raises(UnknownTask) as caught:
        catalogue.select("click-test,miniwob.clik-test")
    assert str(caught.value).startswith(
        "no task 'miniwob.clik-test'; did you mean miniwob.click-test or miniwob.click-test-2 or "
        "miniwob.click-tab? the sets are @"
    )
    assert [name for name in catalogue.named_sets() if name not in str(caught.value)] == []


def test_an_unknown_set_is_named_with_what_it_could_be():
    with pytest.raises(UnknownTask, match=r"no set '@webgum'; did you mean @webgum56\?"):
        catalogue.select("@webgum")


@pytest.mark.parametrize("pattern", ["miniwob.zz*", "webagents/miniwob.click-test-v2", "@", "?"])
def test_a_pattern_that_matches_nothing_is_an_error(pattern: str):
    with pytest.raises(UnknownTask, match=re.escape(repr(pattern))):
        catalogue.select(pattern)


@pytest.mark.parametrize("patterns", ["", " , ", []])
def test_naming_no_task_is_an_error(patterns):
    with pytest.raises(UnknownTask, match="no task named"):
        catalogue.select(patterns)


def test_the_catalogue_cannot_be_written_to():
    with pytest.raises(TypeError):
        catalogue.load()["miniwob.new"] = MINIWOB[0]  # type: ignore[index]


GOOD = """
prefix = "demo."
source = "nowhere"
[defaults]
area = [160, 210]
window = [500, 320]
[tags]
click = "elements to press"
[tasks.one]
page = "one.html"
tags = ["click"]
max_steps = 5
[tasks.one-more]
page = "two.html"
tags = []
max_steps = 6
limit_ms = 500
"""


def folder(tmp_path: Path, tasks: str, sets: str = "") -> Path:
    path = tmp_path / "demo"
    path.mkdir()
    (path / "tasks.toml").write_text(tasks, encoding="utf-8")
    if sets:
        (path / "sets.toml").write_text(sets, encoding="utf-8")
    return path


def test_another_catalogue_is_a_folder_with_a_tasks_toml(tmp_path: Path):
    found = read_catalogue(folder(tmp_path, GOOD, 'some = ["one-*"]'))
    assert found.sets == {"@demo": ("demo.one", "demo.one-more"), "@some": ("demo.one-more",)}
    assert found.tasks["demo.one-more"] == TaskSpec(
        id="demo.one-more",
        page="two.html",
        tags=frozenset({"@demo", "@some"}),
        max_steps=6,
        width=160,
        height=210,
        window=(500, 320),
        source="nowhere",
        limit_ms=500.0,
    )


def test_a_file_may_say_which_tasks_the_set_of_its_own_name_holds(tmp_path: Path):
    found = read_catalogue(folder(tmp_path, GOOD, 'demo = ["one"]'))
    assert found.sets == {"@demo": ("demo.one",)}


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("max_steps = 5", "max_step = 5", r"\[tasks.one\] has an unknown key 'max_step'; the keys"),
        ("max_steps = 5", "max_steps = 0", r"\[tasks.one\] max_steps must be a whole number from"),
        ("max_steps = 5", "max_steps = true", r"\[tasks.one\] max_steps must be .* not True"),
        ("max_steps = 5", "", r"\[tasks.one\] lacks 'max_steps'"),
        ('["click"]', '"click"', r"\[tasks.one\] tags must be a list of texts, not 'click'"),
        ('["click"]', '["clik"]', r"\[tasks.one\] tags: 'clik' not in the file's \[tags\]"),
        ("area = [160, 210]", "area = [160]", r"\[defaults\] area must be a list \[width, height"),
        ("area = [160, 210]", "areas = [1, 1]", r"\[defaults\] has an unknown key 'areas'"),
        ("limit_ms = 500", 'limit_ms = "1"', r"\[tasks.one-more\] limit_ms must be a number"),
        ('source = "nowhere"', "", r"tasks.toml lacks 'source'"),
        ('prefix = "demo."', "prefix = demo.", r"tasks.toml: Invalid value"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(tmp_path: Path, good, bad, message):
    path = folder(tmp_path, GOOD.replace(good, bad))
    with pytest.raises(UserError, match=message) as caught:
        read_catalogue(path)
    assert str(caught.value).startswith(str(path / "tasks.toml"))


def test_a_set_of_unknown_tasks_is_an_error(tmp_path: Path):
    with pytest.raises(UserError, match=r"sets\.toml: some: no task 'two' in .*tasks\.toml"):
        read_catalogue(folder(tmp_path, GOOD, 'some = ["one", "two"]'))


def test_a_bare_name_of_two_sources_is_ambiguous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for source in ("first", "second"):
        (tmp_path / source).mkdir()
        (tmp_path / source / "tasks.toml").write_text(GOOD.replace("demo.", f"{source}."))
    monkeypatch.setattr(catalogue, "content", lambda *_parts: tmp_path)
    catalogue.everything.cache_clear()
    try:
        with pytest.raises(UnknownTask, match=r"'one' could be first\.one, second\.one: write the"):
            catalogue.select("one")
        assert ids("second.one") == ["second.one"]
    finally:
        catalogue.everything.cache_clear()
