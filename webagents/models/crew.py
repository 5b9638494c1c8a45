"""Work shared by several threads, heads or rows of a tensor, without further threads within.

PyTorch spreads every single operation over its threads and waits for all of them at its end. For
many small operations in a row that is a wait each time, a long one where another process holds one
of the processors, and every thread sees a part of every tile rather than keep a tile in its cache.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import torch

_turn = threading.Lock()


def shared(work: Callable[[slice], None], count: int) -> None:
    """Calls `work` with shares of [0, `count`), in as many threads as PyTorch would use.

    Within `work` operations are not spread over threads, and gradients not recorded. Where another
    thread is already at it, this one does its work alone.

    Raises:
        Exception: what `work` raised in any of the threads.
    """
    threads = min(torch.get_num_threads(), count)
    if threads == 1 or not _turn.acquire(blocking=False):
        work(slice(0, count))
        return
    before = torch.get_num_threads()
    ends = [count * i // threads for i in range(threads + 1)]
    first, *rest = (slice(a, b) for a, b in itertools.pairwise(ends))
    try:
        torch.set_num_threads(1)
        pool = _pool(threads - 1, os.getpid())
        others = [pool.submit(_alone, work, share) for share in rest]
        try:
            work(first)
        finally:
            failures = [other.exception() for other in others]
        for failure in filter(None, failures):
            raise failure
    finally:
        torch.set_num_threads(before)
        _turn.release()


@lru_cache(maxsize=1)
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    # a forked process has none of its parent's threads; how many threads PyTorch uses is a setting
    # of each thread's own
    return ThreadPoolExecutor(threads, "shares", initializer=torch.set_num_threads, initargs=(1,))


def _alone(work: Callable[[slice], None], share: slice) -> None:
    with torch.no_grad():
        work(share)
