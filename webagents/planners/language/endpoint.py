"""A language model behind an OpenAI-compatible endpoint: `POST {base_url}/chat/completions`.

Of OpenAI itself, of vLLM, llama.cpp's server, Ollama and many others.
Source of the form: OpenAI's API reference, "Create chat completion".
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from webagents.errors import UserError, clipped
from webagents.planners.language.model import Answer, LanguageModelFailed, Question

log = logging.getLogger(__name__)

OPENAI = "https://api.openai.com/v1"
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Answers after which it is worth asking again."""
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What tokens cost, per million.

    read: of those of the question.
    written: of those of the answer.
    """

    read: float
    written: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.read + completion_tokens * self.written) / 1e6


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A model at an endpoint.

    The key is read from the environment when a question is asked, and is kept nowhere.

    model: its name there.
    base_url: the endpoint's address, as far as ``/chat/completions``.
    key: the environment variable that holds the key; none is sent where it is not set.
    seconds: how long it may take to answer, seconds.
    tries: how often a question is asked before it is given up.
    per_minute: how many questions a minute it takes; None: any number.
    prices: what its tokens cost.
    wait: sleeps for so many seconds.
    """

    model: str
    base_url: str = OPENAI
    key: str = "OPENAI_API_KEY"
    seconds: float = 120.0
    tries: int = 6
    per_minute: float | None = None
    prices: Prices | None = None
    wait: Callable[[float], None] = time.sleep
    _client: httpx2.Client = field(init=False, repr=False)
    _lock: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)
    _next: float = field(init=False, repr=False, default=0.0)
    _length: str = field(init=False, repr=False, default="max_tokens")

    def __post_init__(self) -> None:
        self._client = httpx2.Client(timeout=self.seconds, follow_redirects=False)

    @property
    def name(self) -> str:
        """``openai:MODEL@ADDRESS``."""
        return f"openai:{self.model}@{self.base_url}"

    def answer(self, question: Question) -> Answer:
        """Its answer; asked again, ever later, where that may help."""
        why, after = "", 0.0
        for turn in range(self.tries):
            if turn:
                pause = after or min(2.0 ** (turn - 1), _LONGEST_WAIT) * random.uniform(0.75, 1.25)
                log.warning("%s: %s; asking again in %.1f s", self.name, why, pause)
                self.wait(pause)
            self._take_turn()
            try:
                reply = self._ask(question)
            except httpx2.TimeoutException:
                why, after = f"no answer within {self.seconds:g} seconds", 0.0
                continue
            except httpx2.TransportError as error:
                why, after = f"it cannot be reached ({error or type(error).__name__})", 0.0
                continue
            if reply.is_success:
                answer = answer_of(_json(reply), self.prices)
                if answer is not None:
                    return answer
                why, after = f"its answer is none: {clipped(reply.text)}", 0.0
                continue
            why, after = f"{reply.status_code} {_told(reply)}", _retry_after(reply.headers)
            if reply.status_code == 400 and self._other_length(reply):
                continue
            if reply.status_code not in _AGAIN or _spent(reply):
                raise UserError(self._refusal(reply.status_code, why))
        raise LanguageModelFailed(f"{self.name} did not answer in {self.tries} tries: {why}")

    def _ask(self, question: Question) -> httpx2.Response:
        key = os.environ.get(self.key, "").strip()
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": each.role, "content": each.content} for each in question.messages
            ],
            self._length: question.max_tokens,
            "temperature": question.temperature,
            "seed": question.seed,
        }
        if question.stop:
            asked["stop"] = list(question.stop)
        return self._client.post(
            f"{self.base_url.rstrip('/')}/chat/completions",
            json=asked,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def _take_turn(self) -> None:
        """Waits until the next question may be asked."""
        if self.per_minute is None:
            return
        with self._lock:
            now = time.monotonic()
            pause = max(0.0, self._next - now)
            self._next = max(now, self._next) + 60.0 / self.per_minute
        if pause:
            self.wait(pause)

    def _other_length(self, reply: httpx2.Response) -> bool:
        """Whether it names the most tokens of an answer otherwise, as OpenAI's newer models do."""
        other = "max_completion_tokens"
        if self._length == other or other not in reply.text:
            return False
        self._length = other
        return True

    def _refusal(self, status: int, why: str) -> str:
        if status in (401, 403):
            held = "holds" if os.environ.get(self.key) else "is not set, and holds"
            return f"{self.name} refuses the key: {why}; ${self.key} {held} what is sent"
        if status == 404:
            return f"no model {self.model!r} at {self.base_url}: {why}"
        return f"{self.name} refuses the question: {why}"


def answer_of(told: Any, prices: Prices | None) -> Answer | None:
    """The answer in a reply of OpenAI's form, None where there is none."""
    try:
        choice = told["choices"][0]
        text = choice["message"].get("content") or ""
        used = told.get("usage") or {}
        read = int(used.get("prompt_tokens") or 0)
        written = int(used.get("completion_tokens") or 0)
        if not isinstance(text, str):
            text = "".join(part.get("text", "") for part in text)
        return Answer(
            text=text,
            prompt_tokens=read,
            completion_tokens=written,
            cost=None if prices is None else prices.cost(read, written),
            cut=choice.get("finish_reason") == "length",
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None


def _json(reply: httpx2.Response) -> Any:
    """A reply's JSON, None where it is none."""
    try:
        return reply.json()
    except ValueError:
        return None


def _told(reply: httpx2.Response) -> str:
    """What the endpoint says of an error, in one line."""
    try:
        error = reply.json().get("error")
        text = error.get("message") if isinstance(error, dict) else error
    except (ValueError, AttributeError):
        text = reply.text
    return " ".join(str(text or reply.reason_phrase).split())[:300]


def _spent(reply: httpx2.Response) -> bool:
    """Whether the account is at its end, which no waiting helps."""
    return reply.status_code == 429 and "insufficient_quota" in reply.text


def _retry_after(headers: Mapping[str, str]) -> float:
    """The seconds an endpoint asks to be left alone for, 0 where it does not say."""
    told = headers.get("retry-after", "")
    try:
        seconds = float(told)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return min(max(seconds, 0.0), 2 * _LONGEST_WAIT)
