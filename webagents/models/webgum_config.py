"""The configuration of WebGUM: HTML-T5's or T5's, and what the model sees."""

from __future__ import annotations

from typing import Any

from webagents.models.config import HtmlT5Config
from webagents.models.screens import SIDE

IMAGE_TOKENS = ("temporal+local", "temporal", "local", "none")


class WebGumConfig(HtmlT5Config):
    """What a `WebGum` is made of: an `HtmlT5Config` with further fields.

    vision_model: timm's name of the vision transformer.
    vision_options: further arguments of its constructor, such as ``depth``.
    image_size: pixels of a side of what the vision transformer sees.
    image_mean, image_std: see `vision.Vision`; None until a model is made of them.
    screen_size: pixels of a side of a frame, which is padded to `image_size`.
    image_tokens: which of a picture's tokens the encoder reads: "temporal+local" (all patches of
        all frames), "temporal" (the class token of each frame), "local" (the patches of the latest
        frame) or "none" (no pictures: the text alone). The paper's ablation.
    history: frames of "temporal+local" and "temporal", the latest included; 2 in the paper.

    Raises:
        ValueError: there are no such image tokens, or a size cannot be.
    """

    model_type = "webgum"

    vision_model: str = "vit_base_patch16_224.augreg_in21k"
    vision_options: dict[str, Any] | None = None
    image_size: int = 224
    image_mean: list[float] | None = None
    image_std: list[float] | None = None
    screen_size: int = SIDE
    image_tokens: str = "temporal+local"
    history: int = 2

    def __post_init__(self, **kwargs: Any) -> None:
        """Checks; what is wrong with the text's fields is told first."""
        super().__post_init__(**kwargs)
        if self.image_tokens not in IMAGE_TOKENS:
            raise ValueError(
                f"no image_tokens {self.image_tokens!r}; there are {', '.join(IMAGE_TOKENS)}"
            )
        if self.history < 1:
            raise ValueError(f"history is {self.history}, it must be at least 1")
        if not 1 <= self.screen_size <= self.image_size:
            raise ValueError(
                f"screen_size is {self.screen_size}, it must be at least 1 and at most image_size, "
                f"{self.image_size}"
            )

    @property
    def frames(self) -> int:
        """How many of the latest screenshots the model is shown."""
        return {"none": 0, "local": 1}.get(self.image_tokens, self.history)
