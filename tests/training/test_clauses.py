"""Learning which action is the last one, and what it is learned from."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.data.demos import dataset as written
from webagents.data import Dataset, Demonstration
from webagents.errors import UserError
from webagents.models import load_model
from webagents.models.pointer import PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.policies.checkpoints import policy_of
from webagents.policies.clauses import CLOSED
from webagents.policies.dagger import LABEL
from webagents.prompt import PromptForm
from webagents.slots.clauses import Wording
from webagents.training.imitation import teacher_of
from webagents.training.imitation.clauses import main, shortened, with_wording
from webagents.training.imitation.pointing import last_action
from webagents.training.starting import starting_model
from webagents.types import Episode, Observation, Step

SAID = "Enter x into the field and press Submit."
WORDING = Wording.of([SAID, "Click it."], least=1)
PAGE = (
    '<div ref="1"><p ref="2">{}</p><input ref="3" value="{}"><button ref="4">Submit</button></div>'
)


def episode(seed: int = 0, said: str = SAID) -> Episode:
    views = [Observation(instruction=said, html=PAGE.format(said, v)) for v in ("", "x", "x")]
    found = Episode(task="t.enter", seed=seed, observation=views[0])
    for number, action in enumerate(("fill('3', 'x')", "click('4')")):
        step = Step(observation=views[number], action=action, terminated=bool(number))
        found = found.extended(step, views[number + 1], {"success": bool(number)})
    return found


def model() -> PointerT5:
    made = starting_model("pointer-tiny", load_tokenizer("html-8k"))
    assert isinstance(made, PointerT5)
    return made


def test_the_last_action_of_a_success_is_told_from_the_others() -> None:
    found = episode()
    assert [last_action(found, number) for number in range(2)] == [False, True]


def test_what_is_last_is_not_known_of_failures_and_of_labels_that_were_not_played() -> None:
    found = episode()
    other = replace(found.steps[1], notes={LABEL: "click('3')"})
    labelled = replace(found, steps=(found.steps[0], other))
    assert [last_action(labelled, number) for number in range(2)] == [False, None]
    assert last_action(replace(found, success=False), 1) is None


def test_lessons_tell_which_action_is_last() -> None:
    teacher = teacher_of(model(), load_tokenizer("html-8k"), PromptForm())
    steps = list(teacher.of(episode()))
    assert teacher.collated(steps)["last"].tolist() == [0, 1]


def test_a_shortened_episode_is_one_that_was_asked_for_less() -> None:
    found = shortened(episode(), WORDING)
    assert found is not None
    less = "Enter x into the field."
    seen = [*(step.observation for step in found.steps), found.observation]
    assert [one.instruction for one in seen] == [less, less]
    assert [one.html for one in seen] == [PAGE.format(less, value) for value in ("", "x")]
    assert [step.action for step in found.steps] == ["fill('3', 'x')"]
    assert last_action(found, 0)


def test_an_episode_that_ends_otherwise_is_not_shortened() -> None:
    assert shortened(episode(said="Click it."), WORDING) is None
    assert shortened(replace(episode(), success=False), WORDING) is None


def test_the_commands_write_a_model_with_the_datas_wording_and_its_shortened_episodes(
    tmp_path: Path,
) -> None:
    data = written(tmp_path / "d", [Demonstration.of(episode(n), "expert") for n in range(10)])
    begun = model()
    begun.save_pretrained(tmp_path / "begun")
    main(["model", str(tmp_path / "begun"), str(data), "--out", str(tmp_path / "made")])
    made = load_model(tmp_path / "made")
    assert made.config.wording["begins"] == ["enter"]
    same = made.state_dict()
    assert all(same[name].equal(tensor) for name, tensor in begun.state_dict().items())
    main(["short", str(data), "--every", "5", "--out", str(tmp_path / "short")])
    short = list(Dataset(tmp_path / "short").demonstrations())
    assert [(one.id, len(one.episode.steps)) for one in short] == [
        ("t.enter/4/expert/short", 1),
        ("t.enter/9/expert/short", 1),
    ]
    with pytest.raises(UserError, match="already"):
        with_wording(made, WORDING)


def test_a_policy_with_a_wording_notes_where_clauses_end(tmp_path: Path) -> None:
    made = with_wording(model(), WORDING).eval()
    assert made.last is not None
    policy = policy_of(made, load_tokenizer("html-8k"), PromptForm())
    two, one = episode(said="Click it, and then enter x into the field."), episode()
    begun = [replace(each, steps=(), observation=each.steps[0].observation) for each in (two, one)]
    notes = []
    for bias in (100.0, -100.0):
        made.last.bias.data.fill_(bias)
        notes.append([dict(decision.notes) for decision in policy.act(begun)])
    assert notes == [[{CLOSED: True}, {}], [{}, {}]]
