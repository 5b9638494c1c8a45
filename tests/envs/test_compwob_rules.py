"""What the experts do in a composed task, with a part left out or the last one done early."""

import pytest

from webagents import html
from webagents.actions import Action, parse
from webagents.envs import catalogue
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv
from webagents.html import Element
from webagents.policies import load_policy
from webagents.types import Episode, Observation, Step

EXPERT = load_policy("expert")
FEW = (
    "compwob.click-link_enter-text",
    "compwob.click-link_click-button_click-checkboxes_click-dialog",
    "compwob.login-user_navigate-tree-transition",
)
Deed = tuple[int, str, Action]
"""One action: the part that it is about (0: none), its element's path within that, the action."""


@pytest.fixture(scope="module")
def browser():
    browser = launch("chromium", None)
    yield browser
    browser.close()


def part_of(element: Element | None) -> Element | None:
    while element is not None and "part" not in (element.get("class") or "").split():
        element = element.getparent()
    return element


def expert_deeds(env: WebEnv, seed: int) -> list[Deed]:
    """What the expert does, to success."""
    seen, info = env.reset(seed=seed)
    episode = Episode(task=env.task.spec.id, seed=seed, observation=Observation(**seen), info=info)
    deeds, over = [], False
    while not over:
        action = parse(EXPERT.act([episode])[0].action)
        page = html.parse(episode.observation.html)
        element = html.find(page, ref=str(action.arguments.get("ref")))
        part = part_of(element)
        if part is None:
            deeds.append((0, "", action))
        else:
            path = part.getroottree().getelementpath(element)
            own = part.getroottree().getelementpath(part)
            number = int(part.get("id").removeprefix("form"))
            deeds.append((number, path.removeprefix(own).lstrip("/") or ".", action))
        seen, reward, ended, cut, info = env.step(action.text)
        step = Step(observation=episode.observation, action=action.text, terminated=ended)
        episode = episode.extended(step, Observation(**seen), info)
        over = ended or cut
    assert reward == 1
    return deeds


def succeeds(env: WebEnv, seed: int, deeds: list[Deed]) -> bool:
    """Whether the deeds, those whose element is there, solve the same episode."""
    seen, info = env.reset(seed=seed)
    for number, path, action in deeds:
        if number:
            part = html.find(html.parse(seen["html"]), id=f"form{number}")
            element = None if part is None else part.find(path)
            if element is None:
                continue
            arguments = {**action.arguments, "ref": html.ref_of(element)}
            action = Action(name=action.name, arguments=arguments)
        seen, _, ended, cut, info = env.step(action.text)
        if ended or cut:
            break
    return bool(info["success"])


def check(browser, task: str, seeds: range) -> None:
    env = WebEnv(task, browser=browser, view="visual", screenshots=False)
    for seed in seeds:
        deeds = expert_deeds(env, seed)
        parts = sorted({number for number, _, _ in deeds} - {0})
        assert succeeds(env, seed, deeds), (task, seed, "as it was done")
        for left_out in parts:
            rest = [deed for deed in deeds if deed[0] != left_out]
            assert not succeeds(env, seed, rest), (task, seed, "without", left_out)
        last = len(env.task.spec.parts)
        early = sorted(deeds, key=lambda deed: deed[0] != last)
        assert not succeeds(env, seed, early), (task, seed, "the last part first")
    env.close()


@pytest.mark.parametrize("task", FEW)
def test_with_a_part_left_out_or_the_last_one_early_there_is_no_success(browser, task):
    check(browser, task, range(2))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_composed_task_succeeds_with_a_part_left_out_or_the_last_one_early(browser):
    for set_ in ("@compwob", "@compwob-reverse"):
        for task in catalogue.named_sets()[set_]:
            check(browser, task, range(3))
