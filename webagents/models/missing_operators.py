"""What lets torchvision be imported where its compiled part does not fit PyTorch's.

Beside a PyTorch for processors alone, the torchvision of the package index cannot load its own
operators, and its import then fails for want of them (``operator torchvision::nms does not
exist``); with it fails every import in `transformers` and in timm that looks whether there is a
torchvision. Nothing here uses those operators: declared, without code behind them, they suffice.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_NAME = "torchvision"
_OPERATORS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_kept: list[Any] = []
"""PyTorch forgets operators with the record that declared them."""


def watch() -> None:
    """Sees to it that they are declared just before torchvision is imported, by whomever.

    It imports nothing itself and can be called again.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def declare(package: Path) -> None:
    """Declares the operators unless torchvision's compiled part brings them.

    package: torchvision's folder.
    """
    torch = import_module("torch")  # by now it is there: torchvision is for nothing else
    for library in sorted(package.glob("_C.*")):
        try:
            torch.ops.load_library(str(library))
        except (OSError, ImportError):
            continue
        return
    if not _kept:
        missing = torch.library.Library(_NAME, "FRAGMENT")
        for name, signature in _OPERATORS.items():
            missing.define(f"{name}{signature}")
        _kept.append(missing)


class _Finder(MetaPathFinder):
    """Finds torchvision where it is, and has its import begin with `declare`."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The module's spec; None for every other module, which others find."""
        if name != _NAME:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None and spec.origin is not None:
            spec.loader = _Loader(spec.loader, Path(spec.origin).parent)
        return spec


class _Loader(Loader):
    """A module's own loader, after `declare`."""

    def __init__(self, own: Any, package: Path) -> None:
        self._own, self._package = own, package

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """What the own loader makes."""
        made: ModuleType | None = self._own.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Declares the operators, then runs the module."""
        declare(self._package)
        self._own.exec_module(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)
