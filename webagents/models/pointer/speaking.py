"""Greedy decoding under the rules of saying: what comes out is always an action."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

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
        rules = _rules(sayings, alphabet, read.copies.shape[1])
        allowed = (torch.from_numpy(rule).to(device) for rule in rules)
        scores = model.scores(decoded.last_hidden_state, read, *allowed)
        symbols = scores[:, 0].argmax(1, keepdim=True)
        for saying, symbol in zip(sayings, symbols[:, 0].tolist(), strict=True):
            if not saying.done:
                beyond = symbol >= alphabet.size + width
                saying.add(symbol - (width - saying.slots.size) if beyond else symbol)
    return [saying.action() for saying in sayings]


def _rules(
    sayings: Sequence[Saying], alphabet: Alphabet, copies: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """What each may say next, as `PointerT5.scores` takes it: (B, 1, V), (B, 1), (B, 1, C)."""
    fixed = np.zeros((len(sayings), 1, alphabet.size), np.bool_)
    points = np.zeros((len(sayings), 1), np.bool_)
    words = np.zeros((len(sayings), 1, copies), np.bool_)
    for row, saying in enumerate(sayings):
        if saying.done:
            fixed[row, 0, END] = True
            continue
        rule, own = saying.allowed(), len(saying.slots.copies)
        fixed[row, 0], points[row] = rule.fixed, rule.elements
        words[row, 0, :own] = rule.may_copy(own)
    return fixed, points, words
