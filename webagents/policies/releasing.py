"""``python -m webagents.policies.releasing MODEL OUT``: a checkpoint as it is released.

The files that playing needs, the weights in half the bits (float16); they are read as float32
again, as ``config.json`` says.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers.utils import CONFIG_NAME, SAFE_WEIGHTS_NAME

from webagents.planners.compact.parts import FILE as TONGUE
from webagents.planners.compact.parts import Part, read_tongue
from webagents.policies.checkpoints import read_policy
from webagents.prompt import FILE as FORM

COPIED = (CONFIG_NAME, "tokenizer.json", "tokenizer_config.json")


def release(model: Path, out: Path) -> None:
    """Writes the files of a policy's checkpoint, or a part's, over those of an earlier release.

    Raises:
        UserError: `model` is no checkpoint of a policy, and of no planner or writer.
    """
    asked_by = TONGUE if (model / TONGUE).is_file() else FORM
    if asked_by == TONGUE:
        Part.read(model, read_tongue(model).kind)
    else:
        read_policy(model)
    out.mkdir(parents=True, exist_ok=True)
    for name in (*COPIED, asked_by):
        shutil.copy(model / name, out / name)
    state = load_file(model / SAFE_WEIGHTS_NAME)
    halved = {name: weight.to(torch.float16) for name, weight in state.items()}
    new = out / f"{SAFE_WEIGHTS_NAME}.new"
    save_file(halved, new, metadata={"format": "pt"})
    new.chmod(0o644)
    new.replace(out / SAFE_WEIGHTS_NAME)  # whoever reads the old one goes on with it


def main() -> None:
    """Releases the checkpoint that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    release(given.model, given.out)


if __name__ == "__main__":
    main()
