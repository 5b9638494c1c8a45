"""Greedy decoding under the rules of saying: what comes out is always an action, or a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from webagents.actions import Action
from webagents.models.pointer.model import PointerT5
from webagents.slots.batching import batch_of
from webagents.slots.grammar import Allowed, Saying
from webagents.slots.records import Slots
from webagents.slots.symbols import END, START, Alphabet


class Speech(Protocol):
    """Something in the making, symbol by symbol, that knows what it may say next."""

    @property
    def slots(self) -> Slots:
        """What is spoken about."""

    @property
    def done(self) -> bool:
        """Whether nothing more is said."""

    def allowed(self) -> Allowed:
        """What may come next."""

    def add(self, symbol: int) -> None:
        """Says one symbol more, which has to be an allowed one."""


def say(model: PointerT5, asked: Sequence[Slots], *, longest: int = 512) -> list[Action]:
    """The action of each prompt, the likeliest symbol at a time.

    asked: prompts of one page or more with an element that an action can name.
    longest: bytes of an action's texts, after which they end.
    """
    alphabet = Alphabet(tuple(model.config.names))
    sayings = [Saying(alphabet, slots, longest=longest) for slots in asked]
    speak(model, sayings)
    return [saying.action() for saying in sayings]


class Said(NamedTuple):
    """What a model that is asked clause by clause says.

    last: whether nothing is left to do of what was asked.
    """

    action: Action
    last: bool


def say_clause(model: PointerT5, asked: Sequence[Slots], *, longest: int = 512) -> list[Said]:
    """The action of each prompt as `say` has it, and whether it is the last one.

    Raises:
        ValueError: the model is asked by whole instructions.
    """
    alphabet = Alphabet(tuple(model.config.names))
    sayings = [Saying(alphabet, slots, longest=longest) for slots in asked]
    odds = model.lasts(speak(model, sayings)).tolist()
    return [Said(one.action(), last > 0) for one, last in zip(sayings, odds, strict=True)]


@torch.no_grad()
def speak(model: PointerT5, speeches: Sequence[Speech]) -> Tensor:
    """Adds the likeliest symbol allowed to each speech, until all are done.

    Gives the decoder's states where their last symbols were said: (B, d).
    """
    device, fixed = model.device, model.config.vocab_size
    slots = [speech.slots for speech in speeches]
    arrays = {name: torch.from_numpy(array).to(device) for name, array in batch_of(slots).items()}
    read = model.read(**arrays)
    width = arrays["kinds"].shape[1]
    cache = None
    symbols = torch.full((len(speeches), 1), START, device=device)
    ends = read.states.new_zeros(len(speeches), model.config.d_model)
    while not all(speech.done for speech in speeches):
        decoded = model.t5.decoder(
            model.embed(symbols, read), read.states, read.mask, None, cache, use_cache=True
        )
        cache = decoded.past_key_values
        rules = _rules(speeches, fixed, read.copies.shape[1])
        allowed = (torch.from_numpy(rule).to(device) for rule in rules)
        scores = model.scores(decoded.last_hidden_state, read, *allowed)
        symbols = scores[:, 0].argmax(1, keepdim=True)
        for row, (speech, symbol) in enumerate(zip(speeches, symbols[:, 0].tolist(), strict=True)):
            if not speech.done:
                beyond = symbol >= fixed + width
                speech.add(symbol - (width - speech.slots.size) if beyond else symbol)
                ends[row] = decoded.last_hidden_state[row, 0]
    return ends


def _rules(
    speeches: Sequence[Speech], size: int, copies: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """What each may say next, as `PointerT5.scores` takes it: (B, 1, V), (B, 1), (B, 1, C)."""
    fixed = np.zeros((len(speeches), 1, size), np.bool_)
    points = np.zeros((len(speeches), 1), np.bool_)
    words = np.zeros((len(speeches), 1, copies), np.bool_)
    for row, speech in enumerate(speeches):
        if speech.done:
            fixed[row, 0, END] = True
            continue
        rule, own = speech.allowed(), len(speech.slots.copies)
        fixed[row, 0], points[row] = rule.fixed, rule.elements
        words[row, 0, :own] = rule.may_copy(own)
    return fixed, points, words
