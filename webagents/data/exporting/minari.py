"""Minari: one HDF5 file of Minari's own layout, which `minari.load_dataset` opens.

A step's observation is a dict of texts and, where the dataset has screenshots, a picture; an action
is its text. An episode of n steps has n + 1 observations, the last of them what was seen after the
end. Nothing is lost: what Minari has no place for is in each episode's `infos` and options.

::

    observations  instruction, html, url, error (Text), screenshot (Box)
    infos         entry i + 1 belongs to step i, entry 0 to the reset: `time_ms`, `notes` (JSON),
                  `success`, `info` (JSON, the last entry), `screenshot_size` (height and width,
                  0 and 0 without one: smaller pictures are filled up with black to the largest),
                  `verbatim` (JSON: texts that hold a NUL, which HDF5 cannot)
    options       episode_id, task, source, split

The text spaces hold every character and length of the dataset, so that its observations lie in
its space. Pictures are stored as they are: Minari's JPEG would change them.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import string
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from gymnasium import spaces
from numpy.typing import NDArray
from PIL import Image

from webagents.data.columns import demonstrations
from webagents.data.dataset import Dataset
from webagents.data.demonstration import Demonstration
from webagents.data.exporting.rows import Copied, Numbered, Row, episodes
from webagents.data.pictures import decoded
from webagents.errors import UserError, clipped
from webagents.progress import Told
from webagents.types import Screenshot

ROOT = "MINARI_DATASETS_PATH"
"""The environment variable by which Minari finds its datasets."""

_ID = re.compile(r"[-_\w]+-v\d+")
_TEXTS = ("instruction", "html", "url", "error")
_AT_ONCE = 32  # episodes while the file is open; its memory grows with each
_OPTIONS = ("episode_id", "task", "source")


def write_minari(dataset: Dataset, out: Path, told: Told) -> None:
    """Writes a dataset into the empty folder `out`, whose name becomes its id.

    Raises:
        UserError: the name is no id of Minari's, or Minari is not installed.
    """
    if not _ID.fullmatch(out.name):
        raise UserError(
            f"a Minari dataset's folder is named NAME-vNUMBER, such as {_named(out)}, "
            f"not {clipped(out.name)}"
        )
    minari = _minari()
    extent = Extent.of(dataset)

    out.rmdir()  # Minari makes it
    with _environment(ROOT, str(out.parent)), warnings.catch_warnings():
        # Minari misses an environment and the author's address, which there are none of.
        warnings.simplefilter("ignore", UserWarning)
        written = minari.create_dataset_from_buffers(
            out.name,
            [],
            observation_space=extent.observation_space(),
            action_space=extent.text(("action",)),
            algorithm_name=", ".join(dataset.known["sources"]),
            author="webagents",
            description=f"{dataset.known['title']}. {dataset.known['origin']}".strip(),
            data_format="hdf5",
            jpeg_encoding=False,
        )
    numbered = episodes(dataset)
    while chosen := list(itertools.islice(numbered, _AT_ONCE)):
        make = minari.data_collector.EpisodeBuffer
        written.update_dataset_from_buffer([make(**_buffer(one, extent)) for one in chosen])
        for one in chosen:
            told(Copied.of(one.rows))


def read_minari(source: str | Path) -> Iterator[Demonstration]:
    """The demonstrations of a Minari dataset that `write_minari` wrote, by its folder.

    Raises:
        UserError: there is none, it is not ours, or Minari is not installed.
    """
    if not (Path(source) / "data").is_dir():
        raise UserError(f"{source} is no Minari dataset: it has no folder data")
    dataset = _minari().MinariDataset(Path(source) / "data")
    for begin in range(0, len(dataset.episode_indices), _AT_ONCE):
        chosen = dataset.episode_indices[begin : begin + _AT_ONCE]
        metadata = dataset.storage.get_episode_metadata(chosen)
        for known, episode in zip(metadata, dataset.iterate_episodes(chosen), strict=True):
            if not known.get("options", {}).keys() >= set(_OPTIONS):
                raise UserError(f"{source} was not exported by webagents: it names no tasks")
            yield from demonstrations(_rows(known, episode), pictures=_as_it_is)


@dataclass(slots=True)
class Extent:
    """How far the texts and pictures of a dataset reach."""

    characters: set[str] = field(default_factory=lambda: set(string.printable))
    longest: dict[str, int] = field(default_factory=dict)
    height: int = 0
    width: int = 0

    @classmethod
    def of(cls, dataset: Dataset) -> Extent:
        """What a dataset's rows need."""
        extent = cls()
        texts = (*_TEXTS, "action", "final_html", "final_url")
        for batch in dataset.batches(columns=(*texts, "screenshot", "final_screenshot")):
            for name in texts:
                for text in filter(None, batch.column(name).to_pylist()):
                    extent.characters.update(_plain(text))
                    extent.longest[name] = max(extent.longest.get(name, 0), len(text))
            for name in ("screenshot", "final_screenshot"):
                for shot in filter(None, batch.column(name).to_pylist()):
                    with Image.open(io.BytesIO(shot["bytes"])) as image:
                        extent.height = max(extent.height, image.height)
                        extent.width = max(extent.width, image.width)
        return extent

    def text(self, columns: Sequence[str]) -> spaces.Text:
        """The space of the texts of these columns."""
        most = max(1, *(self.longest.get(name, 0) for name in columns))
        charset = "".join(sorted(self.characters))
        return spaces.Text(most, min_length=0, charset=charset)

    def observation_space(self) -> spaces.Dict:
        """The space of the observations."""
        shown: dict[str, spaces.Space[Any]] = {
            name: self.text((name, f"final_{name}")) for name in _TEXTS
        }
        if self.height:
            shown["screenshot"] = spaces.Box(0, 255, (self.height, self.width, 3), np.uint8)
        return spaces.Dict(shown)


