"""Reads the original's actions, ``search[red shoes]`` and ``click[buy now]``, as it does."""

from __future__ import annotations

import re
from typing import NamedTuple

from webagents.errors import ActionError, clipped

_ACTION = re.compile(r"(.+)\[(.+)\]")  # the last "[" opens; what follows the last "]" is ignored


class Deed(NamedTuple):
    """What is to be done (search or click), and with what, in lower case."""

    name: str
    argument: str


def read(text: object) -> Deed:
    """The deed that an action text names.

    Raises:
        ActionError: it names none. The original then does nothing, without a word.
    """
    match = _ACTION.match(text) if isinstance(text, str) else None
    if match is None:
        raise ActionError(f"no action {clipped(text)}; write search[words] or click[name]")
    name, argument = match.groups()
    if name not in {"search", "click"}:
        raise ActionError(f"no action {clipped(name)}; the actions are search and click")
    return Deed(name, argument.lower())
