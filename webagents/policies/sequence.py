"""The policy of a trained encoder-decoder: it reads an episode's prompt and says the action.

With a model that sees (`WebGum`) the prompt has screenshots as well; all else is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessorList

from webagents.errors import UserError
from webagents.models import HtmlT5
from webagents.models.kinds import frames_of
from webagents.models.screens import SIDE, framed
from webagents.policies.spelling import Spelling, spelling_of
from webagents.prompt import Prompt, PromptForm, prompt, prompt_ids
from webagents.types import Decision, Episode, Needs

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class SequencePolicy:
    """Generates each action as text, the likeliest token at a time.

    Unless it is told otherwise it says nothing but actions of its form's grammar, on refs of the
    page (see `spelling`). The notes hold the text with its end token, which is missing where the
    model did not come to an end.
    """

    def __init__(
        self,
        model: HtmlT5,
        tokenizer: PreTrainedTokenizerBase,
        form: PromptForm,
        rows: int = 32,
        *,
        free: bool = False,
    ) -> None:
        """A policy of a model in memory.

        form: how it was trained to be asked.
        rows: how many episodes it reads at once.
        free: whether it may say anything, also what is no action; of that the environment tells
            the agent.

        Raises:
            UserError: the model is shown another number of screenshots than the form says.
        """
        if frames_of(model) != form.screenshots:
            raise UserError(
                f"the model is shown {frames_of(model)} screenshots, its form says "
                f"{form.screenshots}"
            )
        self.model, self.tokenizer, self.form, self.rows = model, tokenizer, form, rows
        self.spelling = None if free else spelling_of(tokenizer, form.actions_form)

    def act(self, episodes: Sequence[Episode]) -> list[Decision]:
        """The action of each episode; of an instruction that is too long to be read, none.

        Raises:
            UserError: the model is shown screenshots, and an episode has none.
        """
        asked: dict[int, list[int]] = {}
        prompts = [prompt(episode, self.form) for episode in episodes]
        decisions = [Decision(action="")] * len(episodes)
        for place, one in enumerate(prompts):
            try:
                asked[place] = prompt_ids(one, self.form, self.tokenizer)
            except UserError as error:
                decisions[place] = Decision(action="", notes={"unread": str(error)})
        said = answers(
            self.model,
            list(asked.values()),
            longest=self.form.targets_length,
            rows=self.rows,
            screenshots=self._frames([prompts[place] for place in asked]),
            spelling=self.spelling,
            pages=[prompts[place].html for place in asked],
        )
        for place, ids in zip(asked, said, strict=True):
            decisions[place] = Decision(
                action=self.tokenizer.decode(ids, skip_special_tokens=True),
                notes={"generated": self.tokenizer.decode(ids)},
            )
        return decisions

    def needs(self, task: str) -> Needs:
        """The view it was trained on, of every task, and pictures if it sees."""
        return Needs(view=self.form.recorded, screenshots=self.form.screenshots > 0)

    def _frames(self, prompts: Sequence[Prompt]) -> NDArray[np.uint8] | None:
        """The prompts' screenshots as frames, uint8 (B, F, S, S, 3); None if it sees none."""
        if not self.form.screenshots or not prompts:
            return None
        side = getattr(self.model.config, "screen_size", SIDE)
        return np.stack([framed(one.screenshots, side) for one in prompts])


@torch.no_grad()
def answers(
    model: HtmlT5,
    inputs: Sequence[Sequence[int]],
    *,
    longest: int,
    rows: int = 32,
    screenshots: NDArray[np.uint8] | None = None,
    spelling: Spelling | None = None,
    pages: Sequence[str] = (),
) -> list[list[int]]:
    """What a model says to each input by greedy decoding: token ids to the end token.

    inputs: token ids, each closed by the end token.
    longest: how many tokens it may say.
    rows: how many inputs are read at once; those of like lengths are read together.
    screenshots: uint8 (inputs, F, S, S, 3) for a model that sees; see `screens`.
    spelling: what it may say; None: anything.
    pages: for a spelling, the html of each input's page, whose refs it may name.
    """
    order = sorted(range(len(inputs)), key=lambda place: len(inputs[place]))
    said: list[list[int]] = [[] for _ in inputs]
    for start in range(0, len(order), rows):
        places = order[start : start + rows]
        more: dict[str, Any] = {}
        if screenshots is not None:
            more["screenshots"] = torch.from_numpy(screenshots[places]).to(model.device)
        if spelling is not None:
            speller = spelling.processor([pages[place] for place in places], longest)
            more["logits_processor"] = LogitsProcessorList([speller])
        generated = _generate(model, [inputs[place] for place in places], longest, more)
        for place, row in zip(places, generated.tolist(), strict=True):
            said[place] = _to_end(row[1:], model.config.eos_token_id)
    return said


def _generate(
    model: Any, inputs: Sequence[Sequence[int]], longest: int, more: Mapping[str, Any]
) -> torch.Tensor:
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
        **more,
    )
    return generated


def _to_end(ids: list[int], end: int) -> list[int]:
    """The ids up to the end token, and with it."""
    return ids[: ids.index(end) + 1] if end in ids else ids
