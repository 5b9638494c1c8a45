"""One page: checked, decoded, cleaned, and cut into examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from webagents.data.corpora.cutting import LABEL, Cut, Sizes, label_subtrees, page_or_windows
from webagents.data.corpora.decoding import decoded
from webagents.data.corpora.languages import speaks
from webagents.data.corpora.sheet import parsed, sheet_of
from webagents.data.corpora.skipping import Reason, Skipped

LEAST_BYTES = 16
LEAST_TAGS = 3

_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x7fELF",
)
_MARKUP = re.compile(rb"<\s*[a-zA-Z!/?]")
_CODE_BEGUN = re.compile(r"<\?(?!xml)|<%|\{%|\{\{")
_CODE_ENDED = {"<?": "?>", "<%": "%>", "{%": "%}", "{{": "}}"}


class Rules(NamedTuple):
    """What becomes of a page.

    kinds: of the examples: some of `cutting.KINDS`.
    sizes: see there.
    page_bytes: how large a page may be as it is served.
    language: see `languages`; "any": every one.
    """

    kinds: frozenset[str]
    sizes: Sizes
    page_bytes: int
    language: str


class Raw(NamedTuple):
    """A page as it was served or stored.

    data: at most one byte more than `Rules.page_bytes`.
    charset: what the server said.
    templates: whether the page is made by a template, whose code is taken out.
    """

    data: bytes
    charset: str | None = None
    templates: bool = False


def examples_of(raw: Raw, rules: Rules, skipped: Counter[str]) -> Iterator[Cut]:
    """The examples of a page.

    skipped: where examples that are left out are counted, by reason.

    Raises:
        Skipped: the page as a whole is left out.
    """
    _check(raw.data, rules.page_bytes)
    page = decoded(raw.data, raw.charset)
    if raw.templates:
        page = without_code(page)
    tree = parsed(page)
    if rules.language != "any" and not speaks(tree.words, rules.language, tree.language):
        raise Skipped(Reason.LANGUAGE)
    sheet = sheet_of(tree)
    if len(sheet.starts) < LEAST_TAGS:
        raise Skipped(Reason.NO_MARKUP)
    if LABEL in rules.kinds:
        yield from _fitting(label_subtrees(sheet, rules.sizes), rules.sizes, skipped)
    yield from _fitting(page_or_windows(sheet, rules.sizes, rules.kinds), rules.sizes, skipped)


def without_code(template: str) -> str:
    """A template without the code in it; PHP without an end goes on to the last line.

    In time that grows with the length alone, which a pattern with both ends would not do.
    """
    pieces = []
    kept = at = 0
    endless: set[str] = set()
    while begun := _CODE_BEGUN.search(template, at):
        at = begun.start() + 1
        if (mark := begun.group()) in endless:
            continue
        end = template.find(_CODE_ENDED[mark], begun.end())
        if end < 0 and mark != "<?":
            endless.add(mark)
            continue
        pieces.append(template[kept : begun.start()])
        kept = at = len(template) if end < 0 else end + len(_CODE_ENDED[mark])
    return "".join([*pieces, template[kept:]])


def _check(data: bytes, most: int) -> None:
    if len(data) > most:
        raise Skipped(Reason.HUGE)
    if len(data.strip(b"\0 \t\r\n")) < LEAST_BYTES:
        raise Skipped(Reason.EMPTY)
    if data.startswith(_MAGIC):
        raise Skipped(Reason.BINARY)
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not _MARKUP.search(data):
        # What has no sign of markup is alphanumeric alone, or no text.
        decoded(data)
        raise Skipped(Reason.NO_MARKUP)


def _fitting(cuts: Iterator[Cut], sizes: Sizes, skipped: Counter[str]) -> Iterator[Cut]:
    for cut in cuts:
        if cut.long:
            skipped[Reason.LONG] += 1
        elif len(cut.html) < sizes.least:
            skipped[Reason.SHORT] += 1
        else:
            yield cut
