"""Farama's observations and actions on our pages, beside Farama's own package where it can run."""

import http.server
import os
import shutil

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from webagents.browsers.loop import run
from webagents.envs.compatible.miniwob import ActionSpaceConfig, ActionTypes, MiniWoBEnvironment
from webagents.envs.compatible.miniwob.environment import QUESTION
from webagents.errors import UnknownTask, UserError

LIMIT_SECONDS = 5.0


@pytest.fixture
def made(browser):
    """Makes environments that share a browser, and closes them."""
    open_ = []

    def make(task, **options):
        open_.append(MiniWoBEnvironment(task, browser=browser, **options))
        return open_[-1]

    yield make
    for env in open_:
        env.close()


def element(observation, **wanted):
    return next(
        each
        for each in observation["dom_elements"]
        if all(each[name] == value for name, value in wanted.items())
    )


def test_the_observation_is_faramas_in_their_own_space(made):
    env = made("click-test-2")
    observation, info = env.reset(seed=42)
    assert observation in env.observation_space
    assert (observation["utterance"], observation["fields"]) == (
        "Click button ONE.",
        (("target", "ONE"),),
    )
    shown = [
        (each["ref"], each["parent"], each["tag"], each["text"], list(each["flags"]))
        for each in observation["dom_elements"]
    ]
    assert shown == [
        (1, 0, "body", "", [1, 0, 0, 0]),
        (2, 1, "div", "", [0, 0, 0, 0]),
        (3, 2, "div", "", [0, 0, 0, 0]),
        (4, 3, "button", "ONE", [0, 0, 0, 1]),
        (5, 3, "button", "TWO", [0, 0, 0, 1]),
    ]
    assert info["root_dom"].children[0].children[0].children[0].text == "ONE"
    metadata = {name: info[name] for name in ("done", "env_reward", "raw_reward", "reason")}
    assert metadata == {"done": False, "env_reward": 0, "raw_reward": 0, "reason": None}


def test_the_right_element_clicked_ends_the_episode_with_an_empty_observation(made):
    env = made("click-test-2")
    observation, _ = env.reset(seed=42)
    one = element(observation, text="ONE")
    action = env.create_action(ActionTypes.CLICK_ELEMENT, ref=one["ref"])
    observation, reward, terminated, truncated, info = env.step(action)
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert (observation["utterance"], observation["dom_elements"]) == ("", ())
    assert not observation["screenshot"].any()
    assert (info["done"], info["raw_reward"], info["elapsed"], info["error"]) == (True, 1, 0.2, "")


def test_fields_are_typed_into_the_element_that_is_focused(made):
    env = made("login-user")
    observation, _ = env.reset(seed=1)
    kind = ActionTypes.FOCUS_ELEMENT_AND_TYPE_FIELD
    for number, (_, text) in enumerate(observation["fields"]):
        field = element(observation, id=("username", "password")[number])
        observation = env.step(env.create_action(kind, ref=field["ref"], field=number))[0]
        field = element(observation, id=("username", "password")[number])
        assert (field["value"], list(field["flags"][:2])) == (text, [1, 1])
    button = element(observation, tag="button")
    assert env.step(env.create_action("CLICK_ELEMENT", ref=button["ref"]))[1] > 0.9


def test_a_point_is_clicked_and_a_bin_at_its_middle(made):
    env = made("click-test", action_space_config="humphreys22")
    observation, _ = env.reset(seed=0)
    button = element(observation, tag="button")
    bins = [
        int((button[side] + button[size] / 2).item() / full * 51)
        for side, size, full in (("left", "width", 160), ("top", "height", 210))
    ]
    assert env.step(env.create_action(ActionTypes.CLICK_COORDS, coords=np.array(bins)))[2]


