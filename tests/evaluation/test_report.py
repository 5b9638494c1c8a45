from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from tests.evaluation.episodes import composed, ended, episode
from webagents.evaluation import page
from webagents.evaluation.folder import RunFolder
from webagents.evaluation.formats import interval
from webagents.evaluation.measures import macro, wilson
from webagents.evaluation.outcomes import Move, Outcome, depth, failure, latest
from webagents.evaluation.report import EpisodeResult, Report, build
from webagents.evaluation.terminal import table_of
from webagents.provenance import current_versions, write

CONFIG = {"policy": "expert", "tasks": "@pair", "episodes": 2}
SETS = {"@pair": ("a.x", "a.y"), "@four": ("a.x", "a.y", "a.z", "a.w"), "@other": ("b.q",)}
HOSTILE = """</script></style><img src=x onerror="alert(1)"><script>alert('x')</script>"'"""


def outcomes() -> list[Outcome]:
    return [
        Outcome.of(episode("a.y", 0, success=False, errors=("", "")), seconds=1.0),
        Outcome.of(episode("a.x", 1, errors=("", "", "")), seconds=0.5),
        Outcome.of(episode("a.x", 0), seconds=0.5),
        Outcome.of(episode("a.y", 1, void="BrowserDied: gone", errors=("", "")), seconds=2.0),
    ]


def test_the_report_holds_what_the_contract_says() -> None:
    report = build(outcomes(), CONFIG, sets=SETS, versions={"python": "3"})
    x, y = wilson(2, 2), wilson(0, 1)
    pair = {
        "episodes": 3,
        "void": 1,
        "success": macro([(2, 2), (0, 1)])._asdict(),
        "reward": 0.0,
        "steps": 2.0,
    }
    assert json.loads(report.as_json()) == {
        "policy": "expert",
        "tasks": {
            "a.x": {"episodes": 2, "void": 0, "success": x._asdict(), "reward": 1.0, "steps": 2.0},
            "a.y": {"episodes": 1, "void": 1, "success": y._asdict(), "reward": -1.0, "steps": 2.0},
        },
        "sets": {"@pair": {"tasks": 2, "of": 2, **pair}, "@four": {"tasks": 2, "of": 4, **pair}},
        "episodes": [
            {"task": "a.x", "seed": 0, "reward": 1.0, "success": True, "steps": 1, "failure": ""},
            {"task": "a.x", "seed": 1, "reward": 1.0, "success": True, "steps": 3, "failure": ""},
            {
                "task": "a.y",
                "seed": 0,
                "reward": -1.0,
                "success": False,
                "steps": 2,
                "failure": "wrong",
            },
            {
                "task": "a.y",
                "seed": 1,
                "reward": None,
                "success": None,
                "steps": 2,
                "failure": "void",
            },
        ],
        "planned": 4,
        "seconds": 4.0,
        "steps_per_second": 2.0,
        "versions": {"python": "3"},
        "config": CONFIG,
    }


PAIR = composed("c.a_b", "m.a", "m.b", tags=["two-way"])
TWIN = composed("c.a_b-reverse", "m.a", "m.b", tags=["two-way"])
MORE = composed("c.a_b_b", "m.a", "m.b", "m.b", tags=["three-way"])
SPECS = {spec.id: spec for spec in (PAIR, TWIN, MORE)}
FLAGS = [{"a": True, "b": True}, {"a": True, "b": False}, {"a": False, "b": False}, {}]


def with_compositions() -> list[Outcome]:
    return [
        *ended("m.a", [1, 1, 1, 0]),
        *ended("m.b", [1, 1, 0, 0]),
        *ended("c.a_b", [1, 0, 0, 0], flags=FLAGS),
        *ended("c.a_b-reverse", [0, 0, 0, 0]),
        *ended("c.a_b_b", [0, 0, 0, 0], instruction="Do a lot more."),
    ]


