"""How an import is going, in lines for the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable

from webagents.data.importing.records import Progress

EVERY_SECONDS = 5.0


def lines(say: Callable[[str], None]) -> Callable[[Progress], None]:
    """Hears of each file, and says a line now and then and one at the end."""
    said_at = time.monotonic()

    def heard(now: Progress) -> None:
        nonlocal said_at
        if now.files == now.total or time.monotonic() - said_at >= EVERY_SECONDS:
            said_at = time.monotonic()
            say(f"{now.files}/{now.total} files · {now.kept} kept · {now.dropped} not taken")

    return heard
