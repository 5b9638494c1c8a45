"""Programs on real pages: each of their acts is a step of the episode."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("pydantic_monty")

from webagents.envs.web_env import WebEnv
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.planners.commissions import LanguageWriter
from webagents.planners.language import LanguageModelFailed, Question, Scripted
from webagents.planners.trying import attempt
from webagents.policies.planned import ProgramPolicy
from webagents.rollout import Job, rollout
from webagents.types import Episode

PROGRAMS = {
    "miniwob.login-user": """
import re
name, word = re.findall(r'"([^"]*)"', GOAL)
driver.find_element(By.ID, "username").send_keys(name)
driver.find_element(By.ID, "password").send_keys(word)
driver.find_element(By.XPATH, "//button[text()='Login']").click()
""",
    "miniwob.choose-list": """
import re
wanted = re.search(r"Select (.*) from", GOAL).group(1)
Select(driver.find_element(By.TAG_NAME, "select")).select_by_visible_text(wanted)
driver.find_element(By.CSS_SELECTOR, "button").click()
""",
    "miniwob.click-collapsible": """
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.support import expected_conditions as EC
driver.find_element(By.CSS_SELECTOR, "h3").click()
WebDriverWait(driver, 5).until(EC.element_to_be_clickable((By.ID, "subbtn"))).click()
""",
    "miniwob.drag-box": """
small, large = (driver.find_element(By.ID, f"draggable{n}") for n in ("Small", "Large"))
ActionChains(driver).drag_and_drop(small, large).perform()
driver.find_element(By.ID, "subbtn").click()
""",
}
HOSTILE = (
    "import os\nos.system('touch hostile')",
    "open('hostile', 'w')",
    "while True:\n    pass",
    "x = 'a' * 10**10",
    "driver.get('http://example.org/')",
    "driver.get('javascript:document.body.innerHTML = 1')",
    "driver.execute_script('core.endEpisode(1)')",
    "while True:\n    driver.find_element(By.TAG_NAME, 'body').click()",
)


def _said(asked: Question) -> str:
    """The program for the page's task, which is told by its goal."""
    goal = re.findall(r"Goal: (.*)\n", asked.messages[-1].content)[0]
    by_words = {"Enter": "login-user", "Select": "choose-list", "Expand": "click-collapsible"}
    task = by_words.get(goal.partition(" ")[0], "drag-box")
    return PROGRAMS[f"miniwob.{task}"].replace("GOAL", repr(goal))


def test_programs_solve_tasks_in_a_browser_one_action_a_step() -> None:
    model = Scripted(_said)
    jobs = [Job(task, seed) for task in PROGRAMS for seed in (0, 1)]
    played = list(
        rollout(jobs, ProgramPolicy(LanguageWriter(model)), browsers=1, screenshots=False)
    )

    assert {(each.task, each.seed): each.success for each in played} == dict.fromkeys(jobs, True)
    assert len(model.questions) == len(jobs)
    assert {step.error for each in played for step in each.steps} == {""}


def test_an_environment_is_as_good_as_new_after_hostile_programs() -> None:
    env = WebEnv("miniwob.click-button", screenshots=False)
    try:
        ended = [
            attempt(program, env, 0, seconds=0.5, memory_mb=16, max_actions=5)
            for program in HOSTILE
        ]
        seen, _ = env.reset(seed=0)
        wanted = re.findall(r'"([^"]*)"', seen["instruction"])[0]
        program = f"driver.find_element(By.XPATH, \"//button[text()='{wanted}']\").click()"
        good = attempt(program, env, 0)
    finally:
        env.close()

    assert [each.success for each in ended] == [False] * len(HOSTILE)
    assert (good.success, good.outcome.kind) == (True, "halted")


def test_a_model_that_fails_loses_no_finished_episode_and_the_run_goes_on_from_there(
    tmp_path: Path,
) -> None:
    asked: list[str] = []

    def failing(question: Question) -> str:
        asked.append(question.messages[-1].content)
        if len(asked) == 3:
            raise LanguageModelFailed("openai:tiny did not answer in 6 tries: 503 overloaded")
        return _said(question)

    policy = ProgramPolicy(LanguageWriter(Scripted(failing)))
    config = EvaluateConfig(
        policy="llm:program", tasks="miniwob.choose-list", out=tmp_path / "run", episodes=4
    )

    def play(jobs: Sequence[Job]) -> Iterator[Episode]:
        return rollout(jobs, policy, workers=1, screenshots=False)

    with pytest.raises(LanguageModelFailed, match="503 overloaded"):
        evaluate(config, play=play)
    report = json.loads(evaluate(config, play=play).as_json())

    assert [(each["seed"], each["success"]) for each in report["episodes"]] == [
        (seed, True) for seed in range(4)
    ]
    assert len(asked) == 4 + 1