def test_a_report_of_composed_tasks_compares_them_and_keeps_the_parts_that_were_done() -> None:
    report = build(with_compositions(), CONFIG, specs=SPECS, sets={"@c": ("c.a_b", "c.a_b_b")})
    read = json.loads(report.as_json())
    task = read["composition"]["tasks"]["c.a_b"]
    assert (task["composed"], task["product"], task["gap"]["value"]) == (0.25, 0.375, -0.125)
    assert [(g["kind"], g["name"], g["order"]) for g in read["composition"]["groups"]][2] == (
        "set",
        "@c",
        "forward",
    )
    assert [e.get("subtasks") for e in read["episodes"] if e["task"] == "c.a_b"] == [
        *FLAGS[:3],
        None,
    ]
    assert Report.from_dict(read) == report


def test_a_report_that_knows_no_parts_says_nothing_of_compositions() -> None:
    report = build(with_compositions(), CONFIG)
    assert "composition" not in report.as_dict()
    assert report.composition is None


def test_a_report_of_an_older_version_is_read_without_parts() -> None:
    old = json.loads(build(outcomes(), CONFIG).as_json())
    assert Report.from_dict(old).composition is None
    assert Report.from_dict(old).episodes[0] == EpisodeResult("a.x", 0, 1.0, True, 1, "")


def test_the_terminal_tells_the_composition_gap() -> None:
    table = table_of(build(with_compositions(), CONFIG, specs=SPECS))
    first, second = str(table.caption).splitlines()
    assert re.fullmatch(
        r"composition gap, forward order: −15\.6 points \(.* to .*\), 2 of 2 tasks", first
    )
    assert second.startswith("composition gap, reverse order: −37.5 points")
    assert table_of(build(outcomes(), CONFIG)).caption is None


def test_a_report_read_back_is_the_same() -> None:
    report = build(outcomes(), CONFIG, sets=SETS, versions=current_versions("Chromium 1"))
    assert Report.from_dict(json.loads(report.as_json())) == report


def test_a_void_episode_is_counted_and_lowers_nothing() -> None:
    clean = [Outcome.of(episode("a.x", seed)) for seed in range(3)]
    void = Outcome.of(episode("a.x", 3, void="PageHung: no answer", errors=("",) * 9))
    before, after = (build(o, CONFIG).tasks["a.x"] for o in (clean, [*clean, void]))
    assert after == replace(before, void=1)


def test_a_task_of_void_episodes_only_has_no_rate_and_its_json_no_nan() -> None:
    report = build([Outcome.of(episode("a.x", void="BrowserDied: gone"))], CONFIG, sets=SETS)
    assert json.loads(report.as_json())["tasks"]["a.x"] == {
        "episodes": 0,
        "void": 1,
        "success": {"mean": None, "low": 0.0, "high": 1.0},
        "reward": None,
        "steps": None,
    }
    assert report.sets == {}
    assert math.isnan(report.overall.success.mean)
    assert Report.from_dict(report.as_dict()) == report


def test_an_episode_played_again_takes_the_place_of_the_earlier_one() -> None:
    void, good = Outcome.of(episode("a.x", void="gone")), Outcome.of(episode("a.x"))
    assert latest([void, good]) == [good]
    assert build([void, good], CONFIG).tasks == build([good], CONFIG).tasks


def test_the_report_of_nothing_is_one_too() -> None:
    report = build([], CONFIG, sets=SETS, planned=4)
    assert (report.tasks, report.sets, report.steps_per_second) == ({}, {}, None)
    assert "Partial" in page.render(report, [], Path())


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (episode(), ""),
        (episode(success=False), "wrong"),
        (episode(success=False, truncated=True, errors=("no ref", "no ref", "")), "truncated"),
        (episode(success=False, truncated=True, errors=("", "no", "no", "no")), "error"),
        (episode(success=False, truncated=True, errors=("no",)), "error"),
        (episode(success=False, truncated=True, errors=("", "no", "no")), "truncated"),
        (episode(success=False, errors=("no", "no", "no")), "wrong"),
        (episode(void="BrowserDied: gone"), "void"),
    ],
)
def test_each_way_to_fail_has_its_class(case: object, expected: str) -> None:
    assert failure(case) == expected  # type: ignore[arg-type]


def test_an_outcome_read_back_is_the_same_whatever_the_page_said() -> None:
    outcome = Outcome.of(
        episode(instruction="a\nb\u2028 \ud800 ü", action=HOSTILE, errors=("no \r\n ref",)),
        seconds=0.25,
        screenshots=("screenshots/a.png",),
    )
    assert outcome.as_line().isascii()
    assert "\n" not in outcome.as_line()
    assert Outcome.from_line(outcome.as_line()) == outcome
    assert outcome.moves == (Move(HOSTILE, "no \r\n ref"),)


