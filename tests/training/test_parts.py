"""A planner and a writer learn from visits, and play new ones together in a closed loop."""

from pathlib import Path

import pytest
import torch

from tests.planners.visits import TASK, after, begin, visit, visits
from webagents.errors import UnknownPolicy, UserError
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.planners.compact import Clause, CompactPlanner, CompactWriter, Kind, Part
from webagents.planners.compact.parts import read_tongue
from webagents.planners.plan import ROWS, Row
from webagents.policies.loading import load_policy
from webagents.policies.planned.programs import ProgramPolicy
from webagents.resources import content
from webagents.slots import pieces_of
from webagents.training.imitation import HeldOut, accuracy, judge
from webagents.training.parts import PartTeacher, PartTraining, lore_of, train_part
from webagents.types import Episode, Step


def settings(base: Path, part: Kind, **changes: object) -> PartTraining:
    return PartTraining(
        **{
            "part": part,
            "out": base / part,
            "data": [base / "visits"],
            "model": "pointer-tiny",
            "steps": 150,
            "batch": 16,
            "window": 64,
            "learning_rate": 4e-3,
            "warmup_steps": 10,
            "common": 3,
            "validate_every": 75,
            "held_out": [base / "held-out"],
            **changes,
        }
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a planner's and a writer's run."""
    base = tmp_path_factory.mktemp("parts")
    visits(base / "visits", range(40))
    visits(base / "held-out", range(100, 104))
    for part in ("planner", "writer"):
        train_part(settings(base, part))
    return base


def played(policy: ProgramPolicy, seed: int) -> Episode:
    episode = begin(seed)
    while not episode.done:
        (decision,) = policy.act([episode])
        episode = after(episode, decision.action, dict(decision.notes))
    return episode


@pytest.mark.parametrize("row", ROWS)
def test_together_they_play_visits_that_they_have_not_seen(trained: Path, row: Row) -> None:
    parts = f"{trained / 'planner/model'},{trained / 'writer/model'}"
    policy = load_policy(f"webagent:{row}:{parts}")
    assert isinstance(policy, ProgramPolicy)
    episodes = [played(policy, seed) for seed in range(200, 208)]

    assert sum(each.success for each in episodes) >= 7, "of 8"
    for each in episodes:
        told = [step.notes.get("plan") for step in each.steps]
        assert (None in told) == (row == "alone")


def test_what_is_learned_is_what_was_planned_and_written(trained: Path) -> None:
    tokenizer = load_tokenizer()
    for kind, second in (("planner", "plan Press the button green · about 4"), ("writer", "click")):
        folder = trained / kind / "model"
        model = PointerT5.from_pretrained(folder).eval()
        teacher = PartTeacher(pieces_of(tokenizer), read_tongue(folder))
        steps = [one for seed in range(300, 308) for one in teacher.of(visit(seed))]
        judged = judge(model, teacher, steps)
        with torch.no_grad():
            sums = HeldOut(teacher, steps, rows=5)(model, 0, 1)

        assert len(steps) == 16
        assert any(one.expert.startswith(second.split(" green")[0]) for one in judged)
        assert accuracy(judged)[TASK].exact >= 0.9
        assert sums["loss"] == pytest.approx(sum(one.loss for one in judged), rel=1e-3, abs=1e-4)


def test_words_that_the_question_lacks_have_symbols_of_their_own(trained: Path) -> None:
    tongue = read_tongue(trained / "planner/model")

    assert {"Type", " into", " the", " field", "Press", " button"} <= set(tongue.words)
    assert not {"blue", " blue"} & set(tongue.words)
    assert read_tongue(trained / "writer/model").words == ()


def test_a_run_goes_on_where_it_was_stopped(trained: Path, tmp_path: Path) -> None:
    few = {"steps": 4, "data": [trained / "visits"], "held_out": []}
    at_once = train_part(settings(tmp_path, "writer", **few))
    cut = {**few, "out": tmp_path / "cut"}
    with pytest.raises(KeyboardInterrupt):
        train_part(settings(tmp_path, "writer", **cut, stop_after=1e-9))
    resumed = train_part(settings(tmp_path, "writer", **cut, resume=True))
    weights = [PointerT5.from_pretrained(each).state_dict() for each in (at_once, resumed)]

    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_a_part_begins_with_a_compact_policys_weights(trained: Path, tmp_path: Path) -> None:
    begun = trained / "planner/model"
    few = {
        "steps": 1,
        "learning_rate": 1e-8,
        "final_learning_rate": 0.0,
        "data": [trained / "visits"],
        "held_out": [],
    }
    folder = train_part(settings(tmp_path, "writer", begin=begun, **few))
    old, new = (PointerT5.from_pretrained(each).state_dict() for each in (begun, folder))

    for name in ("bags.piece.weight", "links.0.weight", "point.weight"):
        assert torch.allclose(old[name], new[name], atol=1e-6)
    assert old["t5.lm_head.weight"].shape != new["t5.lm_head.weight"].shape
    with pytest.raises(UserError, match="no weights to begin with"):
        train_part(settings(tmp_path, "planner", begin=tmp_path, **few))
    wide = {**few, "out": tmp_path / "wide", "changes": "d_model=64"}
    with pytest.raises(UserError, match="a model of another size"):
        train_part(settings(tmp_path, "planner", begin=begun, **wide))


def test_only_good_programs_are_learned_from() -> None:
    good = visit(0)
    step = good.steps[0]

    def told(**changes: object) -> Step:
        return Step(
            observation=step.observation, action=step.action, notes={**step.notes, **changes}
        )

    lore = lore_of(step, success=True)
    assert lore is not None
    assert lore.clauses == (Clause("fill", "2", lore.plan.split()[1]),)
    assert lore_of(step, success=False) is None
    assert lore_of(told(perturbed="wrong box"), success=True) is None
    assert lore_of(told(faults=["NameError"]), success=True) is None
    assert lore_of(told(statements=[]), success=True) is None
    assert lore_of(Step(observation=step.observation, action=step.action), success=True) is None
    taught = {"plan": "Press it", "refs": ["3"], "statements": [["click", "3", ""]]}
    assert lore_of(told(taught=taught), success=False) == (
        *("Press it", ("3",)),
        (Clause("click", "3"),),
    )


def test_what_is_no_part_is_told(trained: Path, tmp_path: Path) -> None:
    planner, writer = trained / "planner/model", trained / "writer/model"
    for name, why in (
        (f"webagent:{writer}", "holds a writer, where a planner is wanted"),
        (f"webagent:alone:,{planner}", "holds a planner, where a writer is wanted"),
        (f"webagent:{tmp_path}", "does not say what the network says"),
        (f"webagent:{planner},runs/none", "there is no writer 'runs/none'"),
        (f"webagent:most:{planner}", "a row of alone, planned, summarised, whole"),
    ):
        with pytest.raises(UnknownPolicy, match=why):
            load_policy(name)
    with pytest.raises(UserError, match="sees no pictures, such as the size pointer, not 'tiny'"):
        train_part(settings(trained, "planner", model="tiny", out=tmp_path / "run"))
    with pytest.raises(UserError, match="no data to learn from"):
        settings(tmp_path, "planner", data=[])


def test_data_without_plans_is_told_before_a_run_begins(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="says what was planned and written there; collect with"):
        train_part(settings(tmp_path, "planner", data=[content("data/webgum56")]))
    assert not (tmp_path / "planner").exists()


def test_the_parts_answer_batches_as_they_answer_one_by_one(trained: Path) -> None:
    planner = CompactPlanner(Part.read(trained / "planner/model", "planner"))
    writer = CompactWriter(Part.read(trained / "writer/model", "writer"))
    episodes = [begin(seed) for seed in range(20)]

    assert planner.plan(episodes) == [planner.plan([each])[0] for each in episodes]
    assert writer.write([]) == []
