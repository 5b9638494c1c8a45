"""A program comes to its next action by being run anew on what was seen."""

import pytest

pytest.importorskip("pydantic_monty")

from tests.planners.conftest import seen
from webagents.planners.replaying import advance
from webagents.types import Step

PROGRAM = """
box = driver.find_element(By.ID, "u")
box.clear()
box.send_keys("Bob" if box.get_attribute("value") == "" else "!")
try:
    driver.find_element(By.ID, "enter").click()
except ElementNotInteractableException:
    click("9")
assert driver.current_url == "http://shop.test/a"
driver.find_element(By.ID, "gone")
"""


def test_a_program_does_one_action_a_step_and_decides_by_what_it_saw() -> None:
    emptied = seen(html=seen().html.replace(' value="Al"', ""))
    hidden = seen("<button> is hidden", emptied.html)
    after = [emptied, emptied, hidden, emptied]
    now, steps, actions = seen(), [], []
    for observation in after:
        action = advance(PROGRAM, steps, now).action
        actions.append(action)
        steps = [*steps, Step(observation=now, action=str(action))]
        now = observation
    ended = advance(PROGRAM, steps, now)

    assert actions == ["clear('4')", "type('4', 'Bob')", "click('8')", "click('9')"]
    assert (ended.action, ended.outcome.kind, ended.outcome.line) == (None, "raised", 10)


def test_a_program_that_does_something_else_than_it_did_has_strayed() -> None:
    progress = advance(PROGRAM, [Step(observation=seen(), action="click('1')")], seen())

    assert (progress.action, str(progress.outcome)) == (
        None,
        "clear('4') where click('1') was done",
    )
