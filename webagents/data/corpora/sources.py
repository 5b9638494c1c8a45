"""What a corpus is built from: WARC files, archives, folders, and lists of these.

A list is a TOML file of tables::

    [[source]]
    path = "crawl/*.warc.gz"            # a file, a folder or a pattern, beside the list
    licence = "unknown"

    [[source]]
    debian = ["rust-doc", "wordpress"]  # packages are downloaded: debian, npm, pypi
    licence = "see each package"
    templates = true                    # take the HTML out of PHP and other templates too

"""

from __future__ import annotations

import glob
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from webagents.data.corpora.archives import (
    PAGES,
    TEMPLATES,
    Container,
    of_deb,
    of_folder,
    of_lines,
    of_page,
    of_tar,
    of_zip,
)
from webagents.data.corpora.fetching import REGISTRIES, Download, fetched
from webagents.errors import UserError, clipped
from webagents.resources import content, home

PIECE_BYTES = 2**26
"""How large an input's share is that is worked on at once: each reads all of it, and takes its part
of the pages, which costs little beside what is done with a page."""

_LONGEST_NAME = 2_000

SITES = ("auto", "folder", "page")


def _of_warc(path: Path, suffixes: tuple[str, ...]) -> Iterator[Any]:
    try:
        from webagents.data.corpora.warc import of_warc
    except ModuleNotFoundError as error:
        raise UserError(
            "WARC files are read by fastwarc; pip install 'webagents-gym[corpora]'"
        ) from error
    return of_warc(path, suffixes)


