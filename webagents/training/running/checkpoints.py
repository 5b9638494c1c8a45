"""Checkpoints: all that a run needs to go on as if it had never stopped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from webagents.errors import UserError
from webagents.provenance import write
from webagents.training.running.lanes import State
from webagents.training.running.trials import Standing

if TYPE_CHECKING:
    from accelerate import Accelerator

CHECKPOINTS = "checkpoints"
STATE = "run.json"


class Progress(NamedTuple):
    """How far a run is.

    step: how many steps are done.
    tokens: how many input and target tokens they had.
    lanes: where each lane goes on.
    standing: how its trials stand.
    """

    step: int
    tokens: int
    lanes: dict[int, State]
    standing: Standing = Standing()


def save(accelerator: Accelerator, folder: Path, progress: Progress, *, kept: int) -> None:
    """Writes a checkpoint, whole or not at all; removes older ones but for the last `kept`.

    Every process calls it, with the lanes that are its own.
    """
    from accelerate.utils import gather_object

    lanes: list[tuple[int, State]] = gather_object(list(progress.lanes.items()))
    new = folder / CHECKPOINTS / f"{progress.step:08}.new"
    if accelerator.is_main_process and new.exists():
        shutil.rmtree(new)
    accelerator.wait_for_everyone()
    accelerator.save_state(str(new))
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        state = {
            "step": progress.step,
            "tokens": progress.tokens,
            "lanes": dict(lanes),
            "standing": progress.standing._asdict(),
        }
        write(new / STATE, json.dumps(state))
        done = new.with_suffix("")
        if done.exists():
            shutil.rmtree(done)
        new.replace(done)
        for old in _complete(folder)[:-kept]:
            shutil.rmtree(old)
    accelerator.wait_for_everyone()


def restore(accelerator: Accelerator, folder: Path) -> Progress | None:
    """Goes to the latest checkpoint of a run; None where there is none.

    Raises:
        UserError: the checkpoint cannot be read, or is of other lanes.
    """
    found = _complete(folder)
    if not found:
        return None
    try:
        state: dict[str, Any] = json.loads((found[-1] / STATE).read_text(encoding="utf-8"))
        accelerator.load_state(str(found[-1]))
        lanes = {int(number): lane for number, lane in state["lanes"].items()}
        standing = Standing(**state.get("standing", {}))  # which runs of older versions lack
        return Progress(int(state["step"]), int(state["tokens"]), lanes, standing)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise UserError(
            f"{found[-1]} cannot be read ({error}); remove it to go on from the one before"
        ) from error


def _complete(folder: Path) -> list[Path]:
    return sorted(
        path for path in (folder / CHECKPOINTS).glob("*") if path.suffix == "" and path.is_dir()
    )
