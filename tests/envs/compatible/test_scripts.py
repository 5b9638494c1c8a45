"""Scripts written for Farama's package and for BrowserGym run here with only their import changed.

They are ours, in the shape of the two projects' own examples.
"""

import os
import shutil
import subprocess
import sys

import pytest

MINIWOB = """
import gymnasium
{imported}

gymnasium.register_envs(miniwob)
env = gymnasium.make("miniwob/click-test-2-v1")
try:
    observation, info = env.reset(seed=42)
    print(observation["utterance"], observation["fields"])
    for element in observation["dom_elements"]:
        print(element["ref"], element["parent"], element["tag"], repr(element["text"]))
        if element["text"] == observation["fields"][0][1]:
            target = element
    action = env.unwrapped.create_action({types}.CLICK_ELEMENT, ref=target["ref"])
    observation, reward, terminated, truncated, info = env.step(action)
    print(reward > 0.8, terminated, truncated, info["raw_reward"])
finally:
    env.close()
"""
MINIWOB_SAID = """Click button ONE. (('target', 'ONE'),)
1 0 body ''
2 1 div ''
3 2 div ''
4 3 button 'ONE'
5 3 button 'TWO'
True True False 1
"""

LOOP = """
import gymnasium as gym
{imported}

env = gym.make("browsergym/miniwob.choose-list")
obs, info = env.reset(seed=3)
print(obs["goal"])
wanted = obs["goal"].split()[1]
tree = flatten_axtree_to_str(obs["axtree_object"]).splitlines()
bids = {{}}
for line in tree:
    bid, _, rest = line.strip().partition(" ")
    bids.setdefault(rest.split(" ")[0], bid.strip("[]"))
actions = iter(
    [f"select_option('{{bids['combobox']}}', '{{wanted}}')", f"click('{{bids['button']}}')"]
)
while True:
    obs, reward, terminated, truncated, info = env.step(next(actions))
    print(obs["last_action"], repr(obs["last_action_error"]), reward)
    if terminated or truncated:
        break
env.close()
ids = [id for id in gym.envs.registry.keys() if id.startswith("browsergym/miniwob")]
print(len(ids))
"""

AGENT = """
import dataclasses
{imported}


class Rule(Agent):
    def obs_preprocessor(self, obs):
        return {{
            "goal_object": obs["goal_object"],
            "last_action_error": obs["last_action_error"],
            "axtree_txt": flatten_axtree_to_str(obs["axtree_object"]),
            "pruned_html": prune_html(flatten_dom_to_str(obs["dom_object"])),
        }}

    def __init__(self, demo_mode):
        super().__init__()
        self.action_set = HighLevelActionSet(
            subsets=["chat", "tab", "nav", "bid", "infeas"],
            strict=False,
            multiaction=False,
            demo_mode=demo_mode,
        )
        assert "click(bid" in self.action_set.describe(
            with_long_description=False, with_examples=True
        )

    def get_action(self, obs):
        word = obs["goal_object"][0]["text"].split()[-1].rstrip(".")
        (line,) = [each for each in obs["axtree_txt"].splitlines() if repr(word) in each]
        bid = line.strip().split("]")[0][1:]
        return f"I click on the button.\\n```click('{{bid}}')```", {{"word": word}}


@dataclasses.dataclass
class RuleArgs(AbstractAgentArgs):
    demo_mode: str = "off"

    def make_agent(self):
        return Rule(self.demo_mode)


env_args = EnvArgs(task_name="miniwob.click-test-2", task_seed=0, max_steps=5, headless=True)
exp_args = ExpArgs(env_args=env_args, agent_args=RuleArgs())
exp_args.prepare("./results")
exp_args.run()
record = get_exp_result(exp_args.exp_dir).get_exp_record()
print(record["env.task_name"], record["n_steps"], record["cum_reward"], record["terminated"])
"""


def said(script, folder):
    """What a script prints, in a process where warnings are errors."""
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("imported", "types"),
    [
        ("from webagents.envs.compatible import miniwob", "miniwob.ActionTypes"),
        (
            "from webagents.envs.compatible import miniwob\nfrom miniwob.action import ActionTypes",
            "ActionTypes",
        ),
        (
            "import miniwob as theirs\nfrom webagents.envs.compatible import miniwob",
            "miniwob.ActionTypes",
        ),
    ],
)
def test_a_script_for_miniwob_runs(imported, types, tmp_path):
    script = MINIWOB.format(imported=imported, types=types)
    assert said(script, tmp_path) == MINIWOB_SAID


def test_the_same_script_says_the_same_with_faramas_package(tmp_path, monkeypatch):
    for variable, name in (
        ("MINIWOB_CHROME_BINARY", "chromium"),
        ("MINIWOB_CHROMEDRIVER", "chromedriver"),
    ):
        if not shutil.which(name):
            pytest.skip(f"Farama's package needs {name}, which is not here")
        monkeypatch.setitem(os.environ, variable, shutil.which(name))
    imported = "import miniwob\nfrom miniwob.action import ActionTypes"
    script = MINIWOB.format(imported=imported, types="ActionTypes")
    assert said(script, tmp_path) == MINIWOB_SAID


def test_a_loop_for_browsergym_runs(tmp_path):
    imported = (
        "from webagents.envs.compatible import browsergym\n"
        "from webagents.envs.compatible.browsergym import flatten_axtree_to_str"
    )
    goal, *lines, ids = said(LOOP.format(imported=imported), tmp_path).splitlines()
    assert goal.startswith("Select ")
    assert [line.split(")")[-1] for line in lines] == [" '' 0.0", " '' 1.0"]
    assert ids == "125"


def test_an_agent_for_browsergyms_experiments_runs(tmp_path):
    imported = (
        "from webagents.envs.compatible.browsergym import (\n"
        "    AbstractAgentArgs, Agent, EnvArgs, ExpArgs, HighLevelActionSet,\n"
        "    flatten_axtree_to_str, flatten_dom_to_str, get_exp_result, prune_html,\n)"
    )
    assert said(AGENT.format(imported=imported), tmp_path) == "miniwob.click-test-2 1 1.0 True\n"
    assert len(list((tmp_path / "results").iterdir())) == 1