CONTAINERS = {
    "warc": Container((".warc", ".warc.gz", ".warc.lz4", ".warc.zst"), _of_warc),
    "deb": Container((".deb",), of_deb),
    "tar": Container((".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst"), of_tar),
    "zip": Container((".zip", ".whl"), of_zip),
    "lines": Container((".jsonl", ".jsonl.gz", ".ndjson"), of_lines),
    "page": Container(PAGES, of_page),
    "folder": Container((), of_folder),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table of a list.

    path: a file, a folder or a pattern; relative to the list.
    debian, npm, pypi: packages, with ``=VERSION``, ``@VERSION`` or ``==VERSION`` where it matters.
    licence: of what is in it.
    site: what a site is, of which all pages are in one split and only so many are taken: "auto",
        the host of a page's address, or the whole input where a page has none; "folder", the first
        folder of its path; "page", each page.
    templates: whether PHP and other templates are read too.
    urls: in a zip archive or a folder, the path of a JSON object from pages' paths to their urls.
    """

    path: str = ""
    debian: Sequence[str] = ()
    npm: Sequence[str] = ()
    pypi: Sequence[str] = ()
    licence: str = "unknown"
    site: str = "auto"
    templates: bool = False
    urls: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            if wrong := _wrong_type(getattr(self, field.name), field.default):
                raise UserError(f"{field.name} is {wrong}")
        if self.site not in SITES:
            raise UserError(f"no site {clipped(self.site)}; there is {', '.join(SITES)}")
        if sum(map(bool, (self.path, self.debian, self.npm, self.pypi))) != 1:
            raise UserError("a source has one of path, debian, npm and pypi")


def _wrong_type(value: object, default: object) -> str:
    """What is wrong with a table's value, "" for nothing: it is to be of the default's type."""
    if isinstance(default, tuple):
        fits = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        wanted = "a list of names"
    else:
        fits = isinstance(value, type(default))
        wanted = "true or false" if isinstance(default, bool) else "a text"
    return "" if fits else f"{wanted}, not {clipped(value)}"


class Input(NamedTuple):
    """A file or folder that pages are read from.

    name: what it is called in the corpus: a package's name, or the file's.
    container: a key of `CONTAINERS`.
    bytes: how large it is on disk.
    """

    path: Path
    name: str
    container: str
    licence: str
    site: str
    templates: bool
    urls: str
    bytes: int

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the names of its pages end in."""
        return PAGES + TEMPLATES if self.templates else PAGES


class Piece(NamedTuple):
    """A share of an input: every page whose number is `number` modulo `of`."""

    input: Input
    number: int
    of: int


class Found(NamedTuple):
    """The inputs of some sources, and the packages that could not be had, with the reason."""

    inputs: list[Input]
    missing: dict[str, str]


def inputs_of(sources: Iterable[str | Path], downloads: Path | None = None) -> Found:
    """The inputs, in an order that is always the same.

    sources: files, folders, lists (``.toml``), and names of bundled lists, such as ``diverse``.
    downloads: where packages are kept; None: in the user's own folder.

    Raises:
        UserError: there is no such source, or it holds nothing that is read.
    """
    found = Found([], {})
    for given in sources:
        path = _place(given)
        if path.suffix == ".toml":
            for source in listed(path):
                _add(found, source, path.parent, downloads or home() / "downloads")
        else:
            _add_path(found, path, Source(path=str(path)))
    unique = {one.path.resolve(): one for one in reversed(found.inputs)}
    inputs = sorted(unique.values(), key=lambda one: (one.name, one.path.as_posix()))
    if not inputs:
        raise UserError(f"there is nothing to read in {', '.join(map(str, sources))}")
    return Found(inputs, found.missing)


def pieces_of(inputs: Iterable[Input]) -> list[Piece]:
    """The inputs in shares of about `PIECE_BYTES`."""
    pieces = []
    for one in inputs:
        of = -(-max(one.bytes, 1) // PIECE_BYTES)
        pieces += [Piece(one, number, of) for number in range(of)]
    return pieces


def listed(path: Path) -> list[Source]:
    """The sources of a list.

    Raises:
        UserError: it is no list, or a table has a key that is not known.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UserError(f"{path}: its sources are tables, [[source]]")
    known = [field.name for field in fields(Source)]
    for number, table in enumerate(tables, start=1):
        if unknown := sorted(set(table) - set(known)):
            raise UserError(
                f"{path}, source {number}: no key {clipped(unknown[0])}; "
                f"there is {', '.join(known)}"
            )
    try:
        return [Source(**table) for table in tables]
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def _place(given: str | Path) -> Path:
    path = Path(given)
    if path.exists():
        return path
    try:
        return content("data", "corpora", f"{given}.toml")
    except FileNotFoundError as error:
        raise UserError(
            f"no source {clipped(str(given))}: no file, folder or bundled list"
        ) from error


def _add(found: Found, source: Source, beside: Path, downloads: Path) -> None:
    if source.path:
        pattern = os.path.expanduser(source.path)  # noqa: PTH111 (a pattern is no path)
        places = sorted(glob.glob(str(beside / pattern)))  # noqa: PTH207 (it may be absolute)
        if not places:
            raise UserError(f"there is no {beside / pattern}")
        for place in places:
            _add_path(found, Path(place), source)
        return
    for registry in REGISTRIES:
        for package in getattr(source, registry):
            download = fetched(registry, package, downloads / registry)
            if isinstance(download, Download):
                found.inputs.append(_input(download.path, source, download.name))
            else:
                found.missing[f"{registry}: {package}"] = download


def _add_path(found: Found, path: Path, source: Source) -> None:
    if not path.is_dir():
        if _container(path) is None:
            known = " ".join(end for each in CONTAINERS.values() for end in each.suffixes)
            raise UserError(f"{path} is nothing that is read: {known}, and folders")
        if not path.is_file():
            raise UserError(f"{path} is no file")
        found.inputs.append(_input(path, source))
        return
    pages = 0
    for folder, below, names in os.walk(path):
        below.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if not file.is_file():  # a pipe, or a link to nothing
                continue
            if _container(file) not in (None, "page"):
                found.inputs.append(_input(file, source))
            else:
                pages += file.stat().st_size if not file.is_symlink() else 0
    if pages:
        found.inputs.append(_input(path, source)._replace(bytes=pages))


def _input(path: Path, source: Source, name: str = "") -> Input:
    return Input(
        path=path,
        name=storable(name or _name(path)),
        container=_container(path) or "folder",
        licence=source.licence,
        site=source.site,
        templates=source.templates,
        urls=source.urls,
        bytes=0 if path.is_dir() else path.stat().st_size,
    )


def _container(path: Path) -> str | None:
    name = path.name.lower()
    for key, container in CONTAINERS.items():
        if container.suffixes and name.endswith(container.suffixes):
            return key
    return None


def storable(text: str) -> str:
    """A name or an address as UTF-8 can hold it, cut where it is beyond measure."""
    return text[:_LONGEST_NAME].encode("utf-8", "replace").decode()


def _name(path: Path) -> str:
    if path.suffix == ".deb":
        return path.name.partition("_")[0]
    return re.sub(r"(?:\.(?:warc|tar|jsonl))?\.[a-z0-9]{2,6}$", "", path.name) or path.name


def identity(inputs: Sequence[Input]) -> list[Mapping[str, Any]]:
    """What a resumed corpus must be built from: each input's name, size and how it is read."""
    return [{key: value for key, value in one._asdict().items() if key != "path"} for one in inputs]
