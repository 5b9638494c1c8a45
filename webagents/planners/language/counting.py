"""What a language model was asked, read, wrote and cost."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from webagents.planners.language.model import Answer, LanguageModel, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What tokens cost, per million.

    read: of those of the question.
    written: of those of the answer.
    """

    read: float
    written: float

    def cost(self, answer: Answer) -> float:
        """What an answer's tokens cost."""
        return (answer.prompt_tokens * self.read + answer.completion_tokens * self.written) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was used so far.

    questions: how many were asked.
    cached: how many of them were answered before, and cost nothing now.
    prompt_tokens, completion_tokens: read and written, those of the cached ones apart.
    cost: of the others; None where no prices are known.
    cut: how many answers ended for want of tokens.
    refused: how many questions were refused.
    """

    questions: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    cut: int = 0
    refused: int = 0

    def __add__(self, answer: Answer) -> Usage:
        more = replace(
            self,
            questions=self.questions + 1,
            cached=self.cached + answer.cached,
            cut=self.cut + answer.cut,
            refused=self.refused + bool(answer.refused),
        )
        if answer.cached:
            return more
        paid = [each for each in (self.cost, answer.cost) if each is not None]
        return replace(
            more,
            prompt_tokens=self.prompt_tokens + answer.prompt_tokens,
            completion_tokens=self.completion_tokens + answer.completion_tokens,
            cost=sum(paid) if paid else None,
        )


def account(answers: Sequence[Answer]) -> dict[str, int | float | None]:
    """What answers took, for a decision's notes: the same whether they were kept or new.

    ``questions``, ``prompt_tokens``, ``completion_tokens``, and ``cost``, None without prices.
    """
    costs = [each.cost for each in answers if each.cost is not None]
    return {
        "questions": len(answers),
        "prompt_tokens": sum(each.prompt_tokens for each in answers),
        "completion_tokens": sum(each.completion_tokens for each in answers),
        "cost": sum(costs) if costs else None,
    }


def refused(answers: Sequence[Answer]) -> dict[str, str]:
    """Why a question was refused, for a decision's notes: ``refused``; nothing if none was."""
    told = next((each.refused for each in answers if each.refused), "")
    return {"refused": told} if told else {}


@dataclass(slots=True)
class Counted:
    """A language model that keeps count.

    Attributes:
        prices: what its tokens cost, those of kept answers as well; None: what it says itself.
        usage: what was used so far.
    """

    model: LanguageModel
    prices: Prices | None = None
    usage: Usage = Usage()
    _lock: threading.Lock = field(repr=False, default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    def answer(self, question: Question) -> Answer:
        """The model's answer, counted."""
        answer = self.model.answer(question)
        if self.prices is not None:
            answer = replace(answer, cost=self.prices.cost(answer))
        with self._lock:
            self.usage = self.usage + answer
        return answer
