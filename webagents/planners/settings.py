"""Which language model is asked, and how: what the flags of commands and `load_policy` say of it.

It needs no extra: commands have these flags whether language models can be asked here or not.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from webagents.errors import UserError, check_least, clipped

OPENAI = "https://api.openai.com/v1"
KEY = "OPENAI_API_KEY"
ADDRESS = "OPENAI_BASE_URL"

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSettings:
    """Which language model is asked by the policies llm:METHOD, and how.

    llm: the language model: openai:NAME, transformers:FOLDER, gguf:FILE or scripted:FILE.
    base_url: the address of openai:NAME, as far as before /chat/completions; None is
        $OPENAI_BASE_URL, or OpenAI's own.
    llm_key_variable: the environment variable that holds the endpoint's key.
    llm_seconds: how long an endpoint may take to answer, seconds.
    llm_tries: how often an endpoint is asked before it is given up.
    llm_per_minute: how many questions a minute an endpoint takes; 0 is any number.
    llm_price_read: what a million tokens of questions cost, for the count of costs.
    llm_price_written: what a million tokens of answers cost.
    llm_context: the most tokens that a GGUF model reads and writes together.
    llm_threads: processors that a GGUF model uses.
    llm_cache: whether answers are kept, and no question is asked twice.
    exemplars: the dataset that llm:synapse remembers; None is the bundled one.
    """

    llm: str | None = None
    base_url: str | None = None
    llm_key_variable: str = KEY
    llm_seconds: float = 120.0
    llm_tries: int = 6
    llm_per_minute: float = 0.0
    llm_price_read: float = 0.0
    llm_price_written: float = 0.0
    llm_context: int = 8192
    llm_threads: int = 1
    llm_cache: bool = True
    exemplars: str | None = None

    def __post_init__(self) -> None:
        check_least(self, llm_tries=1, llm_context=1, llm_threads=1)
        check_least(self, llm_per_minute=0, llm_price_read=0, llm_price_written=0)
        if not 0 < self.llm_seconds < math.inf:
            raise UserError(f"llm_seconds is above 0, not {self.llm_seconds}")
        if not _VARIABLE.fullmatch(self.llm_key_variable):
            # Not shown: it may be the key.
            raise UserError(
                f"llm_key_variable is the name of an environment variable, such as {KEY}, and not "
                "the key itself; what was given is none"
            )
        if self.base_url:
            _check(self.base_url, "base_url")

    @property
    def address(self) -> str:
        """The address that an ``openai:`` model is asked at.

        Raises:
            UserError: $OPENAI_BASE_URL is none.
        """
        told = os.environ.get(ADDRESS, "").strip()
        if told and not self.base_url:
            _check(told, f"${ADDRESS}")
        return (self.base_url or told or OPENAI).rstrip("/")

    def language(self) -> LanguageSettings:
        """These settings alone, of a record that has more."""
        return LanguageSettings(**{each.name: getattr(self, each.name) for each in _FIELDS})

    def resolved(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A record's values with these settings as they are in the end, and behind the others.

        Without a language model they are left out; with an endpoint its address is always told.
        """
        own = {each.name: getattr(self, each.name) for each in _FIELDS}
        others = {name: value for name, value in values.items() if name not in own}
        if not self.llm:
            return others
        at = {"base_url": self.address} if self.llm.startswith("openai:") else {}
        return others | own | at

    def changed(self) -> list[str]:
        """The names of the settings that are not as they are by default."""
        return [each.name for each in _FIELDS if getattr(self, each.name) != each.default]

    def player(self, policy: str) -> str:
        """A policy's name with the language model that it asks."""
        return f"{policy} ({self.llm})" if self.llm else policy


_FIELDS = fields(LanguageSettings)

FREE = frozenset(
    ("llm_key_variable", "llm_seconds", "llm_tries", "llm_per_minute", "llm_threads", "llm_cache")
)
"""The settings that change no episode, and so may differ when something is resumed."""


def _check(address: str, what: str) -> None:
    """Raises `UserError` for what is no endpoint's address, or has a secret in it."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if "@" in address or "?" in address or "#" in address:
        # Not shown: what is too much may be a key.
        raise UserError(
            f"{what} is an address alone, such as http://127.0.0.1:8080/v1, without a user, "
            "password or query; the key belongs into the environment"
        )
    if not known or any(each.isspace() for each in address) or "/chat/completions" in address:
        raise UserError(
            f"{what} is an address such as http://127.0.0.1:8080/v1, as far as before "
            f"/chat/completions, not {clipped(address)}"
        )
