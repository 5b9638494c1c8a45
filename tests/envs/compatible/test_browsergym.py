"""BrowserGym's keys, ids and actions on our pages."""

import json

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from webagents.browsers.scripted import Scene, ScriptedBrowser
from webagents.envs.compatible import browsergym
from webagents.envs.compatible.browsergym import (
    BrowserEnv,
    EnvArgs,
    ExpArgs,
    HighLevelActionSet,
    flatten_axtree_to_str,
    flatten_dom_to_str,
    get_exp_result,
    prune_html,
)
from webagents.envs.compatible.browsergym.trees import axtree_object, body_of, element_properties
from webagents.envs.web_env import WebEnv
from webagents.errors import ActionError, UserError

GOAL = 'Enter the username "kenda" and the password "Ttlh" into the text fields and press login.'
TREE = """RootWebArea 'Login User Task', focused
	[5] paragraph ''
		[6] LabelText ''
			StaticText 'Username'
		[7] textbox ''
	[8] paragraph ''
		[9] LabelText ''
			StaticText 'Password'
		[10] textbox ''
	[11] button 'Login'"""


@pytest.fixture
def made(browser):
    """Makes environments that share a browser, and closes them."""
    open_ = []

    def make(task, **options):
        open_.append(BrowserEnv(task, browser=browser, **options))
        return open_[-1]

    yield make
    for env in open_:
        env.close()


def tree(page):
    return flatten_axtree_to_str(axtree_object(body_of(page), "A page"))


def test_the_observation_has_browsergyms_keys(made):
    env = made("miniwob.login-user")
    observation, info = env.reset(seed=3)
    assert observation in env.observation_space
    trees = {name: observation.pop(name) for name in ("axtree_object", "dom_object")}
    assert flatten_axtree_to_str(trees["axtree_object"]) == TREE
    assert observation.pop("screenshot").shape == (210, 160, 3)
    assert observation.pop("extra_element_properties")["11"] == {
        "visibility": 1.0,
        "bbox": [2.0, 166.0, 87.0, 31.0],
        "clickable": True,
        "set_of_marks": True,
    }
    assert (int(observation.pop("active_page_index")[0]), *observation.pop("elapsed_time")) == (
        0,
        0,
    )
    url = "http://miniwob.test/miniwob/login-user.html"
    assert observation == {
        "chat_messages": ({"role": "user", "timestamp": 0.0, "message": GOAL},),
        "goal": GOAL,
        "goal_object": ({"type": "text", "text": GOAL},),
        "open_pages_urls": (url,),
        "open_pages_titles": ("Login User Task",),
        "url": url,
        "focused_element_bid": "",
        "last_action": "",
        "last_action_error": "",
    }
    assert info["task_info"] == {
        "REWARD_GLOBAL": 0,
        "RAW_REWARD_GLOBAL": 0,
        "REWARD_REASON": None,
        "DONE_GLOBAL": False,
        "EPISODE_ID": 0,
        "TASK_READY": True,
    }


def test_actions_name_elements_by_their_bids_and_the_end_is_rewarded(made):
    env = made("miniwob.login-user")
    env.reset(seed=3)
    seen = env.step("fill('7', 'kenda')")[0]
    assert (seen["focused_element_bid"], seen["last_action"]) == ("7", "fill('7', 'kenda')")
    assert float(seen["elapsed_time"][0]) == 0.2
    assert "\t\t[7] textbox '' value='kenda', focused" in flatten_axtree_to_str(
        seen["axtree_object"]
    )
    env.step("fill(bid='10', value='Ttlh')")
    _, reward, terminated, truncated, info = env.step("click('11')")
    assert (reward, terminated, truncated, info["success"]) == (1.0, True, False, True)


def test_a_seed_begins_browsergyms_episode_of_that_seed(made, browser):
    ours = WebEnv("miniwob.login-user", browser=browser, seed_scheme="browsergym")
    instruction = ours.reset(seed=7)[0]["instruction"]
    ours.close()
    assert made("miniwob.login-user").reset(seed=7)[0]["goal"] == instruction


def test_the_page_is_shown_without_its_goal_unless_asked_for(made):
    for asked, shown in (({}, False), ({"remove_human_display": False}, True)):
        env = made("miniwob.login-user", task_kwargs=asked)
        observation, _ = env.reset(seed=3)
        assert ("kenda" in flatten_dom_to_str(observation["dom_object"])) is shown


def test_mistakes_come_back_as_the_last_actions_error(made):
    env = made("miniwob.click-test", action_mapping=HighLevelActionSet(["bid"]).to_python_code)
    env.reset(seed=0)
    errors = [
        env.step(action)[0]["last_action_error"]
        for action in ("clik('4')", "goto('http://x')", "click('99')", "", "noop()")
    ]
    assert [error[:42] for error in errors] == [
        "ActionError: no action 'clik' (did you mea",
        "ActionError: no action 'goto' in this set;",
        "no element has ref 99; the page's refs go ",
        "ActionError: no action in ''; write one su",
        "",
    ]


