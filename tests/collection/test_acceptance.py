import pytest

from webagents.collection.acceptance import judge
from webagents.collection.matching import renamed
from webagents.collection.plans import plans
from webagents.collection.recordings import Move, Recording, read
from webagents.errors import UserError
from webagents.rollout import Job, play_one
from webagents.types import Episode, Policy

BUTTONS = '<body ref="1"><button ref="5">ONE</button><button ref="6">TWO</button></body>'


def recording(*moves: Move, raw: float = 1.0, task: str = "miniwob.click-test-2") -> Recording:
    return Recording(task=task, seed=0, raw=raw, moves=moves, ended_ms=moves[-1].at_ms)


def played(job: Job, policy: Policy) -> Episode:
    return play_one(job.task, job.seed, policy)


def texts(plan) -> list[str]:
    return [f"{each.wait_ms:g}:{each.text}" if each.wait_ms else each.text for each in plan]


def test_an_action_finds_its_element_under_another_ref():
    now = '<body ref="1"><p ref="2">new</p><button ref="9">ONE</button><button ref="7">TWO</button>'
    assert renamed("click('6')", BUTTONS, now) == "click('7')"


def test_an_element_that_is_not_there_yet_is_told():
    now = '<body ref="1"><button ref="6">ONE</button></body>'
    assert renamed("click('6')", BUTTONS, now) is None


def test_of_elements_that_look_alike_the_one_in_the_same_place_is_meant():
    before = '<ul ref="1"><li ref="2">a</li><li ref="3">a</li></ul>'
    now = '<ul ref="1"><li ref="4">a</li><li ref="2">a</li></ul>'
    assert renamed("drag_and_drop('2', '3')", before, now) == "drag_and_drop('4', '2')"


def test_an_element_whose_id_a_library_counts_up_is_still_found():
    before = '<ul ref="1"><li ref="2" id="ui-id-7">Anguilla</li></ul>'
    now = '<ul ref="1"><li ref="9" id="ui-id-2">Anguilla</li></ul>'
    assert renamed("click('2')", before, now) == "click('9')"


def test_the_plainest_plan_waits_only_for_what_is_missing_and_leaves_out_what_is_spare():
    moves = (
        Move(ways=(("click('1')",), ("mouse_click(5, 5)",)), at_ms=900, spare=True),
        Move(ways=(("fill('1', 'An')",),), at_ms=1500),
        Move(ways=(("click('2')",), ("mouse_click(9, 9)",)), at_ms=3000, changed_ms=1950),
    )
    found = list(plans(recording(*moves), 200))
    assert [texts(plan) for plan in found] == [
        ["fill('1', 'An')", "250:click('2')"],
        ["fill('1', 'An')", "250:click('2')"],
        ["click('1')", "fill('1', 'An')", "250:click('2')"],
        ["mouse_click(5, 5)", "fill('1', 'An')", "250:mouse_click(9, 9)"],
        ["900:click('1')", "400:fill('1', 'An')", "1300:click('2')"],
        ["900:mouse_click(5, 5)", "400:fill('1', 'An')", "1300:mouse_click(9, 9)"],
    ]
    assert [plan[-1].needed for plan in found] == [True, False, False, False, False, False]


def test_what_the_page_did_before_a_spare_move_is_waited_for_without_it():
    moves = (
        Move(ways=(("fill('1', 'An')",),), at_ms=500),
        Move(ways=(("hover('2')",),), at_ms=1200, changed_ms=1000, spare=True),
        Move(ways=(("click('2')",),), at_ms=1400),
    )
    assert texts(next(plans(recording(*moves), 200))) == ["fill('1', 'An')", "300:click('2')"]


def test_a_recording_that_the_environment_agrees_with_is_kept_as_the_environments_episode():
    move = Move(ways=(("click('5')",),), html=BUTTONS, at_ms=812.0)
    episode, reason = judge(recording(move), played, success_at=1.0, action_ms=200.0)
    assert reason == ""
    assert episode is not None
    assert episode.success
    assert [step.action for step in episode.steps] == ["click('5')"]
    assert dict(episode.steps[0].notes) == {"move": 0, "person_ms": 812.0}
    assert episode.steps[0].observation.screenshot is not None


def test_a_reward_that_the_environment_does_not_give_is_told():
    move = Move(ways=(("click('6')",),), html=BUTTONS)
    verdict = judge(recording(move), played, success_at=1.0, action_ms=200.0)
    assert verdict == (None, "your page gave the reward 1, the replay -1")


def test_a_replay_that_does_not_finish_the_task_is_told():
    move = Move(ways=(("mouse_click(150, 200)",),), html=BUTTONS)
    verdict = judge(recording(move), played, success_at=1.0, action_ms=200.0)
    assert verdict == (None, "the replay did the same, and the task was not finished")


def test_an_element_that_the_replay_lacks_is_told():
    page = '<body ref="1"><button ref="5">THREE</button></body>'
    move = Move(ways=(("click('5')",),), html=page)
    verdict = judge(recording(move), played, success_at=1.0, action_ms=200.0)
    assert verdict.reason == (
        "in the replay, what click('5') (action 1) was done to was not on the page"
    )


def test_where_an_element_is_not_enough_the_point_is_played():
    moves = Move(ways=(("click('1')",), ("mouse_click(20, 70)",)), html=BUTTONS)
    verdict = judge(recording(moves), played, success_at=1.0, action_ms=200.0)
    assert verdict.episode is not None
    assert [step.action for step in verdict.episode.steps] == ["mouse_click(20, 70)"]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"task": "t", "seed": 0, "raw": float("nan"), "ended_ms": 0, "moves": []},
        {"task": "t", "seed": 0, "raw": 1, "ended_ms": 0, "moves": [{"ways": []}]},
        {"task": "t", "seed": 0, "raw": 1, "ended_ms": 0, "moves": 7},
        {
            "task": "t",
            "seed": 0,
            "raw": 1,
            "ended_ms": 0,
            "moves": [
                {"ways": [["jump('1')"]], "html": "", "at_ms": 0, "changed_ms": None, "spare": 0}
            ],
        },
    ],
)
def test_what_is_no_recording_is_refused(told):
    with pytest.raises(UserError):
        read(told)