def test_an_outcome_knows_which_parts_were_done_and_how_deep_the_first_page_is() -> None:
    done = {"click-button": True, "click-link": False}
    outcome = Outcome.of(
        episode(success=False, subtasks=done, html="<body><div><p>{number}</p></div></body>")
    )
    assert (outcome.subtasks, outcome.depth) == (done, 3)
    assert list(json.loads(outcome.as_line())["subtasks"].items()) == list(done.items())
    assert Outcome.from_line(outcome.as_line()) == outcome


def test_an_episode_that_tells_of_no_parts_has_none() -> None:
    assert Outcome.of(episode()).subtasks == {}
    assert json.loads(Outcome.of(episode()).as_line())["subtasks"] == {}


def test_a_line_of_an_older_run_is_read_without_parts_and_depth() -> None:
    record = json.loads(Outcome.of(episode()).as_line())
    del record["subtasks"], record["depth"]
    old = Outcome.from_line(json.dumps(record))
    assert old == replace(Outcome.of(episode()), depth=None)


@pytest.mark.parametrize(
    ("page_html", "expected"),
    [
        ("", None),
        ("<!-- nothing -->", None),
        ("<body></body>", 1),
        ("<p>a</p><div><b>b</b></div>", 3),
        ("<body><div><!-- no element --></div><svg><g><rect></rect></g></svg></body>", 4),
        ("<html><head><title>t</title></head><body><p>\ud800</p></body></html>", 2),
    ],
)
def test_the_depth_of_a_page_counts_its_elements_from_the_body(
    page_html: str, expected: int | None
) -> None:
    assert depth(page_html) == expected


def rendered(tmp_path: Path, *, tasks: int = 2, failures: int = 5, **limits: int) -> str:
    folder = RunFolder.open(tmp_path / "run", CONFIG, {}, free=set())
    for number in range(tasks):
        for seed in range(failures):
            lost = episode(f"a.t{number}", seed, success=False, screenshots=True)
            folder.append(Outcome.of(lost, screenshots=folder.keep_screenshots(lost)))
    report = build(folder.outcomes, CONFIG)
    return page.render(
        report, folder.outcomes, folder.path, {"a.t0": {"click"}}, page.Limits(**limits)
    )


def test_hostile_text_is_only_text_in_the_page(tmp_path: Path) -> None:
    played = [
        Outcome.of(
            episode(
                HOSTILE + str(seed),
                seed,
                success=False,
                instruction=HOSTILE,
                action=HOSTILE,
                errors=(HOSTILE,),
                void=HOSTILE if seed == 3 else "",
            )
        )
        for seed in range(4)
    ]
    config = {**CONFIG, "policy": HOSTILE, "tasks": HOSTILE}
    report = build(played, config, sets={HOSTILE: (HOSTILE + "0",)}, versions={"a": HOSTILE})
    text = page.render(report, played, tmp_path, {HOSTILE + "0": {HOSTILE}})
    tree = html.document_fromstring(text)
    assert tree.xpath("//img") == []
    assert len(tree.xpath("//script")) == 1
    assert "alert" not in "".join(tree.xpath("//script")[0].itertext())
    assert tree.xpath("//@onerror") == []
    assert text.count("<style>") == 1
    assert HOSTILE in tree.xpath("//title")[0].text
    assert HOSTILE in tree.xpath("//blockquote")[0].text


def test_half_a_character_in_a_page_does_not_stop_the_report(tmp_path: Path) -> None:
    lost = Outcome.of(episode(success=False, instruction="half \ud800 a character"))
    write(tmp_path / "report.html", page.render(build([lost], CONFIG), [lost], tmp_path))
    assert "half ? a character" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_page_needs_no_other_file_and_lets_no_other_script_run(tmp_path: Path) -> None:
    text = rendered(tmp_path)
    tree = html.document_fromstring(text)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "'sha256-" in policy
    links = [*tree.xpath("//@src"), *tree.xpath("//@href")]
    assert {re.match(r"data:image/png|#", link) is not None for link in links} == {True}


