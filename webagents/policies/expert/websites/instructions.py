"""What an instruction asks for, read by the patterns that it may follow."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from webagents.phrases import expression, names
from webagents.resources import content


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    kind: the table of the site's ``requests.toml``.
    fields: the values by their names, those that are not asked for left out.
    """

    kind: str
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """A value; "" for one that is not asked for."""
        return self.fields.get(name, "")


def asked(site: str, instruction: str) -> Asked | None:
    """What an instruction of a site asks for; None where it follows none of the patterns."""
    for kind, pattern, named in _patterns(site):
        found = re.fullmatch(pattern, instruction.strip())
        if found is not None:
            values = zip(named, found.groups(), strict=True)
            return Asked(kind, {name: value for name, value in values if value})
    return None


@cache
def _patterns(site: str) -> list[tuple[str, str, list[str]]]:
    text = content("envs", "sites", site, "requests.toml").read_text(encoding="utf-8")
    return [
        (kind, expression(wording), [name.lower() for name in names(wording)])
        for kind, table in tomllib.loads(text).items()
        for wording in table["says"]
    ]


def iso(day: str) -> str:
    """A day such as ``12 June 2026`` as date fields want it; "" for none."""
    try:
        return f"{datetime.strptime(f'{day} +0000', '%d %B %Y %z'):%Y-%m-%d}"
    except ValueError:
        return ""
