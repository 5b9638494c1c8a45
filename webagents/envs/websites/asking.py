"""What is asked of visitors: an instruction for each seed, the splits' held apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from webagents.envs.webshop.inventing.dice import Dice
from webagents.envs.websites.website import Goal, Request, Website, words
from webagents.phrases import filled

SHARES = {"test": range(2), "dev": range(2, 3), "train": range(3, 10), "all": range(10)}
"""Which tenths of all requests belong to a split, by what they ask for."""


def asked(website: Website, seed: int, split: str) -> Request:
    """The request of a seed: the first one drawn from it that belongs to the split.

    To which split one belongs follows from what is asked, so no two splits have one in common.
    """
    dice = Dice(f"{website.name}/{split}/{seed}")
    while True:
        request = website.request(dice)
        if tenth(request) in SHARES[split]:
            return request


def tenth(request: Request) -> int:
    """Which tenth of all requests this one is in; the wording makes no difference."""
    said = "/".join([request.kind, *(f"{k}={v}" for k, v in sorted(request.fields.items()))])
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest()) % 10


def in_words(day: str) -> str:
    """A day as instructions write it: ``12 June 2026`` for ``2026-06-12``."""
    when = date.fromisoformat(day)
    return f"{when.day} {when:%B %Y}"


def worded(
    site: str, kind: str, dice: Dice, values: Mapping[str, str | None], goal: Goal
) -> Request:
    """A request in one of the wordings of its kind.

    values: what the names in the wordings stand for; None: nothing is asked of that.
    """
    wordings: Sequence[str] = words(site, "requests")[kind]["says"]
    fields = {name.lower(): value for name, value in values.items() if value}
    return Request(kind, filled(dice.pick(wordings), values), fields, goal)
