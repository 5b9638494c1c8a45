"""Forms of real pages whose types, and whose fields' types, people have named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class AnnotatedForm(NamedTuple):
    """A form and what it is.

    page: the file of its page.
    number: which ``<form>`` of the page it is, from 0, in document order.
    site: what its page belongs to; forms of a site are alike and stay together.
    fold: in which part of the data its site is held out.
    type: such as "login".
    fields: the name and the type of each field that people fill in, in document order (see
        `texts.fields_of`); None: nobody named them.
    """

    page: Path
    number: int
    site: str
    fold: int
    type: str
    fields: tuple[tuple[str, str], ...] | None


def read_annotations(lines: Iterable[str]) -> Iterator[AnnotatedForm]:
    """The forms of JSON lines, each an object with the fields of `AnnotatedForm`."""
    for line in lines:
        record = json.loads(line)
        fields = record.pop("fields")
        yield AnnotatedForm(
            page=Path(record.pop("page")),
            fields=None if fields is None else tuple((name, type_) for name, type_ in fields),
            **record,
        )