def test_keys_and_text_go_where_the_focus_is(made):
    env = made("enter-text")
    observation, _ = env.reset(seed=1)
    field = element(observation, tag="input_text")
    env.step(env.create_action(ActionTypes.CLICK_ELEMENT, ref=field["ref"]))
    env.step(env.create_action(ActionTypes.TYPE_TEXT, text='say "it\'s" \\n'))
    keys = env.action_space_config.allowed_keys
    for key in ("<Backspace>", "<Numpad7>", "A", "<NumpadAdd>"):
        number = keys.index(key)
        observation = env.step(env.create_action(ActionTypes.PRESS_KEY, key=number))[0]
    assert element(observation, tag="input_text")["value"] == 'say "it\'s" \\7A+'
    env.step(env.create_action(ActionTypes.PRESS_KEY, key=keys.index("C-a")))
    observation = env.step(env.create_action(ActionTypes.PRESS_KEY, key=keys.index("<Delete>")))[0]
    assert element(observation, tag="input_text")["value"] == ""


def test_scrolling_moves_what_lies_under_the_point(made):
    env = made("click-scroll-list")
    observation, _ = env.reset(seed=1)
    before = element(observation, tag="option")["top"].item()
    where = np.array([80.0, 100.0], dtype=np.float32)
    observation = env.step(env.create_action(ActionTypes.SCROLL_DOWN_COORDS, coords=where))[0]
    assert element(observation, tag="option")["top"].item() < before


@pytest.mark.parametrize("action", [{"ref": 999}, {"ref": 0}])
def test_a_ref_that_is_not_there_is_told_and_ends_nothing(made, action):
    env = made("click-test-2")
    env.reset(seed=42)
    _, reward, terminated, _, info = env.step(env.create_action("CLICK_ELEMENT", **action))
    assert (reward, terminated) == (0.0, False)
    assert info["error"].startswith(f"no element has ref {action['ref']}; dom_elements has [1, 2,")


def test_numbers_beyond_the_action_space_are_told(made):
    env = made("click-test")
    env.reset(seed=0)
    key = {"action_type": env.create_action("PRESS_KEY")["action_type"], "key": 999}
    told = [env.step(action)[4]["error"] for action in ({"action_type": 99}, key)]
    assert told == [
        "action_type 99: there are 14, counted from 0",
        "key 999: there are 104, counted from 0",
    ]


def test_nothing_is_done_by_none_and_by_the_action_that_says_so(made):
    env = made("click-test-2")
    env.reset(seed=42)
    seen = [env.step(each)[4]["elapsed"] for each in (None, env.create_action(ActionTypes.NONE))]
    assert seen == [0.2, 0.4]


def test_the_reward_is_the_page_s_over_time_unless_a_processor_makes_another(made):
    from miniwob.reward import get_raw_reward

    rewards = []
    for options in ({}, {"reward_processor": get_raw_reward}):
        env = made("click-test-2", wait_ms=1800, **options)
        observation, _ = env.reset(seed=42)
        env.step(None)
        one = element(observation, text="ONE")
        rewards.append(env.step(env.create_action("CLICK_ELEMENT", ref=one["ref"]))[1])
    assert rewards == [pytest.approx(0.8), 1.0]


def test_options_of_a_reset_hold_from_there_on(made):
    env = made("click-test-2")
    assert env.reset(seed=1)[0]["screenshot"].any()
    options = {"record_screenshots": False, "data_mode": "test"}
    for given in (options, None):
        observation, _ = env.reset(seed=1, options=given)
        assert not observation["screenshot"].any()
        assert observation in env.observation_space
    assert env.reset(seed=1, options={"record_screenshots": True})[0]["screenshot"].any()


def test_a_field_extractor_reads_what_the_page_does_not_name(made):
    env = made("click-test-2", field_extractor=lambda words: [("first", words.split()[0])])
    assert env.reset(seed=42)[0]["fields"] == (("first", "Click"),)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"base_url": "http://localhost"}, "base_url='http://localhost' cannot be given"),
        ({"block_on_reset": False}, "block_on_reset=False cannot be given; only True"),
        ({"waits": 3}, "no option 'waits' here"),
        ({"action_space_config": "shi18"}, "Unknown preset name shi18"),
        ({"data_mode": "dev"}, "data_mode='dev' is not one of"),
    ],
)
def test_what_cannot_be_given_is_refused_by_name(options, error):
    with pytest.raises(UserError, match=error):
        MiniWoBEnvironment("click-test", **options)