def test_the_page_shows_some_failures_of_every_task_and_says_how_many_it_leaves_out(
    tmp_path: Path,
) -> None:
    tree = html.document_fromstring(rendered(tmp_path, tasks=4, failures=5))
    assert len(tree.xpath("//ol[@class='moves']")) == 4 * 3
    assert "12 of 20 failed episodes" in tree.text_content()


def test_a_page_of_many_failing_tasks_shows_one_of_each_before_a_second_of_any(
    tmp_path: Path,
) -> None:
    played = [
        Outcome.of(episode(f"a.t{task}", seed, success=False))
        for task in range(4)
        for seed in range(5)
    ]
    report = build(played, CONFIG)
    text = page.render(report, played, tmp_path, limits=page.Limits(failures=6))
    assert re.findall(r"</span> seed (\d)", text) == ["0", "1", "0", "1", "0", "0"]


def test_screenshots_beyond_the_limit_are_links(tmp_path: Path) -> None:
    tree = html.document_fromstring(rendered(tmp_path, tasks=1, failures=1, image_bytes=0))
    assert tree.xpath("//img") == []
    assert tree.xpath("//div[@class='shots']/a/@href") == [
        "screenshots/a.t0/seed0-step0.png",
        "screenshots/a.t0/seed0-step1.png",
    ]


def test_rates_are_never_rounded_to_all_or_none(tmp_path: Path) -> None:
    played = [Outcome.of(episode("a.x", seed, success=seed != 0)) for seed in range(5000)]
    tree = html.document_fromstring(page.render(build(played, CONFIG), played, tmp_path))
    assert tree.xpath("//div[@class='figure']")[0].text == ">99.9%"


def composition_page(played: list[Outcome]) -> html.HtmlElement:
    report = build(played, CONFIG, specs=SPECS, sets={"@c": ("c.a_b", "c.a_b_b")})
    return html.document_fromstring(page.render(report, played, Path()))


def row_of(tree: html.HtmlElement, name: str) -> list[str]:
    rows = tree.xpath("//h2[@id='compositions']/following::tr[td]")
    texts = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    return next(row for row in texts if row[0] == name)


def test_the_page_has_a_section_on_compositions_with_the_plots_of_the_papers() -> None:
    tree = composition_page(with_compositions())
    assert row_of(tree, "@c")[1:4] == [
        "2",
        f"12.5% 95% interval {interval(macro([(1, 4), (0, 4)]))}",
        "28.1%",
    ]
    assert row_of(tree, "1. distraction")[1:4] == ["1", "66.7%", "100%"]
    titles = [title.text for title in tree.xpath("//div[@class='plots section']//h3")]
    assert titles == [
        "Against the product of the parts",
        "By number of parts",
        "By length of the instruction",
        "Where compositions break ",
        "One of k, all of k ",
    ]
    assert len(tree.xpath("//div[@class='plots section']//svg")) == 3


def test_the_page_says_which_parts_were_not_played() -> None:
    played = [outcome for outcome in with_compositions() if outcome.task != "m.b"]
    (notice,) = composition_page(played).xpath("//p[@class='card notice']")
    assert " ".join(notice.text_content().split()) == (
        "0 of 3 compositions can be compared with their parts. "
        "Not played on the same seeds: m.b (in 3)."
    )


def test_a_page_without_composed_tasks_has_no_such_section() -> None:
    assert composition_page(ended("m.a", [1, 0])).xpath("//*[@id='compositions']") == []


def test_hostile_names_are_only_text_in_the_section_on_compositions() -> None:
    spec = composed(HOSTILE, HOSTILE + "1", HOSTILE + "2")
    played = [*ended(spec.id, [1, 0], flags=[{HOSTILE: True, "b": True}] * 2)]
    report = build(played, CONFIG, specs={spec.id: spec}, sets={HOSTILE: (spec.id,)})
    tree = html.document_fromstring(page.render(report, played, Path()))
    assert (len(tree.xpath("//script")), tree.xpath("//img"), tree.xpath("//@onerror")) == (
        1,
        [],
        [],
    )
    assert HOSTILE in row_of(tree, HOSTILE)
