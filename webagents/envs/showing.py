"""What an environment answers, in words: for language models that read the results of tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Standing(NamedTuple):
    """Where an episode stands after a step.

    reward: what the step earned.
    terminated, truncated: whether the task is over, or the step limit reached.
    success: the task's own judgement.
    step: steps so far.
    max_steps: the step limit.
    """

    reward: float
    terminated: bool
    truncated: bool
    success: bool
    step: int
    max_steps: int


def begun(observation: Mapping[str, Any], max_steps: int) -> str:
    """The beginning of an episode: what is to be done, and the page."""
    return "\n".join(
        [
            f"Instruction: {observation['instruction']}",
            f"There are at most {max_steps} steps.",
            *_page(observation),
        ]
    )


def moved(before: Mapping[str, Any], observation: Mapping[str, Any], now: Standing) -> str:
    """What came of an action: its error, the reward, whether the episode is over, the page if not.

    before: the observation on which the action was chosen; the instruction is told where it is
        another now.
    """
    lines = [f"Error: {observation['error']}"] if observation["error"] else []
    steps = "1 step" if now.step == 1 else f"{now.step} steps"
    if now.terminated:
        judged = "succeeded" if now.success else "failed"
        lines.append(f"The episode is over: it {judged} after {steps}, with reward {now.reward:g}.")
        return "\n".join(lines)
    if now.truncated:
        lines.append(f"The episode is over: it failed, for it has at most {steps}.")
        return "\n".join(lines)
    lines.append(f"Reward {now.reward:g}; {steps} of at most {now.max_steps}.")
    if observation["instruction"] != before["instruction"]:
        lines.append(f"Instruction: {observation['instruction']}")
    return "\n".join([*lines, *_page(observation)])


def _page(observation: Mapping[str, Any]) -> list[str]:
    return [f"Address: {observation['url']}", "", str(observation["html"])]
