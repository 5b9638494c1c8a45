"""A window that shows what the page shows, for ``render_mode="human"``."""

from __future__ import annotations

from typing import Any

from webagents.types import Screenshot


class Window:
    """A matplotlib window, opened with the first picture.

    Without a screen (no display, a notebook) matplotlib's own backend rules apply: pictures are
    drawn into the notebook, or kept unseen.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._figure: Any = None
        self._image: Any = None

    def show(self, picture: Screenshot) -> None:
        """Shows a picture, uint8 (height, width, 3)."""
        import matplotlib.pyplot as plt

        if self._figure is None:
            height, width, _ = picture.shape
            self._figure = plt.figure(self._title, figsize=(width / 50, height / 50))
            axes = self._figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            self._image = axes.imshow(picture)
            self._figure.show() if plt.isinteractive() else plt.show(block=False)
        self._image.set_data(picture)
        self._figure.canvas.draw_idle()
        self._figure.canvas.flush_events()

    def close(self) -> None:
        """Closes the window."""
        if self._figure is not None:
            import matplotlib.pyplot as plt

            plt.close(self._figure)
            self._figure = None
