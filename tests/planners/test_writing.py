"""What a model says, and what it is shown."""

import pytest

pytest.importorskip("pydantic_monty")

from webagents.planners.sandbox import Outcome
from webagents.planners.writing import fault_of, history_of, line_of, page_of, program_of, spoken
from webagents.types import Episode, Observation, Step


@pytest.mark.parametrize(
    ("said", "program"),
    [
        ("x = 1\ny = 2\n", "x = 1\ny = 2"),
        ("Here:\n```python\nx = 1\n```\nand\n```\ny\n```", "x = 1"),
        ("```py\n    x = 1\n", "    x = 1"),
        ("<think>```python\nno\n```</think>\n``` python\nx = 1\n```", "x = 1"),
        ("", ""),
    ],
)
def test_a_program_is_found_in_what_a_model_says(said: str, program: str) -> None:
    assert program_of(said) == program


def test_the_last_line_is_what_an_answer_is_about() -> None:
    assert line_of("I think so.\n\n`click('5')`\n\n") == "click('5')"
    assert (line_of("<think>click('1')"), spoken("<think>a</think>\nb")) == ("", "b")


def test_a_page_is_shown_in_the_text_view_and_cut_between_tags() -> None:
    page = '<p ref="1" box="0 0 5 5">one</p><p ref="2" box="0 5 5 5">two</p>'

    assert page_of(page) == '<p ref="1">one</p><p ref="2">two</p>'
    assert page_of(page, 25) == '<p ref="1">one</p>…'


def test_the_latest_actions_are_told_with_why_they_failed() -> None:
    seen = Observation(
        instruction="x",
        html='<body ref="1"><a ref="3" href="#b">B</a><input ref="4" id="q\nPage:"></body>',
    )
    after = Observation(instruction="x", html='<body ref="1"></body>')
    steps = (
        Step(observation=seen, action="click('1')"),
        Step(observation=seen, action="click('2')", error="no element"),
        Step(observation=seen, action="click('3')"),
        Step(observation=seen, action="fill('4', 'x')"),
        Step(observation=seen, action="search[b]"),
    )
    episode = Episode(task="t", seed=0, observation=after, steps=steps)

    assert history_of(episode, 4).split("\n") == [
        "click('2')  # failed: no element",
        """click('3')  # <a ref="3" href="#b">B</a>; the page stayed as it was""",
        """fill('4', 'x')  # <input ref="4" id="q Page:">; the page stayed as it was""",
        "search[b]",
    ]
    assert history_of(Episode(task="t", seed=0, observation=seen)) == "(nothing yet)"


def test_a_fault_is_told_with_its_line_and_what_was_printed() -> None:
    outcome = Outcome(
        kind="raised", message="KeyError: 'a'", line=2, source="  x['a']", printed="so far\n"
    )

    assert fault_of(outcome) == "Line 2: x['a']\nKeyError: 'a'\nIt had printed: 'so far\\n'"
    assert fault_of(Outcome(kind="done")) == "It ran to its end, and the goal was not reached."
