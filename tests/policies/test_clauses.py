"""Episodes as those of one clause."""

from dataclasses import replace

from webagents.policies.clauses import CLOSED, Turn, in_turn
from webagents.slots.clauses import Wording
from webagents.types import Episode, Observation, Step

WORDING = Wording.of(["Click a.", "Select b."], least=1)
TOLD = "Click a, and then select b."
PAGE = '<div ref="1"><p ref="2"><b ref="3">{}</b>{}</p><i ref="4">a</i></div>'


def seen(
    instruction: str = TOLD, error: str = "", parts: tuple[str, str] = ("", "")
) -> Observation:
    first, rest = parts if any(parts) else (instruction[:5], instruction[5:])
    return Observation(instruction=instruction, html=PAGE.format(first, rest), error=error)


def episode(*steps: Step, instruction: str = TOLD, error: str = "") -> Episode:
    return Episode(task="t", seed=0, observation=seen(instruction, error), steps=steps)


def step(action: str, *, closed: bool = False, error: str = "") -> Step:
    notes = {CLOSED: True} if closed else {}
    return Step(observation=seen(), action=action, notes=notes, error=error)


def asked(turn: Turn) -> tuple[str, list[str], bool]:
    actions = [one.action for one in turn.episode.steps]
    return turn.episode.observation.instruction, actions, turn.more


def test_one_clause_is_asked_at_a_time_with_its_own_steps() -> None:
    first, second, third = step("a()"), step("b()", closed=True), step("c()")
    found = [
        asked(in_turn(episode(*steps), WORDING))
        for steps in (
            (),
            (first,),
            (first, second),
            (first, second, third),
        )
    ]
    assert found == [
        ("Click a.", [], True),
        ("Click a.", ["a()"], True),
        ("Select b.", [], False),
        ("Select b.", ["c()"], False),
    ]


def test_an_action_that_failed_closes_nothing() -> None:
    failed = step("a()", closed=True, error="no element")
    turn = in_turn(episode(failed, error="no element"), WORDING)
    assert asked(turn) == ("Click a.", ["a()"], True)
    assert turn.episode.observation.error == "no element"


def test_the_last_clause_is_never_left() -> None:
    steps = [step("a()", closed=True) for _ in range(3)]
    assert asked(in_turn(episode(*steps), WORDING)) == ("Select b.", ["a()", "a()"], False)


def test_the_page_says_the_clause_where_it_said_the_instruction() -> None:
    turn = in_turn(episode(), WORDING)
    page = '<div ref="1"><p ref="2">Click a.</p><i ref="4">a</i></div>'
    assert turn.episode.observation.html == page


def test_a_page_that_does_not_say_the_instruction_stays_as_it_is() -> None:
    silent = replace(episode(), observation=seen(parts=("ok", "")))
    turn = in_turn(silent, WORDING)
    assert turn.episode.observation.html == silent.observation.html


def test_an_instruction_of_one_clause_is_asked_as_it_is() -> None:
    one = episode(step("a()", closed=True), instruction="Select b.")
    assert in_turn(one, WORDING) == Turn(one, more=False)
