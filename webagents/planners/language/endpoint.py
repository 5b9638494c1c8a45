"""A language model behind an OpenAI-compatible endpoint: `POST {base_url}/chat/completions`.

Of OpenAI itself, of vLLM, llama.cpp's server, Ollama and many others.
Source of the form: OpenAI's API reference, "Create chat completion".
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx2

from webagents.errors import UserError, clipped
from webagents.planners.language.model import Answer, LanguageModelFailed, Question
from webagents.planners.settings import KEY, OPENAI

log = logging.getLogger(__name__)

_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Answers after which it is worth asking again."""
_THIS_ONE = frozenset({400, 413, 422, 451})
"""Answers that refuse the question: too long, say, or against the provider's rules."""
_SENT = frozenset({"model", "temperature", "seed", "stop", "max_tokens", "max_completion_tokens"})
"""What is sent with every question: who refuses one of these refuses every question."""
_ABOUT_IT = re.compile(
    r"context|too (?:long|large)|content.(?:policy|filter|management)|flagged|moderat|safety", re.I
)
"""What is said of a question that is too long, or against the provider's rules."""
_MOST_REFUSED = 20
"""In a row and for other reasons: then an endpoint is taken to refuse every question."""
_LONGEST_WAIT = 60.0
_MOST_BYTES = 16 * 1024 * 1024


class _Reply(NamedTuple):
    """What came back, whole."""

    status: int
    reason: str
    headers: Mapping[str, str]
    text: str

    @property
    def told(self) -> Any:
        """Its JSON, None where it is none."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A model at an endpoint.

    The key is read from the environment when a question is asked, and is kept nowhere.

    model: its name there.
    base_url: the endpoint's address, as far as before ``/chat/completions``.
    key: the environment variable that holds the key; none is sent where it is not set.
    seconds: how long it may take to answer, seconds.
    tries: how often a question is asked before it is given up.
    per_minute: how many questions a minute it takes; None: any number.
    wait: sleeps for so many seconds.
    """

    model: str
    base_url: str = OPENAI
    key: str = KEY
    seconds: float = 120.0
    tries: int = 6
    per_minute: float | None = None
    wait: Callable[[float], None] = time.sleep
    _client: httpx2.Client = field(init=False, repr=False)
    _lock: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)
    _next: float = field(init=False, repr=False, default=0.0)
    _length: str = field(init=False, repr=False, default="max_tokens")
    _refused: int = field(init=False, repr=False, default=0)  # in a row, why is not clear

    def __post_init__(self) -> None:
        self._client = httpx2.Client(timeout=self.seconds, follow_redirects=False)

    @property
    def name(self) -> str:
        """``openai:MODEL@ADDRESS``."""
        return f"openai:{self.model}@{self.base_url}"

    def answer(self, question: Question) -> Answer:
        """Its answer, or why it refuses this question; asked again where that may help."""
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
            except httpx2.RequestError as error:
                why, after = f"it cannot be reached ({error or type(error).__name__})", 0.0
                continue
            if 200 <= reply.status < 300:
                answer = answer_of(reply.told)
                if answer is not None:
                    self._refused = 0
                    return answer
                why, after = f"its answer is none: {clipped(self._hidden(reply.text))}", 0.0
                continue
            why = self._hidden(f"{reply.status} {_told(reply)}")
            after = _retry_after(reply.headers)
            if reply.status == 400 and self._other_length(reply):
                continue
            if self._refuses_this_one(reply):
                log.info("%s refuses a question: %s", self.name, why)
                return Answer(text="", refused=why)
            if reply.status not in _AGAIN or _spent(reply):
                raise UserError(self._refusal(reply.status, why))
        tries = "1 try" if self.tries == 1 else f"{self.tries} tries"
        raise LanguageModelFailed(f"{self.name} did not answer in {tries}: {why}")

    def _ask(self, question: Question) -> _Reply:
        """Asks once.

        Raises:
            UserError: what the environment holds is no key.
            httpx2.RequestError: no whole reply came, or not in time.
        """
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": each.role, "content": _sendable(each.content)}
                for each in question.messages
            ],
            self._length: question.max_tokens,
            "temperature": question.temperature,
            "seed": question.seed,
        }
        if question.stop:
            asked["stop"] = list(question.stop)
        key = self._key()
        until = time.monotonic() + self.seconds
        with self._client.stream(
            "POST",
            f"{self.base_url.rstrip('/')}/chat/completions",
            json=asked,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        ) as reply:
            content = bytearray()
            for part in reply.iter_bytes():  # a timeout of httpx's own is that of one part
                content += part
                if time.monotonic() > until:
                    raise httpx2.ReadTimeout("it goes on answering")
                if len(content) > _MOST_BYTES:
                    raise httpx2.ReadError(f"it answers with more than {_MOST_BYTES:,} bytes")
            text = content.decode("utf-8", "replace")
            return _Reply(reply.status_code, reply.reason_phrase, reply.headers, text)

    def _key(self) -> str:
        """The key, "" where there is none.

        Raises:
            UserError: it cannot be sent; it is not told, for it may be nearly right.
        """
        key = os.environ.get(self.key, "").strip()
        if not (key.isascii() and key.isprintable()):
            raise UserError(f"${self.key} holds what is no key: it has other than ASCII characters")
        return key

    def _hidden(self, text: str) -> str:
        """What an endpoint says, without the key, should it repeat it."""
        key = os.environ.get(self.key, "").strip()
        return text.replace(key, f"${self.key}") if key else text

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

    def _other_length(self, reply: _Reply) -> bool:
        """Whether it names the most tokens of an answer otherwise, as OpenAI's newer models do."""
        other = "max_completion_tokens"
        if self._length == other or other not in reply.text:
            return False
        self._length = other
        return True

    def _refuses_this_one(self, reply: _Reply) -> bool:
        """Whether it refuses the question, and may answer another."""
        if reply.status == 403:
            return "flagged_input" in reply.text  # OpenRouter's word
        if reply.status not in _THIS_ONE:
            return False
        if _ABOUT_IT.search(reply.text):
            return True
        error = reply.told.get("error") if isinstance(reply.told, dict) else None
        if isinstance(error, dict) and str(error.get("param")) in _SENT:
            return False
        with self._lock:
            self._refused += 1
            return self._refused <= _MOST_REFUSED

    def _refusal(self, status: int, why: str) -> str:
        if status in (401, 403):
            held = "holds" if os.environ.get(self.key) else "is not set, and holds"
            return f"{self.name} refuses the key: {why}; ${self.key} {held} what is sent"
        if status == 404:
            return (
                f"no model {self.model!r} at {self.base_url}, or no endpoint (many addresses end "
                f"in /v1): {why}"
            )
        if 300 <= status < 400:
            return f"{self.base_url} is elsewhere: {why}"
        which = "every question" if self._refused > _MOST_REFUSED else "the question"
        return f"{self.name} refuses {which}: {why}"


