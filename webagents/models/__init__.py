"""Neural networks: HTML-T5, WebGUM. They need PyTorch and `transformers`, the extra ``models``;
WebGUM also needs timm, the extra ``vision``.

Importing this package loads neither; the first use of a name does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webagents.models.config import HtmlT5Config
    from webagents.models.html_t5 import HtmlT5
    from webagents.models.kinds import load_model, make_model
    from webagents.models.presets import load_preset, preset_names
    from webagents.models.webgum import WebGum
    from webagents.models.webgum_config import WebGumConfig

__all__ = [
    "HtmlT5",
    "HtmlT5Config",
    "WebGum",
    "WebGumConfig",
    "load_model",
    "load_preset",
    "make_model",
    "preset_names",
]

_HOMES = {
    "HtmlT5": "html_t5",
    "HtmlT5Config": "config",
    "WebGum": "webgum",
    "WebGumConfig": "webgum_config",
    "load_model": "kinds",
    "load_preset": "presets",
    "make_model": "kinds",
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