def test_what_is_said_to_the_user_is_in_the_chat_and_giving_up_ends_the_episode(made):
    env = made("miniwob.click-test")
    env.reset(seed=0)
    said, _, terminated, _, _ = env.step("send_msg_to_user('Which one?')")
    gone, reward, given_up, _, _ = env.step("report_infeasible('no idea')")
    assert [message["role"] for message in gone["chat_messages"]] == [
        "user",
        "assistant",
        "infeasible",
    ]
    assert [message["message"] for message in said["chat_messages"]][1:] == ["Which one?"]
    assert (terminated, given_up, reward) == (False, True, 0.0)


def state(raw=0.0, done=False):
    told = {"title": "Half", "RAW_REWARD_GLOBAL": raw, "DONE_GLOBAL": done}
    words = {"utterance": "Half of it.", "told": told}
    return {"ready": True, "done": done, "raw": raw, "original": raw, **words}


@pytest.mark.parametrize(("raw", "reward"), [(0.25, 1.0), (1.0, 1.0), (0.0, 0.0), (-1.0, 0.0)])
def test_any_reward_above_0_is_one_as_in_browsergym(raw, reward):
    scenes = {
        "begin": Scene("<button>half</button>", state()),
        "end": Scene("<p>Well.</p>", state(raw, done=True)),
    }
    browser = ScriptedBrowser(scenes, {("begin", "click('2')"): "end"})
    env = BrowserEnv("miniwob.click-test", browser=browser)
    env.reset(seed=0)
    _, given, terminated, _, info = env.step("click('2')")
    env.close()
    assert (given, terminated, info["success"]) == (reward, True, raw == 1.0)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"viewport": {"width": 500, "height": 320}}, "viewport=.* cannot be given; only None"),
        ({"wait_for_user_message": True}, "wait_for_user_message=True cannot be given"),
        ({"record_video_dir": "videos"}, "record_video_dir='videos' cannot be given"),
        ({"task_kwargs": {"start_url": "http://x"}}, "no option 'start_url' here"),
        ({"headles": True}, "no option 'headles' here"),
    ],
)
def test_what_cannot_be_given_is_refused_by_name(options, error):
    with pytest.raises(UserError, match=error):
        BrowserEnv("miniwob.click-test", **options)


def test_only_miniwobs_tasks_are_there():
    with pytest.raises(UserError, match=r"'webarena\.3' is none such as 'miniwob\.click-test'"):
        BrowserEnv("webarena.3")
    ids = [id_ for id_ in gymnasium.registry if id_.startswith("browsergym/")]
    assert (len(ids), "browsergym/miniwob.click-test" in ids) == (125, True)
    assert sorted(browsergym.register_tasks()) == sorted(ids)


def test_gymnasiums_checker_passes(made):
    check_env(made("miniwob.enter-date"), skip_render_check=True, skip_close_check=True)


def test_roles_and_names_follow_the_html():
    page = (
        '<body ref="1"><form ref="2"><label ref="3" for="a">Name</label>'
        '<input ref="4" id="a" type="text" value="Ada" required>'
        '<label ref="5"><input ref="6" type="checkbox" value="on" checked> Yes</label>'
        '<select ref="7" value="b"><option ref="8" value="a">A</option>'
        '<option ref="9" value="b" selected>B</option></select>'
        '<input ref="10" type="submit" value="" disabled></form>'
        '<h2 ref="11">Two</h2><a ref="12" href="#">Go</a><a ref="13">Not</a>'
        '<img ref="14" src="x.png" alt="A cat">'
        '<div ref="15" role="tab" aria-selected="true">T</div>'
        '<span ref="16" role="presentation">p</span><br ref="17"></body>'
    )
    assert tree(page).splitlines() == [
        "RootWebArea 'A page', focused",
        "\t[3] LabelText ''",
        "\t\tStaticText 'Name'",
        "\t[4] textbox 'Name' value='Ada', required",
        "\t[6] checkbox 'Yes', checked='true'",
        "\t[7] combobox '' value='B', hasPopup='menu', expanded=False",
        "\t\t[8] option 'A', selected=False",
        "\t\t[9] option 'B', selected",
        "\t[10] button 'Submit', disabled",
        "\t[11] heading 'Two', level=2",
        "\t[12] link 'Go'",
        "\tStaticText 'Not'",
        "\t[14] image 'A cat'",
        "\t[15] tab 'T', selected",
        "\tStaticText 'p'",
    ]


PAGE = (
    '<body ref="1" box="0 0 160 200"><div ref="2" box="0 0 160 50"><button ref="3"'
    ' box="10 20 30 10">On &lt;it&gt;</button></div>'
    '<button ref="4" box="0 300 5 5" shown="no">Off</button></body>'
)


