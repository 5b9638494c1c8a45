"""Trials of a policy in training: the weights of now play in real pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transformers import PreTrainedModel

from webagents.browsers.lookup import find_browser
from webagents.envs import catalogue
from webagents.errors import UserError
from webagents.policies.checkpoints import policy_of
from webagents.prompt import PromptForm
from webagents.rollout import Job, Rollout
from webagents.training import seeds
from webagents.training.imitation.settings import Imitation
from webagents.training.running.trials import Trials, Tried

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True, kw_only=True)
class InPages:
    """Plays the same episodes in every trial, as `running.trials.Play` wants it.

    tokenizer, form: the policy's, beside its model.
    jobs: the episodes.
    workers: how many pages are played at once.
    """

    tokenizer: PreTrainedTokenizerBase
    form: PromptForm
    jobs: Sequence[Job]
    workers: int

    def __call__(
        self, model: PreTrainedModel, rank: int, of: int, asked: Callable[[], bool]
    ) -> list[Tried]:
        """What came of a process's part of the episodes, in any order."""
        policy = policy_of(model, self.tokenizer, self.form)
        tried = []
        with Rollout(policy, workers=self.workers, screenshots=False, split="dev") as pages:
            for episode in pages.play(self.jobs[rank::of]):
                tried.append(Tried(episode.task, None if episode.void else episode.success))
                if asked():
                    break
        return tried


def trials_of(
    config: Imitation,
    tokenizer: PreTrainedTokenizerBase,
    form: PromptForm,
    known: Mapping[str, Iterable[str]],
) -> Trials | None:
    """The trials that the settings ask for; None where they ask for none.

    known: the tasks of each dataset.

    Raises:
        UserError: no task to play.
        BrowserMissing: a task needs a browser, and there is none.
    """
    if not config.play_every:
        return None
    if config.play_tasks:
        specs = list(catalogue.select(config.play_tasks))
    else:
        there = {task for tasks in known.values() for task in tasks}
        specs = [spec for spec in catalogue.load().values() if spec.id in there]
    if not specs:
        raise UserError("the data has no task that could be played; give play_tasks")
    if any(spec.browser for spec in specs):
        find_browser()
    jobs = [
        Job(spec.id, seeds.TRIALS + number)
        for number in range(config.play_episodes)
        for spec in specs
    ]
    play = InPages(tokenizer=tokenizer, form=form, jobs=jobs, workers=config.play_workers)
    return Trials(play, config.play_every, config.patience)
