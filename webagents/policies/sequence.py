"""The policy of a trained encoder-decoder: it reads an episode's prompt and says the action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers.utils import logging

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.models import HtmlT5
from webagents.models.tokenizer import load_tokenizer
from webagents.prompt import PromptForm, prompt, prompt_ids
from webagents.types import Decision, Episode, Needs

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class SequencePolicy:
    """Generates each action as text, the likeliest token at a time.

    What it says is the action as it stands: of what is none, the environment tells the agent. The
    notes hold the text with its end token, which is missing where the model did not come to an end.
    """

    def __init__(
        self, model: HtmlT5, tokenizer: PreTrainedTokenizerBase, form: PromptForm, rows: int = 32
    ) -> None:
        """A policy of a model in memory.

        form: how it was trained to be asked.
        rows: how many episodes it reads at once.
        """
        self.model, self.tokenizer, self.form, self.rows = model, tokenizer, form, rows

    @classmethod
    def read(cls, folder: Path) -> SequencePolicy:
        """The policy of a checkpoint: a folder with model, tokenizer and ``prompt.json``.

        Raises:
            UnknownPolicy: a part is missing or broken.
        """
        try:
            form = PromptForm.read(folder)
            tokenizer = load_tokenizer(folder)
            with _no_bars():
                model, report = HtmlT5.from_pretrained(folder, output_loading_info=True)
        except Exception as error:  # each library has its own for a file that it cannot read
            raise UnknownPolicy(
                f"{clipped(str(folder))} is no checkpoint of a policy: {error}"
            ) from error
        if missing := sorted(report["missing_keys"]):
            raise UnknownPolicy(
                f"the checkpoint {clipped(str(folder))} lacks weights: {clipped(missing)}"
            )
        return cls(model.eval(), tokenizer, form)

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The action of each episode; of an instruction that is too long to be read, none."""
        asked: dict[int, list[int]] = {}
        decisions = [Decision(action="")] * len(episodes)
        for place, episode in enumerate(episodes):
            try:
                asked[place] = prompt_ids(prompt(episode, self.form), self.form, self.tokenizer)
            except UserError as error:
                decisions[place] = Decision(action="", notes={"unread": str(error)})
        said = answers(
            self.model, list(asked.values()), longest=self.form.targets_length, rows=self.rows
        )
        for place, ids in zip(asked, said, strict=True):
            decisions[place] = Decision(
                action=self.tokenizer.decode(ids, skip_special_tokens=True),
                notes={"generated": self.tokenizer.decode(ids)},
            )
        return decisions

    def needs(self, task: str) -> Needs:
        """The view it was trained on, of every task."""
        return Needs(view=self.form.view)


@torch.no_grad()
def answers(
    model: HtmlT5, inputs: Sequence[Sequence[int]], *, longest: int, rows: int = 32
) -> list[list[int]]:
    """What a model says to each input by greedy decoding: token ids to the end token.

    inputs: token ids, each closed by the end token.
    longest: how many tokens it may say.
    rows: how many inputs are read at once; those of like lengths are read together.
    """
    order = sorted(range(len(inputs)), key=lambda place: len(inputs[place]))
    said: list[list[int]] = [[] for _ in inputs]
    for start in range(0, len(order), rows):
        places = order[start : start + rows]
        generated = _generate(model, [inputs[place] for place in places], longest)
        for place, row in zip(places, generated.tolist(), strict=True):
            said[place] = _to_end(row[1:], model.config.eos_token_id)
    return said


def _generate(model: Any, inputs: Sequence[Sequence[int]], longest: int) -> torch.Tensor:
    """Token ids (B, at most 1 + longest), the start token first."""
    rows = [torch.tensor(ids) for ids in inputs]
    read = torch.nn.utils.rnn.pad_sequence(
        rows, batch_first=True, padding_value=model.config.pad_token_id
    )
    sizes = torch.tensor([len(ids) for ids in inputs])
    attended = torch.arange(read.shape[1]) < sizes[:, None]
    generated: torch.Tensor = model.generate(
        input_ids=read.to(model.device),
        attention_mask=attended.long().to(model.device),
        max_new_tokens=longest,
        do_sample=False,
        num_beams=1,
    )
    return generated


@contextmanager
def _no_bars() -> Iterator[None]:
    """Without the progress bars of `transformers`, over in no time and in the way of our own."""
    before = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if before:
            logging.enable_progress_bar()


def _to_end(ids: list[int], end: int) -> list[int]:
    """The ids up to the end token, and with it."""
    return ids[: ids.index(end) + 1] if end in ids else ids
