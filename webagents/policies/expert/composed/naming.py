"""The names of composed tasks: which parts they have."""

from __future__ import annotations

import re

from webagents.phrases import part_tables

_NAME = re.compile(r"compwob\.([\w-]+?)(?:-transition)?(?:\.[\w-]+?)?(?:-reverse)?")


def parts_of(task: str) -> tuple[str, ...]:
    """The names of a composed task's parts, in the order in which they are to be done.

    task: ``compwob.<part>_<part>``, perhaps with ``-transition``, with the mark that tells
        compositions of the same parts apart (``.gated``), and with ``-reverse`` behind it.

    Empty for any other id, and where there is no such part.
    """
    found = _NAME.fullmatch(task)
    if found is None:
        return ()
    names = tuple(found.group(1).split("_"))
    return names if set(names) <= part_tables().keys() else ()
