"""Plays others' shopping trips again on a shop of ours: its pages in place of what was recorded.

Recordings of WebShop tell little of the pages, and trajectories tell no rewards. Where the shop
with their products is at hand, a trip that was imported (``webagents import webshop-il``,
``webshop-logs``) is done again in it, action by action, and kept as the environment shows it,
once it came to the reward that was recorded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from webagents.data import Dataset
from webagents.data.demonstration import Demonstration
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.envs.webshop.shop import open_shop
from webagents.errors import UserError, clipped
from webagents.policies.replay import ReplayPolicy
from webagents.provenance import current_versions
from webagents.rollout import Job, rollout
from webagents.types import Episode
from webagents.webshop import TEXT_TASK

TOLERANCE = 1e-6
"""By how much rewards may differ: they are the same sums of the same numbers."""

_PRICE = re.compile(r", and price lower than .*", re.DOTALL)


class Replayed(NamedTuple):
    """What came of it.

    kept, steps: the episodes in the new dataset, and their steps.
    dropped: how many were not taken, by the reason.
    rewards: how often which reward was come to, to two digits, those not taken too.
    """

    out: Path
    kept: int
    steps: int
    dropped: Counter[str]
    rewards: Counter[str]


def shop_again(
    source: Path,
    out: Path,
    *,
    shop: str | None = None,
    goals: Literal["human", "synthetic"] = "human",
    show_attrs: bool = False,
    keep: Literal["successes", "all"] = "successes",
) -> Replayed:
    """Plays the episodes of a dataset on a shop, into a new dataset in `out`.

    An episode's goal is that with its instruction, whatever the price limit, which the original
    drew anew at each start. It is taken where every action does something and the reward is the
    recorded one, or any where none was recorded.

    shop, goals, show_attrs: see `PlayOptions`.
    keep: "successes", or "all" to take the failed ones too.

    Raises:
        UserError: no dataset in `source`, no such shop, or `out` holds something already.
    """
    if keep not in ("successes", "all"):
        raise UserError(f"keep is 'successes' or 'all', not {clipped(keep)}")
    numbers = Numbers(goal["instruction_text"] for goal in open_shop(shop, goals=goals).goals)
    recorded = Dataset(source)
    play = {"shop": shop, "goals": goals, "show_attrs": show_attrs, "split": "all"}
    made = {"shopped again": str(source), "keep": keep, **play, "versions": current_versions()}
    known = recorded.known
    title = f"{known['title']}, played again"
    about = About(title=title, origin=known["origin"], licence=known["licence"], made=made)
    dropped: Counter[str] = Counter()
    rewards: Counter[str] = Counter()
    with DatasetWriter(out, about) as writer:
        for each in recorded:
            number = numbers[each.episode.observation.instruction]
            if number is None:
                dropped["no such goal in the shop"] += 1
                continue
            episode = _again([step.action for step in each.episode.steps], number, play)
            reason = _problem(episode, each.episode, keep)
            if episode.done:
                rewards[f"{episode.reward:.2f}"] += 1
            if reason:
                dropped[reason] += 1
            else:
                writer.add(Demonstration(id=each.id, source=each.source, episode=episode))
        counted = {"dropped": dict(dropped.most_common()), "rewards": dict(sorted(rewards.items()))}
        writer.about = replace(about, made={**made, **counted})
    total = writer.counts.total
    return Replayed(out, total("episodes"), total("steps"), dropped, rewards)


class Numbers:
    """The goals' numbers by their instructions.

    That with the very words goes first; then the first with the same, but for letters' case, quotes
    and the price limit, as the original tells goals apart.
    """

    def __init__(self, instructions: Iterable[str]) -> None:
        self._exact: dict[str, int] = {}
        self._folded: dict[str, int] = {}
        for number, words in enumerate(instructions):
            self._exact.setdefault(" ".join(words.split()), number)
            self._folded.setdefault(_folded(words), number)

    def __getitem__(self, instruction: str) -> int | None:
        """The number of a goal; None where there is none of that instruction."""
        exact = self._exact.get(" ".join(instruction.split()))
        return self._folded.get(_folded(instruction)) if exact is None else exact


def _folded(words: str) -> str:
    bare = _PRICE.sub("", words.lower().replace('"', "").replace("'", ""))
    return " ".join(bare.split()).strip(" .")


def _again(actions: Sequence[str], number: int, play: Mapping[str, Any]) -> Episode:
    policy = ReplayPolicy({(TEXT_TASK, number): actions})
    (episode,) = rollout(
        [Job(TEXT_TASK, number)], policy, workers=1, max_steps=len(actions), **play
    )
    return episode


def _problem(episode: Episode, recorded: Episode, keep: str) -> str:
    """Why a replay is not taken; "" where it is."""
    if any(step.error for step in episode.steps):
        return "an action that fails in the shop"
    bought = episode.steps[-1].terminated
    if bought != recorded.steps[-1].terminated or len(episode.steps) != len(recorded.steps):
        return "another end"
    told = recorded.info.get("reward_told", True)
    if told and abs(episode.reward - recorded.reward) > TOLERANCE:
        return "another reward"
    return "failed" if keep == "successes" and not episode.success else ""
