"""What a policy's language model was asked, from the notes of steps to the report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.evaluation.episodes import episode
from webagents.evaluation import page
from webagents.evaluation.asked import Asked
from webagents.evaluation.formats import money
from webagents.evaluation.outcomes import Outcome
from webagents.evaluation.report import Report, build
from webagents.evaluation.terminal import table_of

CONFIG = {"policy": "llm:rci", "llm": "openai:tiny", "tasks": "a.x,a.y", "episodes": 2}


def noted(task: str, seed: int, *notes: Any, void: str = "") -> Outcome:
    """An episode of a step for each of the notes, as an outcome."""
    made = episode(task, seed, errors=("",) * len(notes), void=void)
    steps = tuple(replace(step, notes=note) for step, note in zip(made.steps, notes, strict=True))
    return Outcome.of(replace(made, steps=steps))


def asked(questions: int, read: int, written: int, cost: float | None) -> dict[str, Any]:
    return {
        "questions": questions,
        "prompt_tokens": read,
        "completion_tokens": written,
        "cost": cost,
    }


def played() -> list[Outcome]:
    return [
        noted("a.x", 0, {"asked": asked(2, 900, 50, 0.1)}, {"running": 0}),
        noted("a.x", 1, {"asked": asked(1, 400, 20, 0.2)}, {"asked": asked(1, 500, 10, 0.4)}),
        noted("a.y", 0, {"asked": asked(3, 70, 7, None)}, void="BrowserDied: gone"),
        noted("a.z", 0, {}),
    ]


def test_a_report_counts_questions_tokens_and_costs_by_episode_task_and_in_all() -> None:
    report = build(played(), CONFIG)
    told = json.loads(report.as_json())

    assert [each.get("asked") for each in told["episodes"]] == [
        asked(2, 900, 50, 0.1),
        asked(2, 900, 30, 0.6),
        asked(3, 70, 7, None),
        None,
    ]
    assert told["asked"] == {
        **asked(7, 1870, 87, 0.7),
        "tasks": {"a.x": asked(4, 1800, 80, 0.7), "a.y": asked(3, 70, 7, None)},
    }
    assert Report.from_dict(told).as_dict() == told


def test_an_episode_played_again_counts_once() -> None:
    again = noted("a.x", 0, {"asked": asked(1, 10, 1, None)})
    report = build([*played()[:1], again], CONFIG)

    assert report.asked_in_all == Asked(questions=1, prompt_tokens=10, completion_tokens=1)


def test_a_line_of_an_episode_says_what_was_asked_only_where_anything_was() -> None:
    lines = [outcome.as_line() for outcome in played()]

    assert [Outcome.from_line(line) for line in lines] == played()
    assert ["asked" in json.loads(line) for line in lines] == [True, True, True, False]


@pytest.mark.parametrize(
    "note",
    [
        *("yes", 3, None, [1], {"who": "me"}, asked(1, 2, 3, float("nan"))),
        *({**asked(1, 2, 3, 4), "questions": each} for each in ("many", None)),
    ],
)
def test_what_another_policy_notes_under_the_name_is_passed_over(note: Any) -> None:
    assert noted("a.x", 0, {"asked": note}).asked is None


def test_the_page_and_the_terminal_tell_the_model_its_tokens_and_costs() -> None:
    report = build(played(), CONFIG)
    tree = html.document_fromstring(page.render(report, played(), Path()))
    rows = [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in tree.xpath("//h2[.='Language model']/following::table[1]//tr[td]")
    ]

    assert rows == [
        ["a.x", "4", "1,800", "80", "0.7", "2.0", "940"],
        ["a.y", "3", "70", "7", "–", "3.0", "77"],
        ["All", "7", "1,870", "87", "0.7", "2.3", "652"],
    ]
    assert tree.xpath("//h1/span")[0].text == "llm:rci (openai:tiny)"
    table = table_of(report)
    assert str(table.title) == "success of llm:rci (openai:tiny)"
    assert str(table.caption) == (
        "7 questions to the language model: 1,870 tokens read, 87 written, cost 0.7"
    )


def test_without_prices_the_page_says_so_and_without_a_model_nothing() -> None:
    free = [noted("a.x", 0, {"asked": asked(1, 10, 1, None)})]
    said = page.render(build(free, CONFIG), free, Path())
    assert "No prices were given" in said
    assert "cost" not in str(table_of(build(free, CONFIG)).caption)

    plain = [Outcome.of(episode("a.x", 0))]
    report = build(plain, {"policy": "expert"})
    assert "asked" not in report.as_dict()
    assert "Language model" not in page.render(report, plain, Path())
    assert table_of(report).caption is None


def test_costs_are_written_as_people_read_them() -> None:
    values = (None, 0.0, 0.00002, 0.0123, 0.5, 1.0, 1234.567)
    assert [money(value) for value in values] == [
        *("–", "0.00", "<0.0001", "0.012", "0.5", "1.00", "1,234.57"),
    ]
