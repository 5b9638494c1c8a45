"""The viewer's data: pages of episodes and an index of them, packed for a browser to unpack.

Everything is JSON, compressed with gzip and written in base64, so that nothing in it can be taken
for markup. Text and pictures that come again within a page of episodes are stored once: of 820
screenshots of 102 episodes 300 are different. (Storing what changed between pages instead of whole
ones would make the html, which is 5% of such a view, 4% smaller.)
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from webagents.actions.parsing import parse
from webagents.errors import ActionError
from webagents.serving.viewer.pictures import Embedded, embedded
from webagents.serving.viewer.shown import Moment, Shown

PAGE_CHARACTERS = 3_000_000
"""A page of episodes is full from so many characters of JSON on; a browser unpacks it in 0.1 s."""

_CHUNK = 3 * 2**15  # whole groups of base64
_INSTRUCTION = 1_000


class Packer:
    """Writes pages of episodes and the index into a folder; a context manager.

    episodes: how many were added.
    pages: how many pages are written.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        """A packer into `folder`, whose index begins with `about`."""
        self._folder = folder
        self._index = gzip.GzipFile(folder / "index.gz", "wb", compresslevel=6, mtime=0)
        self._write_line(about)
        self._page = _Page()
        self.episodes = self.pages = 0

    def __enter__(self) -> Packer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._page.episodes:
            self._write_page()
        self._index.close()

    def add(self, shown: Shown) -> None:
        """Packs one more episode."""
        self._write_line(
            {
                "id": shown.id,
                "task": shown.task,
                "seed": shown.seed,
                "source": shown.source,
                "split": shown.split,
                "success": shown.success,
                "reward": shown.reward,
                "steps": shown.steps,
                "failure": shown.failure,
                "instruction": shown.instruction[:_INSTRUCTION],
                "page": self.pages,
                "place": len(self._page.episodes),
            }
        )
        self._page.add(shown)
        self.episodes += 1
        if self._page.characters >= PAGE_CHARACTERS:
            self._write_page()

    def index(self) -> Iterator[bytes]:
        """The finished index, in base64."""
        with (self._folder / "index.gz").open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield base64.b64encode(chunk)

    def page(self, number: int) -> bytes:
        """A written page, in base64."""
        return base64.b64encode((self._folder / f"page-{number}.gz").read_bytes())

    def base64_bytes(self) -> int:
        """How large the index and the pages are in base64."""
        return sum(math.ceil(file.stat().st_size / 3) * 4 for file in self._folder.glob("*.gz"))

    def _write_line(self, value: Mapping[str, Any]) -> None:
        self._index.write(_json(value) + b"\n")

    def _write_page(self) -> None:
        packed = gzip.compress(_json(self._page.content()), compresslevel=6, mtime=0)
        (self._folder / f"page-{self.pages}.gz").write_bytes(packed)
        self._page = _Page()
        self.pages += 1


class _Page:
    """Episodes that are unpacked together, and the texts and pictures they share."""

    def __init__(self) -> None:
        self.episodes: list[dict[str, Any]] = []
        self._texts: dict[str, int] = {}
        self._seen: dict[bytes, int | None] = {}
        self._pictures: list[Embedded] = []
        self.characters = 0

    def add(self, shown: Shown) -> None:
        moments = [self._moment(moment) for moment in shown.moments]
        self.episodes.append(
            {
                "instruction": self._text(shown.instruction),
                "reason": shown.reason,
                "info": shown.info,
                "moments": moments,
            }
        )
        self.characters += 200 * len(moments)

    def content(self) -> dict[str, Any]:
        return {
            "episodes": self.episodes,
            "texts": list(self._texts),
            "pictures": self._pictures,
        }

    def _moment(self, moment: Moment) -> dict[str, Any]:
        seen = {
            "instruction": self._text(moment.instruction),
            "url": self._text(moment.url),
            "html": None if moment.html is None else self._text(moment.html),
            "picture": None if moment.picture is None else self._picture(moment.picture),
            "unreadable": moment.picture is not None and self._seen[moment.picture] is None,
        }
        move = moment.move
        if move is None:
            return seen
        return {
            **seen,
            "action": move.action,
            "call": _call(move.action),
            "error": move.error,
            "reward": move.reward,
            "time": move.time_ms,
            "ended": "ended" if move.terminated else "cut" if move.truncated else "",
            "notes": move.notes,
        }

    def _text(self, text: str) -> int:
        if text not in self._texts:
            self._texts[text] = len(self._texts)
            self.characters += len(text)
        return self._texts[text]

    def _picture(self, data: bytes) -> int | None:
        if data not in self._seen:
            picture = embedded(data)
            self._seen[data] = None if picture is None else len(self._pictures)
            if picture is not None:
                self._pictures.append(picture)
                self.characters += len(picture.url)
        return self._seen[data]


def _call(text: str) -> dict[str, Any] | None:
    """The action's name and arguments, None where the text is no action."""
    try:
        action = parse(text, dialects=("calls", "webgum", "webshop"))
    except ActionError:
        return None
    return {"name": action.name, "arguments": dict(action.arguments)}


def _json(value: Any) -> bytes:
    """JSON that a browser reads: ASCII, halves of characters escaped, no NaN."""
    return json.dumps(_plain(value), separators=(",", ":"), default=str, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
