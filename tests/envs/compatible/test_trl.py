"""Environments for TRL's GRPOTrainer: what it looks for, and training with it where it is there."""

import importlib.util
import inspect
import os
from pathlib import Path
from typing import Literal, get_type_hints

import pytest

from tests.serving.servers import environments
from webagents.actions import ACTIONS
from webagents.envs.compatible.trl import EnvironmentFactory, rows
from webagents.errors import ActionError, BrowserDied, UnknownTask, UserError

CLICK, SHOP = "miniwob.click-test", "webshop-text"
EXAMPLE = Path(__file__).parents[3] / "examples" / "grpo.py"


def tools(made):
    """The tools of an environment, by name, as TRL finds them: on its class."""
    functions = inspect.getmembers(type(made), predicate=inspect.isfunction)
    taken = ("reset", "get_reward")
    return {n: getattr(made, n) for n, _ in functions if n not in taken and not n.startswith("_")}


# ---------------------------------------------------------------------- what TRL looks for
def test_every_action_can_be_a_tool_with_hints_and_a_docstring():
    made = EnvironmentFactory(CLICK, actions=list(ACTIONS))()
    assert set(tools(made)) == set(ACTIONS)
    for name, tool in tools(made).items():
        parameters = inspect.signature(tool).parameters
        assert tool.__name__ == name
        assert list(parameters) == [each.name for each in ACTIONS[name].parameters]
        assert set(get_type_hints(tool)) == set(parameters)
        assert tool.__doc__.startswith(ACTIONS[name].help)
        assert all(f"    {each}: " in tool.__doc__ for each in parameters)
    assert get_type_hints(made.click) == {
        "ref": str,
        "button": Literal["left", "middle", "right"],
        "modifiers": list[Literal["Alt", "Control", "ControlOrMeta", "Meta", "Shift"]],
    }
    assert get_type_hints(made.mouse_down)["x"] == float | None


def test_the_actions_that_are_tools_can_be_chosen():
    assert set(tools(EnvironmentFactory(CLICK, actions=["click", "noop"])())) == {"click", "noop"}
    with pytest.raises(ActionError, match="no action 'clik'"):
        EnvironmentFactory(CLICK, actions=["clik"])


def test_rows_are_tasks_by_seeds():
    made = rows("miniwob.click-test,miniwob.click-test-2", range(2), prompt="Play.\n")
    assert [(each["task"], each["seed"]) for each in made] == [
        (CLICK, 0),
        (CLICK, 1),
        (f"{CLICK}-2", 0),
        (f"{CLICK}-2", 1),
    ]
    assert made[0]["prompt"] == [{"role": "user", "content": "Play.\n"}]


# ---------------------------------------------------------------------- episodes
def test_an_episode_is_played_with_tools_and_ends_with_a_reward():
    with EnvironmentFactory(CLICK) as factory:
        made = factory()
        began = made.reset(prompt=[], seed=0)
        assert began.startswith("Instruction: Click the button.\nThere are at most 4 steps.\n")
        assert made.click(ref="999").startswith("Error: ")
        assert (made.get_reward(), made.done) == (0.0, False)
        over = made.click("5")
        assert over == "The episode is over: it succeeded after 2 steps, with reward 1."
        assert (made.get_reward(), made.success, made.done) == (1.0, True, True)
        with pytest.raises(UserError, match="the episode is over"):
            made.click(ref="5")
        assert made.reset(seed=0) == began
        assert (made.get_reward(), made.success, made.done) == (0.0, False, False)


def test_rollouts_share_a_browser_and_each_has_a_page_of_its_own():
    with EnvironmentFactory(CLICK) as factory:
        one, other = factory(), factory()
        assert one.reset(seed=3) == other.reset(seed=3)
        one.click(ref="5")
        assert (one.done, other.done) == (True, False)
        assert one.reset(task=SHOP, seed=3).startswith("Instruction: ")
        assert "at most 4" in one.reset(task=CLICK, seed=3)


def test_a_factory_that_is_dropped_ends_its_browser():
    factory = EnvironmentFactory(CLICK)
    made = factory()
    made.reset(seed=0)
    pid = factory._browser.pid
    del made, factory
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_broken_machine_is_no_reward_and_the_next_episode_works():
    with EnvironmentFactory(CLICK) as factory:
        made, other = factory(), factory()
        made.reset(seed=0)
        other.reset(seed=0)
        factory._browser.close()
        with pytest.raises(BrowserDied):
            made.click(ref="5")
        assert made.get_reward() is None
        with pytest.raises(UserError, match="the episode is over"):
            made.click(ref="5")
        assert other.reset(seed=1) == made.reset(seed=1)
        assert made.get_reward() == 0.0


