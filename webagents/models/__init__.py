"""Neural networks: HTML-T5. They need PyTorch and `transformers`, the extra ``models``.

Importing this package loads neither; the first use of a name does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webagents.models.config import HtmlT5Config
    from webagents.models.html_t5 import HtmlT5
    from webagents.models.presets import load_preset, preset_names

__all__ = ["HtmlT5", "HtmlT5Config", "load_preset", "preset_names"]

_HOMES = {
    "HtmlT5": "html_t5",
    "HtmlT5Config": "config",
    "load_preset": "presets",
    "preset_names": "presets",
}
_EXTRA = ("torch", "transformers", "safetensors")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as missing:
        if missing.name in _EXTRA:
            raise ImportError(
                f"{__name__}.{name} needs {missing.name}, which is not installed; "
                "install it with: pip install 'webagents-gym[models]'"
            ) from missing
        raise
