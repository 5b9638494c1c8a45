"""The command ``python -m webagents.envs.checks``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence

from webagents.envs import checks
from webagents.envs.catalogue import select
from webagents.envs.checks.conforming import gymnasium_check
from webagents.envs.checks.differing import Difference
from webagents.envs.checks.repeating import PAUSE, STEPS, repeat
from webagents.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a check over tasks; 1 when one of them fails."""
    parser = argparse.ArgumentParser(
        prog="python -m webagents.envs.checks", description=checks.__doc__
    )
    parser.add_argument("check", choices=("repeat", "gymnasium"))
    parser.add_argument("tasks", nargs="*", default=["@miniwob"], help="default: @miniwob")
    parser.add_argument("--seed", type=int, default=0, help="repeat: of each task's first episode")
    parser.add_argument("--steps", type=int, default=STEPS, help="repeat: actions a task")
    parser.add_argument("--pause", type=float, default=PAUSE, help="repeat: seconds before each")
    chosen = parser.parse_intermixed_args(arguments)
    try:
        specs = select(chosen.tasks)
    except UserError as error:
        parser.error(str(error))
    if chosen.check == "repeat":
        ids = [spec.id for spec in specs]
        made = repeat(ids, seed=chosen.seed, steps=chosen.steps, pause=chosen.pause)
        return _report_repeat(made, len(ids), chosen.steps)
    return _report_gymnasium([spec.env_id for spec in specs])


def _report_repeat(made: Iterable[tuple[str, Difference | None]], number: int, steps: int) -> int:
    differing = []
    for index, (task, found) in enumerate(made, 1):
        _progress(f"[{index}/{number}] {task}")
        if found is not None:
            differing.append(task)
            _say(f"{task} differs at step {found.step} in {', '.join(found.keys)}: {found.told}")
    _say(
        f"repeat: {number - len(differing)} of {number} tasks identical over {steps} actions "
        f"in two processes, the second paused and under load"
    )
    return _verdict("differ", differing)


def _report_gymnasium(ids: Sequence[str]) -> int:
    failed: list[str] = []
    warned: list[str] = []
    for index, id_ in enumerate(ids, 1):
        for screenshots in (True, False):
            how = f"{id_} with{'' if screenshots else 'out'} screenshots"
            _progress(f"[{index}/{len(ids)}] {how}")
            failure, told = gymnasium_check(id_, screenshots=screenshots)
            if failure:
                failed.append(id_)
                _say(f"{how} fails: {failure[:300]}")
            warned += told
    for text in dict.fromkeys(warned):
        _say(f"warning, {warned.count(text)} times: {text[:300]}")
    passed = len(ids) - len(set(failed))
    _say(
        f"gymnasium: check_env passes on {passed} of {len(ids)} ids, with and without "
        f"screenshots; {len(warned)} warnings"
    )
    return _verdict("fail", list(dict.fromkeys(failed)))


def _verdict(verb: str, tasks: Sequence[str]) -> int:
    if tasks:
        _say(f"{len(tasks)} {verb}: {', '.join(tasks)}")
    return 1 if tasks else 0


def _say(line: str) -> None:
    _write(sys.stdout.write, f"{line}\n")


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        _write(sys.stderr.write, f"\r\x1b[K{line}")


def _write(write: Callable[[str], int], text: str) -> None:
    write(text)
    sys.stdout.flush()
