"""The processes that read pieces. They end with this one, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from webagents.data.corpora.memory import in_a_thread
from webagents.data.corpora.pages import Rules
from webagents.data.corpora.parts import Counts, make_empty_part, make_part
from webagents.data.corpora.skipping import Reason
from webagents.data.corpora.sources import Piece
from webagents.errors import UserError

TRIES = 2


class Job(NamedTuple):
    """A piece, and where its part goes."""

    piece: Piece
    part: Path


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection


def work(jobs: Sequence[Job], rules: Rules, workers: int) -> Iterator[Counts]:
    """Makes the parts, the large inputs' first; gives what was counted in each, in any order.

    A piece that ends its process twice (a fault in a library, no memory) is given up and counted.

    Raises:
        UserError: a library is missing that it needs.
    """
    order = deque(sorted(jobs, key=lambda job: -job.piece.input.bytes / job.piece.of))
    if workers == 1 or len(jobs) == 1:
        for job in order:
            yield make_part(job.piece, rules, job.part)
        return
    tries: Counter[Path] = Counter()
    busy: dict[Connection, tuple[_Worker, Job]] = {}
    idle = [_begun(rules) for _ in range(min(workers, len(jobs)))]
    try:
        while order or busy:
            while order and idle:
                worker, job = idle.pop(), order.popleft()
                tries[job.part] += 1
                busy[worker.pipe] = (worker, job)
                worker.pipe.send(job)
            ready = wait(list(busy))
            for pipe in [pipe for pipe in busy if pipe in ready]:
                worker, job = busy.pop(pipe)
                try:
                    said = worker.pipe.recv()
                except (EOFError, ConnectionResetError):
                    _end(worker)
                    idle.append(_begun(rules))
                    if tries[job.part] < TRIES:
                        order.append(job)
                    else:
                        yield make_empty_part(job.piece, job.part, Reason.CRASHED)
                    continue
                if isinstance(said, Exception):
                    raise said
                idle.append(worker)
                yield said
    finally:
        for worker in [*idle, *(worker for worker, _ in busy.values())]:
            _end(worker)


def _begun(rules: Rules) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(rules, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _work(rules: Rules, pipe: Connection) -> None:
    """A worker's process: does what comes through the pipe, until its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends this one
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            job = pipe.recv()
            try:
                said: Counts | Exception = in_a_thread(
                    partial(make_part, job.piece, rules, job.part)
                )
            except (UserError, OSError) as failure:
                said = failure
            pipe.send(said)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _end_with_parent() -> None:
    """Ends this process, in the middle of a piece too, when the one that began it is no more."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
