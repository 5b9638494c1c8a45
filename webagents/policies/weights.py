"""Which weights a policy has, so that results of other ones are not taken for its own."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from webagents.policies.loading import checkpoint_folder

BLOCKS, BLOCK = 64, 2**16
"""How many blocks of a file are looked at, evenly from its beginning to its end, and their bytes:
training changes weights everywhere, and gigabytes need not be read."""


def weights_of(policy: str) -> dict[str, str]:
    """``weights``: what tells those of a policy's checkpoints from others; {} where it has none.

    policy: its name, as `load_policy` takes it.
    """
    folders = map(checkpoint_folder, re.split("[:,]", policy))
    files = [
        file
        for folder in folders
        if folder is not None
        for file in sorted(folder.iterdir())
        if file.suffix in (".safetensors", ".bin")
    ]
    if not files:
        return {}
    told = hashlib.sha256()
    for file in files:
        _tell(file, told)
    return {"weights": told.hexdigest()[:16]}


def _tell(file: Path, told: hashlib._Hash) -> None:
    size = file.stat().st_size
    told.update(size.to_bytes(8, "big"))
    with file.open("rb") as opened:
        for block in range(BLOCKS):
            opened.seek(max(0, size - BLOCK) * block // (BLOCKS - 1))
            told.update(opened.read(BLOCK))
