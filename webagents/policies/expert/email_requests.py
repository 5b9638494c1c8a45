"""What people ask to be done about an email, understood from how they put it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

Deed = Literal["reply", "forward", "delete", "star"]


class Request(NamedTuple):
    """What is to be done about an email.

    deed: what.
    sender: whose email it is.
    recipient: to whom it is forwarded; "" otherwise.
    message: what is replied; "" otherwise.
    """

    deed: Deed
    sender: str
    recipient: str = ""
    message: str = ""


class _Mention(NamedTuple):
    """A name, and the words before and after it."""

    name: str
    before: str
    after: str

    @property
    def addressed(self) -> bool:
        return bool(re.search(r"\bto\s+$", self.before))

    @property
    def wrote(self) -> bool:
        return bool(
            re.search(r"\b(from|by)\s+$", self.before) or re.match(r"\s+(sent|wrote)\b", self.after)
        )

    @property
    def owns(self) -> bool:
        return bool(re.match(r"'?s\s", self.after))


_MESSAGE = re.compile(r'"+\s*([^"]+?)\s*"')
_DELETED = re.compile(
    r"\b(delete[ds]?|trash|rid of|remove|throw away|recycling bin)\b|don't want|out of my inbox",
    re.IGNORECASE,
)
_STARRED = re.compile(r"\b(imp\w*t|importance|star|mark(ed)?|flag)\b", re.IGNORECASE)
_STRANGER = re.compile(r"\bto ([A-Z][\w-]*(?: [A-Z][\w-]*)?)\W*$")
# MiniWoB's own mix-ups: whoever wrote these had the two names the other way round.
_CROSSED = re.compile(
    r"Find yesterday's emails from|Forward all messages from|Forward .+'s email from yesterday to|"
    r"Send .+ the message from"
)


def understood(instruction: str, senders: Collection[str]) -> Request | None:
    """What is asked; None where it is about no one who wrote an email.

    senders: the names that the inbox shows.
    """
    asked = _MESSAGE.sub(" ", instruction)
    mentions = _mentions(asked, senders)
    if not mentions:
        return None
    sender = _likeliest(mentions)
    if said := _MESSAGE.search(instruction):
        return Request("reply", sender.name, message=said.group(1))
    words = _pattern(senders).sub(" ", asked)  # someone may be called Star
    if _DELETED.search(words):
        return Request("delete", sender.name)
    if _STARRED.search(words):
        return Request("star", sender.name)
    others = [mention for mention in mentions if mention is not sender]
    stranger = _STRANGER.search(asked)
    if others and _CROSSED.match(asked):
        return Request("forward", others[0].name, sender.name)
    if others:
        return Request("forward", sender.name, others[0].name)
    return Request("forward", sender.name, stranger.group(1)) if stranger else None


def _pattern(names: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![A-Z-])({either})(?=s?(?![a-z-]))")


def _mentions(text: str, names: Collection[str]) -> list[_Mention]:
    found = _pattern(names).finditer(text) if names else ()
    return [_Mention(m.group(1), text[: m.start()], text[m.end() :]) for m in found]


def _likeliest(mentions: Sequence[_Mention]) -> _Mention:
    """Whose email it is: not the one it goes to, rather who wrote it, or has it."""
    return min(mentions, key=lambda it: (it.addressed, not it.wrote, not it.owns))