def _buffer(episode: Numbered, extent: Extent) -> dict[str, Any]:
    """What Minari's `EpisodeBuffer` is made from."""
    rows, last = episode.rows, episode.rows[-1]
    seen = [
        {**row, "error": before}
        for row, before in zip(rows, ("", *(row["error"] for row in rows)), strict=False)
    ]
    end = {name: last[f"final_{name}"] for name in ("html", "url", "screenshot")}
    seen.append({**end, "instruction": last["instruction"], "error": last["error"]})
    observations: dict[str, Any] = {
        name: [_plain(frame[name] or "") for frame in seen] for name in _TEXTS
    }
    infos: dict[str, Any] = {
        "time_ms": [0.0, *(row["time_ms"] for row in rows)],
        "notes": ["", *(row["notes"] or "" for row in rows)],
        "success": [*[False] * len(rows), last["success"]],
        "info": [*[""] * len(rows), last["info"] or ""],
        "verbatim": [_verbatim(frame) for frame in (*seen[:-1], {**seen[-1], "action": ""})],
    }
    if extent.height:
        shots, sizes = _pictures([frame["screenshot"] for frame in seen], extent)
        observations["screenshot"], infos["screenshot_size"] = shots, sizes
    return {
        "seed": last["seed"],
        "options": {**{name: last[name] for name in _OPTIONS}, "split": episode.split},
        "observations": observations,
        "actions": [_plain(row["action"]) for row in rows],
        "rewards": [row["reward"] for row in rows],
        "terminations": [row["terminated"] for row in rows],
        "truncations": [row["truncated"] for row in rows],
        "infos": infos,
    }


def _pictures(
    shots: Sequence[Mapping[str, Any] | None], extent: Extent
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures filled up to one size (N, H, W, 3), and how large each is (N, 2)."""
    frames = np.zeros((len(shots), extent.height, extent.width, 3), np.uint8)
    sizes = np.zeros((len(shots), 2), np.int64)
    for at, shot in enumerate(shots):
        if shot is not None:
            image = decoded(shot["bytes"])
            sizes[at] = image.shape[:2]
            frames[at, : image.shape[0], : image.shape[1]] = image
    return frames, sizes


def _rows(known: Mapping[str, Any], episode: Any) -> Iterator[Row]:
    """An episode's rows, as the table keeps them, but for the pictures, which are arrays."""
    infos, options, n = episode.infos, known["options"], len(episode)
    texts = {name: [_text(value) for value in infos[name]] for name in ("notes", "verbatim")}
    seen = [
        {
            **{name: episode.observations[name][at] for name in _TEXTS},
            "action": episode.actions[at] if at < n else "",
            **orjson.loads(texts["verbatim"][at] or "{}"),
            "screenshot": _picture(episode, at),
        }
        for at in range(n + 1)
    ]
    for at in range(n):
        row = {
            **{name: str(options[name]) for name in _OPTIONS},
            **seen[at],
            "seed": known["seed"],
            "step": at,
            "reward": float(episode.rewards[at]),
            "terminated": bool(episode.terminations[at]),
            "truncated": bool(episode.truncations[at]),
            "error": seen[at + 1]["error"],
            "time_ms": float(infos["time_ms"][at + 1]),
            "notes": texts["notes"][at + 1] or None,
            "success": bool(infos["success"][n]),
            **dict.fromkeys(("final_html", "final_url", "final_screenshot", "info")),
        }
        if at == n - 1:
            for name in ("html", "url", "screenshot"):
                row[f"final_{name}"] = seen[n][name]
            row["info"] = _text(infos["info"][n])
        yield row


def _picture(episode: Any, at: int) -> dict[str, Any] | None:
    if "screenshot" not in episode.observations:
        return None
    height, width = episode.infos["screenshot_size"][at]
    shot = episode.observations["screenshot"][at, :height, :width]
    return {"bytes": shot, "path": None} if height else None


def _as_it_is(shot: Any) -> Screenshot:
    picture: Screenshot = np.ascontiguousarray(shot)
    return picture


def _verbatim(texts: Mapping[str, Any]) -> str:
    """The texts with a NUL in them, as JSON, "" when there are none."""
    held = {name: texts[name] for name in (*_TEXTS, "action") if "\0" in (texts.get(name) or "")}
    return orjson.dumps(held).decode() if held else ""


def _named(out: Path) -> str:
    return re.sub(r"[^-\w]+|-v$", "-", out.name).strip("-") + "-v0"


def _plain(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _minari() -> Any:
    try:
        import_module("h5py")  # Minari loads it late
        return import_module("minari")
    except ImportError as error:
        raise UserError(
            f"Minari's format needs {error.name}: pip install 'webagents-gym[exports]'"
        ) from error
