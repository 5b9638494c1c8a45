"""WebAgent on the websites: what there is to learn from, its names, and what is at fault."""

from dataclasses import replace

import pytest

pytest.importorskip("pydantic_monty")

from webagents.errors import UnknownPolicy, UserError
from webagents.planners.plan import Row
from webagents.planners.settings import LanguageSettings
from webagents.policies.expert.websites import SITES
from webagents.policies.loading import load_policy
from webagents.policies.planned import ProgramPolicy
from webagents.policies.planned.blaming import blame
from webagents.policies.planned.labelled import LabelledPolicy
from webagents.policies.planned.scripted import ScriptedPlanner
from webagents.policies.planned.webagent import MOST_PROGRAMS
from webagents.rollout import Job, rollout
from webagents.training.parts import lore_of
from webagents.types import Episode, Observation, Step

SCRIPTED = "webagent:scripted,scripted"


@pytest.fixture(scope="module")
def visits() -> list[Episode]:
    policy = load_policy(SCRIPTED)
    jobs = [Job(site, seed) for site in SITES for seed in (3, 4)]
    return list(rollout(jobs, policy, browsers=1, screenshots=False, split="train"))


def test_scripted_plans_and_programs_succeed_in_a_real_browser(visits: list[Episode]) -> None:
    assert [(each.success, each.void) for each in visits] == [(True, "")] * 6
    assert {step.error for each in visits for step in each.steps} == {""}


def test_every_program_of_a_visit_that_went_well_is_learned_from(visits: list[Episode]) -> None:
    for each in visits:
        starts = [step for step in each.steps if "program" in step.notes]
        lore = [lore_of(step, success=True) for step in starts]

        assert len(starts) >= 3
        assert len(starts) < MOST_PROGRAMS
        assert None not in lore
        assert {step.notes["before"] for step in starts[1:]} == {"done"}
        assert starts[-1].notes["program"] == 'send_msg_to_user("It is done.")'


def test_who_plays_wrong_is_told_what_should_have_been_planned() -> None:
    wrong = LabelledPolicy(load_policy(f"perturbed:1:{SCRIPTED}"))
    (played,) = rollout(
        [Job("site.map", 0)], wrong, browsers=1, screenshots=False, split="train", max_steps=5
    )
    starts = [step for step in played.steps if "program" in step.notes]
    told = [lore_of(step, success=played.success) for step in starts]

    assert (played.success, bool(starts)) == (False, True)
    for start, lore in zip(starts, told, strict=True):
        assert lore is not None
        assert lore.plan == start.notes["taught"]["plan"] == start.notes["plan"]


def test_mistakes_on_purpose_are_put_right_and_not_learned_from() -> None:
    policy = load_policy(f"perturbed:0.3:{SCRIPTED}")
    jobs = [Job("site.real-estate", seed) for seed in (0, 1)]
    found = list(rollout(jobs, policy, browsers=1, screenshots=False, split="train"))
    steps = [step for each in found for step in each.steps]
    wrong = [step for step in steps if "perturbed" in step.notes]

    assert [each.success for each in found] == [True, True]
    assert wrong
    assert [lore_of(step, success=True) for step in wrong] == [None] * len(wrong)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("webagent:best", "there is no planner 'best'; give the folder of one"),
        ("webagent:best:scripted", "a row of alone, planned, summarised, whole and the folders"),
        ("webagent:alone:,none", "there is no writer 'none'"),
        ("webagent:scripted,none", "there is no writer 'none'"),
        ("webagent:whole:./tests", "tongue.json does not say what the network says"),
    ],
)
def test_a_name_that_is_none_is_told(name: str, why: str) -> None:
    with pytest.raises(UnknownPolicy, match=why):
        load_policy(name)


def test_a_language_model_is_the_writer_and_no_other_can_be_named() -> None:
    how = LanguageSettings(llm="openai:any", base_url="http://127.0.0.1:9/v1")

    assert isinstance(load_policy("webagent:planned:scripted", how), ProgramPolicy)
    with pytest.raises(UnknownPolicy, match="no writer where a language model writes"):
        load_policy(SCRIPTED, how)


def test_experts_of_small_tasks_plan_and_write_an_action_at_a_time() -> None:
    tasks = ["login-user", "choose-list", "click-checkboxes", "guess-number"]
    jobs = [Job(f"miniwob.{task}", 0) for task in tasks] + [Job("webshop", 0)]
    found = list(rollout(jobs, load_policy(SCRIPTED), browsers=1, screenshots=False))
    starts = [step for each in found for step in each.steps if "program" in step.notes]

    assert [each.success for each in found[:-1]] == [True] * len(tasks)
    assert found[-1].reward > 0.5
    assert None not in [lore_of(step, success=True) for step in starts]


def test_a_task_without_an_expert_has_no_scripted_plans() -> None:
    seen = Observation(instruction="Press it.", html='<button ref="1">It</button>')
    with pytest.raises(UserError, match=r"no expert for the task .mine\.own."):
        ScriptedPlanner().plan([Episode(task="mine.own", seed=0, observation=seen)])


def _failed(episode: Episode, *, without: int = 0, **notes: object) -> Episode:
    """The visit as if it had failed, the notes of its second program told otherwise.

    without: how many steps are missing at its end.
    """
    steps = list(episode.steps[: len(episode.steps) - without])
    place = [n for n, step in enumerate(steps) if "program" in step.notes][1]
    steps[place] = replace(steps[place], notes={**steps[place].notes, **notes})
    return replace(episode, steps=tuple(steps), success=False)


@pytest.mark.parametrize(
    ("notes", "row", "fault"),
    [
        ({}, "whole", "planning"),  # it said that it was done, and it was not
        ({"plan": "Do something else"}, "whole", "planning"),
        ({"plan": "Do something else"}, "summarised", "planning"),
        ({"refs": ["1"]}, "whole", "summarisation"),
        ({"refs": ["1"]}, "planned", "planning"),
    ],
)
def test_the_first_that_parts_from_an_expert_is_at_fault(
    visits: list[Episode], notes: dict[str, object], row: Row, fault: str
) -> None:
    assert {blame(_failed(each, **notes), row) for each in visits} == {fault}
    assert {blame(each, row) for each in visits} == {None}


def test_a_program_that_does_something_else_is_at_fault(visits: list[Episode]) -> None:
    for each in visits:
        place = next(n for n, s in enumerate(each.steps) if "program" in s.notes and n > 0)
        wrong = replace(each.steps[place], action="click('1')")
        stays = Step(observation=wrong.observation, action="noop()", notes=wrong.notes)
        steps = (*each.steps[:place], wrong, stays)
        failed = replace(each, steps=steps, observation=wrong.observation, success=False)

        assert blame(failed, "whole") == "programming"
        assert blame(failed, "alone") == "planning"


@pytest.mark.parametrize(
    ("row", "fault"), [("whole", "programming"), ("alone", "programming"), ("other", "planning")]
)
def test_a_visit_without_any_program_is_its_plan_s_or_its_writer_s(
    visits: list[Episode], row: str, fault: str
) -> None:
    for each in visits:
        first = each.steps[0]
        plan = first.notes["plan"] if row != "other" else "Do something else"
        notes = {"given_up": "no program", "faults": ["it did nothing"], "plan": plan}
        notes["refs"] = first.notes["refs"]
        gone = Step(observation=first.observation, action="report_infeasible('no')", notes=notes)
        failed = replace(each, steps=(gone,), observation=first.observation, success=False)

        assert blame(failed, "whole" if row == "other" else row) == fault
    nothing = replace(visits[0], steps=(), success=False)
    assert blame(nothing, "whole") == "planning"
