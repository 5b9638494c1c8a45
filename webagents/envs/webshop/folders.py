"""Folders that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from platform import node


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder`, whose place it takes at the end.

    Where the end is not reached it goes, and `folder` stays as it was. What a process left that was
    killed goes with the next.
    """
    # The machine's name too: another one may share the disk, and has processes of its own.
    begun = f".{folder.name}.unfinished-{node()}-"
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.iterdir():
        if left.name.startswith(begun) and not _runs(left.name.removeprefix(begun).split("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    made = folder.with_name(f"{begun}{os.getpid()}-{secrets.token_hex(4)}")
    made.mkdir()
    try:
        yield made
        if folder.exists():
            # Whoever has it open keeps the files it mapped.
            old = made / "replaced"
            folder.rename(old)
            made.rename(folder)
            shutil.rmtree(folder / old.name, ignore_errors=True)
        else:
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _runs(pid: str) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True
