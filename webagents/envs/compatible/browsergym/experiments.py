"""BrowserGym's way of running one agent on one task, kept as JSON instead of pickles."""

from __future__ import annotations

import json
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import gymnasium

from webagents.envs.compatible.browsergym.environment import BrowserEnv
from webagents.envs.compatible.browsergym.flattening import (
    flatten_axtree_to_str,
    flatten_dom_to_str,
    prune_html,
)
from webagents.envs.play import MAX_SEED
from webagents.errors import UserError
from webagents.provenance import current_versions, write

_RECORD, _STEPS = "record.json", "steps.jsonl"


class Agent(ABC):
    """What acts: an observation in, an action's text out.

    `action_set`, where there is one, reads the texts (`HighLevelActionSet`).
    """

    action_set: Any = None

    def obs_preprocessor(self, obs: dict[str, Any]) -> dict[str, Any]:
        """What `get_action` is given: here, with the page as text in place of its trees."""
        seen = dict(obs)
        seen["axtree_txt"] = flatten_axtree_to_str(seen.pop("axtree_object"))
        seen["dom_txt"] = flatten_dom_to_str(seen.pop("dom_object"))
        seen["pruned_html"] = prune_html(seen["dom_txt"])
        return seen

    @abstractmethod
    def get_action(self, obs: Any) -> tuple[str | None, dict[str, Any]]:
        """The action's text and notes on it; None ends the episode."""


@dataclass
class AbstractAgentArgs(ABC):
    """What an agent is made from; a dataclass, so that it can be written down."""

    agent_name: str = ""

    @abstractmethod
    def make_agent(self) -> Agent:
        """A new agent."""

    def prepare(self) -> None:  # noqa: B027 (an agent may need none)
        """Called before the episode."""

    def close(self) -> None:  # noqa: B027
        """Called after it."""


@dataclass
class EnvArgs:
    """What an environment is made from.

    task_name: such as ``miniwob.click-test``.
    task_seed: None: one is drawn, and written down.
    max_steps: None: as many as the page lets.
    headless, viewport, wait_for_user_message, task_kwargs: see `BrowserEnv`.
    """

    task_name: str
    task_seed: int | None = None
    max_steps: int | None = None
    headless: bool = True
    viewport: dict[str, int] | None = None
    wait_for_user_message: bool = False
    task_kwargs: dict[str, Any] | None = None

    def make_env(
        self, action_mapping: Callable[[str], str] | None = None, **given: Any
    ) -> gymnasium.Env[dict[str, Any], str]:
        """The environment."""
        env: gymnasium.Env[dict[str, Any], str] = BrowserEnv(
            self.task_name,
            headless=self.headless,
            viewport=self.viewport,
            wait_for_user_message=self.wait_for_user_message,
            task_kwargs=self.task_kwargs,
            action_mapping=action_mapping,
            **given,
        )
        if self.max_steps is not None:
            env = gymnasium.wrappers.TimeLimit(env, self.max_steps)
        return env


@dataclass
class ExpArgs:
    """One agent on one task: an episode, and its record on disk.

    exp_dir: the folder of the record, which `prepare` makes.
    env_options: further options of `BrowserEnv`, such as `browser`; not written down.
    """

    agent_args: AbstractAgentArgs
    env_args: EnvArgs
    exp_dir: Path | None = None
    env_options: dict[str, Any] = field(default_factory=dict)

    def prepare(self, exp_root: str | Path) -> None:
        """Makes a folder of its own in `exp_root`, and draws the seed if there is none."""
        if self.env_args.task_seed is None:
            self.env_args.task_seed = random.randrange(MAX_SEED + 1)
        agent = self.agent_args.agent_name or type(self.agent_args).__name__
        stem = f"{time.strftime('%Y-%m-%d_%H-%M-%S')}_{agent}_on_{self.env_args.task_name}"
        root, number = Path(exp_root), 0
        while True:
            number += 1
            folder = root / f"{stem}_{self.env_args.task_seed}{f'-{number}' * (number > 1)}"
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                continue
            self.exp_dir = folder
            return

    def run(self) -> None:
        """Plays the episode and writes ``steps.jsonl`` and ``record.json``.

        Raises:
            UserError: `prepare` was not called.
            MachineError: the machinery broke; there is no record of a reward then.
        """
        if self.exp_dir is None:
            raise UserError("no folder for the record; call prepare(folder) first")
        self.agent_args.prepare()
        try:
            agent = self.agent_args.make_agent()
            mapping = agent.action_set.to_python_code if agent.action_set is not None else None
            env = self.env_args.make_env(mapping, **self.env_options)
            try:
                record = self._play(agent, env)
            finally:
                env.close()
        finally:
            self.agent_args.close()
        write(self.exp_dir / _RECORD, json.dumps(record, indent=2) + "\n")

    def _play(self, agent: Agent, env: gymnasium.Env[dict[str, Any], str]) -> dict[str, object]:
        assert self.exp_dir is not None
        seen, _ = env.reset(seed=self.env_args.task_seed)
        steps, total, terminated, truncated = 0, 0.0, False, False
        with (self.exp_dir / _STEPS).open("w", encoding="utf-8") as file:
            while not (terminated or truncated):
                action, notes = agent.get_action(agent.obs_preprocessor(seen))
                if action is None:
                    truncated = True
                    break
                seen, reward, terminated, truncated, _ = env.step(action)
                steps, total = steps + 1, total + float(reward)
                line = {
                    "action": action,
                    "error": seen["last_action_error"],
                    "reward": float(reward),
                    "notes": notes,
                }
                file.write(json.dumps(line, default=str) + "\n")
        return {
            **{f"agent.{name}": value for name, value in _plain(self.agent_args).items()},
            **{f"env.{name}": value for name, value in _plain(self.env_args).items()},
            "n_steps": steps,
            "cum_reward": total,
            "terminated": terminated,
            "truncated": truncated,
            "versions": current_versions(),
        }


@dataclass(frozen=True)
class ExpResult:
    """The record of an episode."""

    exp_dir: Path

    def get_exp_record(self) -> dict[str, Any]:
        """What was played by whom, and what came of it.

        Raises:
            UserError: there is no record in the folder.
        """
        path = self.exp_dir / _RECORD
        if not path.exists():
            raise UserError(
                f"no {_RECORD} in {self.exp_dir}: the episode was not played to its end"
            )
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {"exp_dir": str(self.exp_dir), **record}

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Each step's `action`, `error`, `reward` and `notes`."""
        lines = (self.exp_dir / _STEPS).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def get_exp_result(exp_dir: str | Path) -> ExpResult:
    """The record in a folder that `ExpArgs.run` wrote."""
    return ExpResult(Path(exp_dir))


def _plain(record: Any) -> dict[str, Any]:
    """A dataclass as JSON has it; what is not, as text."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(record), default=str))
    return plain
