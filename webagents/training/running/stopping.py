"""Stopping between two steps, when somebody asks for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Tells whether Ctrl-C was pressed, or the process was told to end, since.

    The first time is taken note of; the second raises KeyboardInterrupt at once. In a thread, where
    signals do not arrive, it is never.
    """
    heard = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        if heard:
            raise KeyboardInterrupt
        heard = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {each: signal.signal(each, hear) for each in _SIGNALS}
    try:
        yield lambda: heard
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
