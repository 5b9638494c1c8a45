"""Writes a view: one HTML file, or a folder with pages of episodes where one file would be large.

Opened from disk, without any network. Everything that a page or a policy wrote is packed data that
the script turns into text, and the file's own policy lets no script run but the one written here.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from webagents import progress as progresses
from webagents.data.summary import INDEX
from webagents.errors import UserError
from webagents.serving.viewer.packing import Packer
from webagents.serving.viewer.sampling import sample
from webagents.serving.viewer.sources import opened
from webagents.templates import environment, source

OUT = Path("runs", "view")
ONE_FILE_BYTES = 25_000_000
GENERATOR = b'<meta name="generator" content="webagents view">'
SCRIPTS = ("elements", "pages", "markup", "drawing", "list", "moment", "viewer")
"""The parts of the script, in the order in which they need one another."""

_BLOCKS = "<!-- the data -->"
_HEAD_BYTES = 2_000


def view(
    path: Path,
    out: Path | None = None,
    *,
    episodes: int | None = None,
    one_file_bytes: int = ONE_FILE_BYTES,
    progress: progresses.Shown = progresses.silent,
) -> Path:
    """Writes a view of the episodes of a dataset or an evaluation; returns the file to open.

    path: the folder.
    out: the HTML file; None: ``runs/view/<the folder's name>.html``. A view that takes more than
        `one_file_bytes` is a folder of that name without ``.html``, with an ``index.html``. An
        earlier view there is replaced, once the new one is complete.
    episodes: how many are shown at most, an even sample over the tasks; None: all.
    progress: how it is told which episodes are done.

    Raises:
        UserError: there is no dataset or run at `path`, or `out` cannot be used.
    """
    if episodes is not None and episodes < 1:
        raise UserError(f"episodes is at least 1, not {episodes}")
    source, file = opened(path), _file(out, path)
    counts = source.counts()
    chosen = sample(counts, episodes)
    total = sum(map(len, chosen.values()))
    about = {**source.about, "path": str(path), "all": sum(counts.values())}
    with _scratch(file) as scratch:
        packer = Packer(Path(scratch), about)
        with packer, progress(progresses.Tally(total, doing="reading")) as told:
            for shown in source.episodes(chosen):
                packer.add(shown)
                told(shown)
        write = _write_file if packer.base64_bytes() <= one_file_bytes else _write_folder
        return write(packer, Path(scratch), file, str(source.about["title"]))


def _file(out: Path | None, path: Path) -> Path:
    """The HTML file to write.

    Raises:
        UserError: something else is there, or it would lie within a dataset.
    """
    out = out or OUT / f"{path.resolve().name}.html"
    file = out.with_name(f"{out.name.removesuffix('.html')}.html")
    for folder in file.resolve().parents:
        if (folder / INDEX).exists():
            raise UserError(f"{file} is within the dataset {folder}; name a file outside of it")
    if file.exists() and not _ours(file):
        raise UserError(f"{file} is there and is no view; name another file")
    return file


def _scratch(file: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder beside the file, where the view is made before it takes its place."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.stem}-")
    except OSError as error:
        raise UserError(f"cannot write to {file}: {error.strerror or error}") from error


def _ours(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return GENERATOR in content.read(_HEAD_BYTES)


def _write_file(packer: Packer, scratch: Path, file: Path, title: str) -> Path:
    def blocks() -> Iterator[bytes]:
        for number in range(packer.pages):
            yield b'<script type="text/plain" id="page-%d">' % number
            yield packer.page(number)
            yield b"</script>\n"

    made = scratch / "index.html"
    _write_index(made, packer, title, blocks(), paged=False)
    made.replace(file)
    return file


def _write_folder(packer: Packer, scratch: Path, file: Path, title: str) -> Path:
    folder = file.with_name(file.name.removesuffix(".html"))
    if folder.exists() and not _ours(folder / "index.html"):
        raise UserError(f"the view has to be the folder {folder}, which is there; name another")
    made = scratch / "view"
    (made / "pages").mkdir(parents=True)
    for number in range(packer.pages):
        text = b'receivePage(%d, "%s");\n' % (number, packer.page(number))
        (made / "pages" / f"{number}.js").write_bytes(text)
    _write_index(made / "index.html", packer, title, iter(()), paged=True)
    if folder.exists():
        shutil.rmtree(folder)  # an earlier view
    made.replace(folder)
    return folder / "index.html"


def _write_index(
    file: Path, packer: Packer, title: str, blocks: Iterator[bytes], *, paged: bool
) -> None:
    """Writes the HTML file around the index and the blocks of data.

    paged: whether it loads pages of episodes from files beside it.
    """
    script = "".join(source(_TEMPLATES, f"js/{name}.js") for name in SCRIPTS)
    style = source(_TEMPLATES, "viewer.css")
    whole = _TEMPLATES.get_template("viewer.html.jinja").render(
        title=title,
        blocks=Markup(_BLOCKS),  # noqa: S704 (ours)
        paged=paged,
        style=Markup(style),  # noqa: S704 (ours)
        script=Markup(script),  # noqa: S704 (ours)
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    head, _, tail = whole.encode("utf-8", "replace").partition(_BLOCKS.encode())
    with file.open("wb") as content:
        content.write(head)
        content.write(b'<script type="text/plain" id="index">')
        content.writelines(packer.index())
        content.write(b"</script>\n")
        content.writelines(blocks)
        content.write(tail)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_TEMPLATES = environment("webagents.serving", "viewer")
