"""torchvision beside a PyTorch that its compiled part does not fit."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from webagents.models import missing_operators


@pytest.mark.skipif(find_spec("timm") is None, reason="the extra vision is not installed")
def test_importing_the_package_is_enough_for_torchvision_and_timm() -> None:
    code = """
import sys
import webagents
assert not {"torch", "torchvision", "timm", "transformers"} & set(sys.modules)
import torchvision.transforms, timm
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_declared_where_the_compiled_part_can_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(missing_operators, "_kept", [])
    monkeypatch.setattr(torch.ops, "load_library", loaded.append)
    (tmp_path / "_C.so").touch()
    missing_operators.declare(tmp_path)
    assert (loaded, missing_operators._kept) == ([str(tmp_path / "_C.so")], [])
