"""The same seed and actions give the same bytes, in any process, on any load."""

import numpy as np
import pytest

from webagents.envs.catalogue import load, select
from webagents.envs.checks import Difference, difference, repeat
from webagents.envs.checks.command import main

# Between them: motion, animation, a date picker, typing, dragging, lists, a caret, an iframe.
FEW = (
    "miniwob.chase-circle",
    "miniwob.click-collapsible",
    "miniwob.choose-date",
    "miniwob.login-user",
    "miniwob.drag-items",
    "miniwob.email-inbox-reply",
    "miniwob.use-slider-2",
    "miniwob.flight.AA",
    "site.map",
    "webshop",
    "webshop-text",
)


@pytest.mark.timeout(240)
def test_a_paused_process_on_a_busy_machine_sees_the_same_bytes():
    assert [found for _, found in repeat(FEW, seed=3, steps=8) if found] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_task_is_exactly_repeatable():
    tasks = [spec.id for spec in load().values()]
    assert [found for _, found in repeat(tasks) if found] == []


def moment(html="<body>", screenshot=b""):
    return {"did": "click('1')", "html": html, "screenshot": screenshot}


def test_the_first_difference_is_told_with_its_step_its_keys_and_where_the_values_part():
    first = [moment(), moment("<p>one</p>")]
    second = [moment(), moment("<p>two</p>")]
    assert difference("t", first, second) == Difference(
        "t", 1, ("html",), "click('1'): html '<p>one</p>' | '<p>two</p>'"
    )
    assert difference("t", first, list(first)) is None


def test_differing_pictures_are_told_as_the_box_of_pixels_that_differ():
    import zlib

    dark = np.zeros((4, 5, 3), np.uint8)
    light = dark.copy()
    light[1:3, 2] = 255
    first, second = (
        [moment(screenshot=(each.shape, zlib.compress(each.tobytes())))] for each in (dark, light)
    )
    found = difference("t", first, second)
    assert found.told == "click('1'): screenshot differs in 2 pixels, x 2 to 2, y 1 to 2"


def test_a_machine_that_broke_twice_alike_is_a_difference_all_the_same():
    broken = [{"did": "noop()", "broken": "the page did not answer"}]
    assert difference("t", broken, list(broken)).keys == ("broken",)


def test_the_command_says_how_many_are_identical(capsys: pytest.CaptureFixture[str]):
    assert main(["repeat", "click-test", "--steps", "2", "--pause", "0"]) == 0
    assert capsys.readouterr().out.startswith("repeat: 1 of 1 tasks identical over 2 actions")


def test_an_unknown_task_is_told(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["repeat", "click-tset"])
    assert "did you mean miniwob.click-test" in capsys.readouterr().err


def test_the_few_are_tasks():
    assert [spec.id for spec in select(FEW)] == list(FEW)
