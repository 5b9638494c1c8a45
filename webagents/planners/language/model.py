"""A language model as everything here sees it: a question in messages, an answer in text."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Literal, Protocol, runtime_checkable

from webagents.errors import MachineError


class LanguageModelFailed(MachineError):
    """A language model did not answer, or not in a form that can be read, however often asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a model is asked.

    max_tokens: the most tokens of its answer.
    temperature: 0 for the likeliest answer; above it answers are drawn, by `seed`.
    stop: texts before which the answer ends.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 512
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model answered.

    prompt_tokens, completion_tokens: what it read and wrote, 0 where it is not said.
    cost: what that cost, in the currency of the prices given; None where there are none.
    cut: whether it ended for want of tokens.
    cached: whether it was answered before and nobody was asked now.
    refused: why this one question is not answered (too long, against the provider's rules), while
        others may be; "" where it was. The text is then empty.
    """

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    cut: bool = False
    cached: bool = False
    refused: str = ""


@runtime_checkable
class LanguageModel(Protocol):
    """Anything that answers questions; it may be asked from several threads at once."""

    @property
    def name(self) -> str:
        """What it is, such that two of a name answer alike."""
        ...

    def answer(self, question: Question) -> Answer:
        """Its answer.

        Raises:
            LanguageModelFailed: there is none.
            UserError: it would refuse any question so (a wrong key, no such model).
        """
        ...


def question(system: str, *turns: str, **more: object) -> Question:
    """A question of a system message and turns: user, assistant, user ... in that order.

    more: the question's other fields.
    """
    roles: tuple[Literal["user", "assistant"], ...] = ("user", "assistant")
    told = [Message(role=roles[n % 2], content=text) for n, text in enumerate(turns)]
    first = [Message(role="system", content=system)] if system else []
    return Question(messages=(*first, *told), **more)  # type: ignore[arg-type]


def answers(
    model: LanguageModel, questions: Sequence[Question], *, workers: int = 8
) -> list[Answer]:
    """The answers to questions asked side by side, in their order.

    After one that has none no more are asked, and those that are being answered are waited for, so
    that they are kept; after Ctrl-C nothing is.

    Raises:
        LanguageModelFailed, UserError: one of them has none (see `LanguageModel.answer`).
    """
    if len(questions) < 2:
        return [model.answer(each) for each in questions]
    told: list[Future[Answer]] = [Future() for _ in questions]
    left = deque(zip(questions, told, strict=True))
    try:
        for _ in range(min(workers, len(questions))):
            # Not the threads of a pool: Python waits for those at its end, however long they take.
            Thread(target=_ask, args=(model, left), daemon=True).start()
        wait(told)
    finally:
        left.clear()
    return [each.result() for each in told]


def _ask(model: LanguageModel, left: deque[tuple[Question, Future[Answer]]]) -> None:
    """Asks what is left, until a question has no answer; nor have those that are left then."""
    with suppress(IndexError):  # nothing is left
        while True:
            asked, told = left.popleft()
            try:
                told.set_result(model.answer(asked))
            except BaseException as error:  # noqa: BLE001 (raised where the answers are wanted)
                told.set_exception(error)
                while True:
                    left.popleft()[1].set_exception(error)
