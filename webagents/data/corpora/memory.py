"""Memory given back to the system, so that a process that reads for days stays as small as it was.

Three things grew while nothing was held. The C library keeps what a large page's tree was, in case
another comes: many times the page. Arrow's pool keeps what a row group was. And lxml keeps
every name of an element or attribute it has met, misspelt ones too, as long as the thread lives
that met it: 40 to 80 bytes a name.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from threading import Thread
from typing import TypeVar

import pyarrow as pa

T = TypeVar("T")


def give_back() -> None:
    """Gives the memory back that is free but kept, as far as the C library has a call for it."""
    pa.default_memory_pool().release_unused()
    _trim()()


def in_a_thread(call: Callable[[], T]) -> T:
    """What a call gives, or raises, in a thread that lives no longer than it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as failure:  # noqa: BLE001 (it is raised again below)
            future.set_exception(failure)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    return future.result()


@cache
def _trim() -> Callable[[], object]:
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # not the GNU C library
        return lambda: None
    return lambda: trim(0)
