"""Greedy decoding under the rules of saying: what comes out is always an action."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from webagents.actions import Action
from webagents.models.pointer.model import PointerT5
from webagents.slots.batching import batch_of
from webagents.slots.grammar import Saying
from webagents.slots.records import Slots
from webagents.slots.symbols import END, START, Alphabet


@torch.no_grad()
def say(model: PointerT5, asked: Sequence[Slots], *, longest: int = 512) -> list[Action]:
    """The action of each prompt, the likeliest symbol at a time.

    asked: prompts of one page or more with an element that an action can name.
    longest: bytes of an action's texts, after which they end.
    """
    alphabet = Alphabet(tuple(model.config.names))
    device = model.device
    arrays = {name: torch.from_numpy(array).to(device) for name, array in batch_of(asked).items()}
    read = model.read(**arrays)
    width = arrays["kinds"].shape[1]
    sayings = [Saying(alphabet, slots, longest=longest) for slots in asked]
    cache = None
    symbols = torch.full((len(asked), 1), START, device=device)
    while not all(saying.done for saying in sayings):
        decoded = model.t5.decoder(
            model.embed(symbols, read), read.states, read.mask, None, cache, use_cache=True
        )
        cache = decoded.past_key_values
        scores = model.scores(decoded.last_hidden_state, read, *_rules(sayings, alphabet, device))
        symbols = scores[:, 0].argmax(1, keepdim=True)
        for saying, symbol in zip(sayings, symbols[:, 0].tolist(), strict=True):
            if not saying.done:
                beyond = symbol >= alphabet.size + width
                saying.add(symbol - (width - saying.slots.size) if beyond else symbol)
    return [saying.action() for saying in sayings]


def _rules(
    sayings: Sequence[Saying], alphabet: Alphabet, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    fixed = np.zeros((len(sayings), 1, alphabet.size), np.bool_)
    pointing = np.zeros((2, len(sayings), 1), np.bool_)
    for row, saying in enumerate(sayings):
        if saying.done:
            fixed[row, 0, END] = True
            continue
        rule = saying.allowed()
        fixed[row, 0] = rule.fixed
        pointing[:, row, 0] = rule.elements, rule.copies
    allowed = torch.from_numpy(fixed).to(device)
    points, copies = torch.from_numpy(pointing).to(device)
    return allowed, points, copies