def answer_of(told: Any) -> Answer | None:
    """The answer in a reply of OpenAI's form, its cost left open; None where there is none."""
    try:
        choice = told["choices"][0]
        text = choice["message"].get("content") or ""
        refused = choice["message"].get("refusal") or ""
        if choice.get("finish_reason") == "content_filter":
            refused = refused or "content_filter"
        used = told.get("usage") or {}
        if not isinstance(text, str):
            text = "".join(part.get("text", "") for part in text)
        return Answer(
            text="" if refused else _sendable(text),
            prompt_tokens=int(used.get("prompt_tokens") or 0),
            completion_tokens=int(used.get("completion_tokens") or 0),
            cut=choice.get("finish_reason") == "length",
            refused=" ".join(_sendable(refused).split())[:300],
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        return None


def _sendable(text: str) -> str:
    """A text without halves of surrogate pairs, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _told(reply: _Reply) -> str:
    """What the endpoint says of an error, in one line."""
    told = reply.told
    text = told.get("error") if isinstance(told, dict) else reply.text
    text = text.get("message") if isinstance(text, dict) else text
    return " ".join(str(text or reply.headers.get("location") or reply.reason).split())[:300]


def _spent(reply: _Reply) -> bool:
    """Whether the account is at its end, which no waiting helps."""
    return reply.status == 429 and "insufficient_quota" in reply.text


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
    return min(max(0.0, seconds), 2 * _LONGEST_WAIT)  # in this order nan is 0