def test_wrong_calls_cost_a_step_and_wrong_rows_are_told():
    with EnvironmentFactory(SHOP, actions=["click", "search"], max_steps=3) as factory:
        made = factory()
        with pytest.raises(UserError, match="the episode is over"):
            made.click(ref="5")
        with pytest.raises(UserError, match="a row has no seed"):
            made.reset(task=SHOP)
        with pytest.raises(UnknownTask, match=r"names \d+ tasks; an episode is of one"):
            made.reset(task="@webgum56", seed=0)
        made.reset(seed=0, options={"goal": 3})
        assert made.click().startswith("Error: click: 'ref' is missing")
        assert made.click(ref="5", nope=1).startswith("Error: click: no parameter 'nope'")
        assert made.search("red") == ("The episode is over: it failed, for it has at most 3 steps.")
    with pytest.raises(UserError, match="which task"):
        EnvironmentFactory()().reset(seed=0)


def test_pictures_come_as_blocks():
    with EnvironmentFactory(CLICK, screenshots=True) as factory:
        picture, text = factory().reset(seed=0)
    assert (picture["type"], picture["image"].size) == ("image", (160, 210))
    assert text["text"].startswith("Instruction: ")


def test_pages_on_a_server_are_played_as_here():
    with (
        environments(tasks=SHOP, sessions=2) as served,
        EnvironmentFactory(SHOP, url=served.url, actions=["search"]) as far,
        EnvironmentFactory(SHOP, actions=["search"]) as near,
    ):
        one, other = far(), near()
        assert one.reset(seed=5) == other.reset(seed=5)
        assert one.search(query="red") == other.search(query="red")


# ---------------------------------------------------------------------- with TRL
@pytest.fixture
def example(monkeypatch):
    pytest.importorskip("trl")
    monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    spec = importlib.util.spec_from_file_location("grpo_example", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
def test_the_example_trains_a_tiny_random_model(example, tmp_path):
    asked = ["--steps", "2", "--plays", "2", "--length", "32", "--out", str(tmp_path)]
    logged = example.main(asked)
    assert [each["step"] for each in logged] == [1, 2, 2]
    assert logged[0]["reward"] == 0.0
    assert logged[-1]["train_runtime"] > 0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
def test_the_trainer_calls_the_tools_and_learns_from_the_reward(example, tmp_path):
    from datasets import Dataset
    from transformers import Qwen3ForCausalLM
    from trl import GRPOConfig, GRPOTrainer

    model, tokenizer = example.tiny()

    class Knowing(Qwen3ForCausalLM):
        """A model whose even plays click the button, and whose odd ones click nothing."""

        turns: list[str] = []  # noqa: RUF012

        def generate(self, input_ids, **_):
            said = [tokenizer.decode(row) for row in input_ids]
            self.turns.extend(said)
            texts = [
                "Done."
                if "<tool_response>" in text
                else '<tool_call>\n{"name": "click", "arguments": {"ref": "%s"}}\n</tool_call>'
                % ("999" if n % 2 else "5")
                for n, text in enumerate(said)
            ]
            written = tokenizer([f"{text}<|im_end|>" for text in texts], padding=True)
            return torch.cat([input_ids, torch.tensor(written["input_ids"])], dim=1)

    import torch

    tokenizer.padding_side = "right"
    model.__class__ = Knowing
    config = GRPOConfig(
        output_dir=str(tmp_path),
        max_steps=1,
        num_generations=2,
        per_device_train_batch_size=2,
        max_completion_length=1024,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        bf16=False,
        dataloader_pin_memory=False,
    )
    with EnvironmentFactory(actions=["click"]) as factory:
        trainer = GRPOTrainer(
            model=model,
            processing_class=tokenizer,
            args=config,
            train_dataset=Dataset.from_list(rows(CLICK, [0])),
            environment_factory=factory,
        )
        trainer.train()
    logged = trainer.state.log_history[0]
    assert "Instruction: Click the button." in Knowing.turns[0]
    assert '"name": "click"' in Knowing.turns[0]
    assert "it succeeded after 1 step" in Knowing.turns[2]
    assert "Error: " in Knowing.turns[3]
    assert (logged["reward"], logged["tools/call_frequency"]) == (0.5, 1.0)
    assert logged["tools/failure_frequency"] == 0.0
    assert logged["grad_norm"] > 0