def test_flags_say_what_the_texts_tell_and_leave_out():
    root = body_of(PAGE)
    tree_, extra = axtree_object(root, "T"), element_properties(root)
    told = flatten_axtree_to_str(
        tree_,
        extra,
        with_visible=True,
        with_clickable=True,
        with_som=True,
        with_center_coords=True,
        with_bounding_box_coords=True,
        filter_som_only=True,
        coord_decimals=1,
    )
    assert told.splitlines()[1] == (
        "\t[3] button 'On <it>', visible, clickable, som, center=\"(25.0,25.0)\", "
        'box="(10.0,20.0,40.0,30.0)"'
    )
    assert len(told.splitlines()) == 2
    visible = flatten_axtree_to_str(tree_, extra, filter_visible_only=True, hide_all_bids=True)
    assert "Off" not in visible
    assert "[" not in visible
    with pytest.raises(UserError, match="with_som needs extra_properties"):
        flatten_axtree_to_str(tree_, with_som=True)
    with pytest.raises(UserError, match="no flag 'with_sum'; the flags are with_visible"):
        flatten_axtree_to_str(tree_, with_sum=True)


def test_html_is_written_with_bids_and_pruned_of_what_says_nothing(made):
    observation, _ = made("miniwob.click-test").reset(seed=0)
    page = flatten_dom_to_str(observation["dom_object"])
    assert page == (
        '<html><body bid="1"><div bid="2" id="wrap"> <div bid="3" id="area">'
        '<button bid="4" id="subbtn">Click Me!</button></div></div></body></html>'
    )
    bare = (
        '<html><body bid="1"><div><p bid="3" class="x">a <b bid="4">b</b></p></div></body></html>'
    )
    assert prune_html(bare) == '<html><p bid="3" class="x">a b</p></html>'
    assert prune_html("") == ""


def test_an_action_set_describes_and_reads_what_is_in_it():
    actions = HighLevelActionSet("miniwob_liu18", multiaction=False, strict=False, demo_mode="off")
    told = actions.describe(with_long_description=False, with_examples=True)
    assert told.splitlines() == [
        "3 actions, of which one is taken at a time:",
        "noop(wait_ms=0)",
        "click(bid, button='left', modifiers=[])",
        "fill(bid, text)",
        "Examples:",
        "noop()",
        "click('12')",
        "fill('5', 'a text')",
    ]
    assert actions.to_python_code("I click.\n```\nclick(bid='12')\n```") == "click('12')"
    with pytest.raises(ActionError, match="one action a step"):
        actions.to_python_code("click('1')\nclick('2')")
    with pytest.raises(UserError, match="no subset 'bids'; the subsets are chat"):
        HighLevelActionSet(["bids"])


class Presses(browsergym.Agent):
    action_set = HighLevelActionSet(["bid"])

    def get_action(self, obs):
        line = next(line for line in obs["axtree_txt"].splitlines() if "button" in line)
        return f"click('{line.strip()[1:].partition(']')[0]}')", {"line": line.strip()}


class PressesArgs(browsergym.AbstractAgentArgs):
    def make_agent(self):
        return Presses()


def test_an_experiment_leaves_its_record_as_json(tmp_path, browser):
    folders = []
    for _ in range(2):
        experiment = ExpArgs(
            agent_args=PressesArgs(agent_name="presses"),
            env_args=EnvArgs(task_name="miniwob.click-test", task_seed=4, max_steps=3),
            env_options={"browser": browser},
        )
        experiment.prepare(tmp_path)
        experiment.run()
        folders.append(experiment.exp_dir)
    assert len(set(folders)) == 2
    result = get_exp_result(folders[0])
    record = result.get_exp_record()
    named = ("env.task_name", "env.task_seed", "agent.agent_name", "n_steps", "cum_reward")
    assert [record[name] for name in named] == ["miniwob.click-test", 4, "presses", 1, 1.0]
    assert (record["terminated"], record["truncated"]) == (True, False)
    assert result.steps[0]["notes"] == {"line": "[4] button 'Click Me!'"}
    assert sorted(path.name for path in folders[0].iterdir()) == ["record.json", "steps.jsonl"]
    assert json.loads((folders[0] / "record.json").read_text())["versions"]["miniwob"]


def test_an_experiment_ends_at_its_step_limit(tmp_path, browser):
    env_args = EnvArgs("miniwob.click-test-2", task_seed=1, max_steps=2)

    class Waits(Presses):
        def get_action(self, obs):
            return "noop()", {}

    class Args(PressesArgs):
        def make_agent(self):
            return Waits()

    experiment = ExpArgs(Args(), env_args, env_options={"browser": browser})
    with pytest.raises(UserError, match="call prepare"):
        experiment.run()
    experiment.prepare(tmp_path)
    with pytest.raises(UserError, match=r"no record\.json in"):
        get_exp_result(experiment.exp_dir).get_exp_record()
    experiment.run()
    record = get_exp_result(experiment.exp_dir).get_exp_record()
    assert (record["n_steps"], record["terminated"], record["truncated"]) == (2, False, True)


def test_the_same_seed_and_actions_give_the_same_observations(made):
    def played():
        env = made("miniwob.email-inbox")
        seen = [env.reset(seed=5)[0], *(env.step(f"click('{ref}')")[0] for ref in (9, 14, 20))]
        pictures = [each.pop("screenshot") for each in seen]
        return repr(seen), np.stack(pictures)

    first, second = played(), played()
    assert first[0] == second[0]
    assert (first[1] == second[1]).all()
