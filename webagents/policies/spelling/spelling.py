"""The grammar in a tokenizer's tokens, as `transformers` wants it for generating.

Legend: B rows, T tokens said so far, V vocabulary.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import LogitsProcessor

from webagents.errors import UserError
from webagents.policies.spelling.automaton import (
    END,
    Automaton,
    Node,
    Refs,
    State,
    Thread,
)
from webagents.policies.spelling.grammar import Form, Grammar
from webagents.policies.spelling.vocabulary import Branch, Vocabulary

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Costs = NDArray[np.int16]
"""Of each token, how many more would bring the action to its end; `NEVER` where it cannot be
said."""

NEVER = np.iinfo(np.int16).max
_PAGES = 256
"""How many pages' looked-up states are kept."""

_REF = re.compile(r' ref="(\d{1,6})"')


class Spelling:
    """What may be said in a form with a tokenizer's tokens."""

    def __init__(self, vocabulary: Vocabulary, form: Form) -> None:
        """A spelling.

        Raises:
            UserError: the tokens cannot say an action of the form.
        """
        self.vocabulary, self.form = vocabulary, form
        self._sayable = frozenset(byte for text in vocabulary.texts for byte in text)
        self._ends: dict[tuple[int, Node], int] = {}
        one = Refs([b"1"])
        if self._left(self.start(one), one) == NEVER:
            raise UserError(
                f"the tokenizer has no tokens for actions in the form {form!r}; "
                "give it those, or take another tokenizer or form"
            )
        self._everywhere: dict[tuple[int, State], Costs] = {}  # by the length of the shortest ref
        self._pages: OrderedDict[Refs, dict[State, Costs]] = OrderedDict()

    def processor(self, pages: Sequence[str], longest: int) -> Speller:
        """What keeps each row's logits to its page; for one call of ``generate``.

        pages: the html of each row's page.
        longest: how many tokens may be said, the end token included.
        """
        return Speller(self, [refs_of(page) for page in pages], longest)

    def start(self, refs: Refs) -> State:
        """The state before anything has been said."""
        return self._automaton(refs).start

    def after(self, state: State, token: int, refs: Refs) -> State:
        """The state after one more token; empty where it cannot be said."""
        automaton = self._automaton(refs)
        text = self.vocabulary.texts[token] if token < len(self.vocabulary.texts) else b""
        if not text:
            return frozenset()
        for byte in text:
            state = automaton.step(state, byte, refs)
        return state

    def costs(self, state: State, refs: Refs) -> Costs:
        """What each token would cost, see `Costs`: int16 (V,)."""
        kind = refs.shortest, state
        known = self._everywhere.get(kind)
        if known is None:
            known = self._page(refs).get(state)
        if known is None:
            known, depends = self._looked_up(state, refs)
            if depends:
                self._page(refs)[state] = known
            else:
                self._everywhere[kind] = known
        return known

    def _automaton(self, refs: Refs) -> Automaton:
        return _automaton(self.form, refs.shortest, self.vocabulary.spaced, self._sayable)

    def _page(self, refs: Refs) -> dict[State, Costs]:
        found = self._pages.setdefault(refs, {})
        self._pages.move_to_end(refs)
        if len(self._pages) > _PAGES:
            self._pages.popitem(last=False)
        return found

    def _looked_up(self, state: State, refs: Refs) -> tuple[Costs, bool]:
        """The costs, and whether they hold for this page alone."""
        automaton = self._automaton(refs)
        costs = np.full(len(self.vocabulary.texts), NEVER, np.int16)
        known: dict[State, int] = {}
        depends = False
        open_: list[tuple[Branch, State]] = [(self.vocabulary.root, state)]
        while open_:
            branch, here = open_.pop()
            depends = depends or bool(branch.longer and automaton.depends(here))
            for byte, longer in branch.longer.items():
                there = automaton.step(here, byte, refs)
                if there:
                    if longer.tokens:
                        if there not in known:
                            known[there] = self._left(there, refs)
                        costs[longer.tokens] = known[there]
                    open_.append((longer, there))
        if Thread(END) in state:
            costs[self.vocabulary.end] = 0
        return costs, depends

    def _left(self, state: State, refs: Refs) -> int:
        """How many tokens would bring a state to its end; `NEVER` where none would."""
        return min(self._left_of(way, refs) for way in state)

    def _left_of(self, way: Thread, refs: Refs) -> int:
        automaton, key = self._automaton(refs), (refs.shortest, way.node)
        if way.ref or key not in self._ends:
            count = None
            if math.isfinite(automaton.left(way, refs)):
                count = self.vocabulary.tokens_in(automaton.shortest(way, refs))
            left = NEVER if count is None else count
            if way.ref:
                return left
            self._ends[key] = left
        return self._ends[key]


class Speller(LogitsProcessor):  # type: ignore[misc]
    """Keeps what is generated, by greedy search, beams or sampling, to a spelling."""

    def __init__(self, spelling: Spelling, refs: Sequence[Refs], longest: int) -> None:
        self.spelling, self.refs, self.longest = spelling, refs, longest
        self._states: dict[tuple[int, ...], State] = {}

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores of what may not come next are minus infinity.

        input_ids: (B, 1 + T), the start token first; several rows a page (beams) lie together.
        scores: (B, V).
        """
        beams = len(input_ids) // len(self.refs)
        left = self.longest - (input_ids.shape[1] - 1)
        allowed = np.zeros(scores.shape, np.bool_)
        for row, ids in enumerate(input_ids.tolist()):
            page = row // beams
            state = self._state(page, ids[1:])
            if not state:  # it has come to its end
                allowed[row, self.spelling.vocabulary.end] = True
                continue
            costs = self.spelling.costs(state, self.refs[page])
            fits = costs <= left - 2  # behind this token, its cost and the end token
            if left > 0:
                fits[self.spelling.vocabulary.end] = costs[self.spelling.vocabulary.end] == 0
            if not fits.any():  # too little room: as quickly as can be
                fits = (costs < NEVER) & (costs == costs.min())
            allowed[row, : len(fits)] = fits
        return scores.masked_fill(~torch.from_numpy(allowed).to(scores.device), -math.inf)

    def _state(self, page: int, ids: Sequence[int]) -> State:
        """The state after what a row has said."""
        key = (page, *ids)
        if key not in self._states:
            refs = self.refs[page]
            self._states[key] = (
                self.spelling.after(self._state(page, ids[:-1]), ids[-1], refs)
                if ids
                else self.spelling.start(refs)
            )
        return self._states[key]


@lru_cache(maxsize=16)
def _automaton(form: Form, shortest: int, spaced: bool, sayable: frozenset[int]) -> Automaton:
    grammar = Grammar(form, refs=shortest > 0, spaced=spaced)
    return Automaton(grammar.pattern, grammar.begin, sayable=sayable, shortest=shortest)


def refs_of(page: str) -> Refs:
    """The refs of a page's elements."""
    return Refs(found.encode() for found in _REF.findall(page))


def spelling_of(tokenizer: PreTrainedTokenizerBase, form: Form = "calls") -> Spelling:
    """The spelling of a form with a tokenizer.

    Raises:
        UserError: the tokenizer is of an unknown kind, or cannot say an action of the form.
    """
    return Spelling(Vocabulary.of(tokenizer), form)
