"""Screenshots as lossless bytes, and back."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from webagents.types import Screenshot


def encoded(screenshot: Screenshot) -> bytes:
    """The picture as PNG; the quickest setting, which is no larger than the others on pages."""
    out = io.BytesIO()
    Image.fromarray(screenshot).save(out, "PNG", compress_level=1)
    return out.getvalue()


def decoded(data: bytes) -> Screenshot:
    """The picture of PNG or other image bytes, uint8 (height, width, 3), RGB.

    Raises:
        OSError: they are no picture.
    """
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))
