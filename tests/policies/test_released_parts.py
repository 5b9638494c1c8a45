"""WebAgent's parts that come with the package."""

import pytest

pytest.importorskip("pydantic_monty")

from tests.policies.test_released import test_a_checkpoint_is_small_and_has_a_card as check_card
from webagents.planners.compact import Kind, Part
from webagents.policies import load_policy
from webagents.policies.planned.webagent import PLANNER, WRITER
from webagents.policies.releasing import release
from webagents.resources import content
from webagents.rollout import Job, rollout

PARTS: dict[Kind, str] = {"planner": PLANNER, "writer": WRITER}
VISITED = {"site.real-estate": 108, "site.social-media": 105, "site.map": 108}
"""Seeds of instructions, one of each site, that WebAgent follows as it is released."""


@pytest.mark.parametrize("name", PARTS.values())
def test_a_part_is_small_and_has_a_card(name: str) -> None:
    check_card(name)


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_is_released_with_what_it_says(kind: Kind, tmp_path) -> None:
    folder = content(PARTS[kind])
    release(folder, tmp_path / "out")
    assert Part.read(tmp_path / "out", kind).tongue == Part.read(folder, kind).tongue
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == sorted({path.name for path in folder.iterdir()} - {"README.md"})


def test_webagent_visits_the_websites_wherever_it_is_run(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # from where models/ is no folder
    jobs = [Job(site, seed) for site, seed in VISITED.items()]
    visits = rollout(jobs, load_policy("webagent"), workers=3, screenshots=False, split="test")
    assert {visit.task: visit.success for visit in visits} == dict.fromkeys(VISITED, True)
