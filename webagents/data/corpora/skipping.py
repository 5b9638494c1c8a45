"""Why a page or an example is left out; whatever is left out is counted under one of these."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why something is left out, in the words of ``corpus.json``."""

    UNREADABLE = "unreadable"
    CRASHED = "broke the reader"
    NOT_HTML = "not HTML"
    STATUS = "answer of an error"
    EMPTY = "empty"
    HUGE = "huge"
    BINARY = "binary"
    NOT_UNICODE = "not Unicode"
    NO_MARKUP = "no markup"
    BROKEN = "broken HTML"
    NESTED = "nested too deeply"
    LANGUAGE = "other language"
    SHORT = "short"
    LONG = "long"
    DUPLICATE = "duplicate"
    NEAR = "near duplicate"
    CAPPED = "over the site's cap"


class Skipped(Exception):
    """A page is left out, for a reason.

    reason: why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