def test_mistakes_of_the_program_are_named(made):
    with pytest.raises(UnknownTask, match="did you mean"):
        MiniWoBEnvironment("click-tset")
    env = made("click-test", action_space_config="liu18")
    with pytest.raises(UserError, match="no action type 'PRESS_KEY'; there are NONE, CLICK_ELEME"):
        env.create_action("PRESS_KEY")
    with pytest.raises(UserError, match="no 'text' in an action; there is action_type, field, ref"):
        env.create_action("NONE", text="x")
    with pytest.raises(UserError, match="no option 'screenshots'"):
        env.reset(options={"screenshots": False})
    with pytest.raises(UserError, match=r"call reset\(\) first"):
        env.step(None)
    for action, error in ((5, "an action is a dict"), ({"action_type": 1}, "lacks 'ref'")):
        with pytest.raises(UserError, match=error):
            env.step(action)


def test_a_configuration_that_is_given_is_left_as_it_was(made):
    config = ActionSpaceConfig.get_preset("shi17")
    env = made("flight.Alaska", action_space_config=config)
    assert (config.screen_width, env.action_space_config.screen_width) == (None, 375)


@pytest.mark.filterwarnings("ignore:.*(For Box action spaces|is infinity|is -infinity)")
def test_gymnasiums_checker_passes(made):
    env = made("enter-date")
    check_env(env, skip_render_check=True, skip_close_check=True)


def test_every_page_has_faramas_id():
    ids = [id_ for id_ in gymnasium.registry if id_.startswith("miniwob/")]
    ours = {id_ for id_ in ids if "webagents" in gymnasium.registry[id_].entry_point}
    assert (len(ids), len(ours)) == (133, 133)
    assert {"miniwob/click-test-v1", "miniwob/flight.AA-v1", "miniwob/simon-says-v1"} <= ours


def test_refs_are_those_of_the_page_once_it_has_loaded(made):
    env = made("email-inbox")
    env.reset(seed=3)
    script = f"""(() => {{
      const late = document.querySelector("#open-search");
      const given = late.dataset.wob_ref;
      for (const one of document.querySelectorAll("[data-wob_ref]")) delete one.dataset.wob_ref;
      core.asked = undefined;
      core.nextRefCode = 1;
      late.style.display = "none";  // as long as its picture has not come
      ({QUESTION})();
      late.style.display = "";
      ({QUESTION})();
      return [given, late.dataset.wob_ref];
    }})()"""
    played = env._env
    given, again = run(played._play._page.run(script), played._browser.source, LIMIT_SECONDS)
    assert given == again == "7"


def test_the_page_is_faramas_element_for_element(made, monkeypatch):
    for variable, name in (
        ("MINIWOB_CHROME_BINARY", "chromium"),
        ("MINIWOB_CHROMEDRIVER", "chromedriver"),
    ):
        if not shutil.which(name):
            pytest.skip(f"Farama's package needs {name}, which is not here")
        monkeypatch.setitem(os.environ, variable, shutil.which(name))
    monkeypatch.setattr(http.server.BaseHTTPRequestHandler, "log_message", lambda *_: None)
    from miniwob.environment import MiniWoBEnvironment as Farama

    theirs, ours = Farama("email-inbox"), made("email-inbox")
    try:
        there, here = theirs.reset(seed=3)[0], ours.reset(seed=3)[0]
    finally:
        theirs.close()
    assert (there["utterance"], there["fields"]) == (here["utterance"], here["fields"])
    for observation in (there, here):  # as wide as the window, which theirs leaves to the browser
        observation["dom_elements"][0].pop("width")
    plain = [
        [
            {name: np.asarray(value).tolist() for name, value in each.items()}
            for each in seen["dom_elements"]
        ]
        for seen in (there, here)
    ]
    assert plain[0] == plain[1]
