"""The pages of the site: the repository's Markdown, with links that hold within the site."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
START = "docs/README.md"
PICTURES = (".png", ".svg", ".jpg")

_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
_CODE = re.compile(r"(`+).+?\1")
_FRONT = re.compile(r"\A---\n.*?\n---\n+", re.DOTALL)
_SECTION = re.compile(r"^## (.+)$")
_ENTRY = re.compile(r"^- \[(.+?)\]\(([^)#]+)\)")
_MADE = re.compile(
    r"^<!-- (gallery|reference)(?:: (.+?))? -->$.*?^<!-- end -->$", re.MULTILINE | re.DOTALL
)


class BadPage(Exception):
    """A page that cannot be part of the site; the message says where, what, and what would do."""


class Entry(NamedTuple):
    """One line of the navigation: its section, its title, and the page's path within the site."""

    section: str
    title: str
    page: str


def place(source: str) -> str:
    """Where a file of the repository lies in the site: ``docs/sites.md`` is ``sites.md``."""
    if source == START:
        return "index.md"
    inner = source.removeprefix("docs/")
    if inner == source:
        inner = f"repository/{source.lower()}".replace("/readme.md", ".md")
    return inner if inner.endswith((".md", *PICTURES)) else f"{inner}.md"


def stage(out: Path, made: Mapping[str, Callable[[str], str]]) -> None:
    """Writes every page under ``docs/``, and whatever they link to, into a folder.

    made: what stands in the site from a line such as ``<!-- gallery: miniwob.* -->`` to the line
        ``<!-- end -->``, in place of what the forge shows: for its first word, a function of the
        rest.

    Raises:
        BadPage: a link to a file that there is not.
    """
    docs = REPOSITORY / "docs"
    waiting = sorted(str(path.relative_to(REPOSITORY)) for path in docs.rglob("*.md"))
    seen = set(waiting)
    while waiting:
        source = waiting.pop()
        target = out / place(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(PICTURES):
            shutil.copyfile(REPOSITORY / source, target)
            continue
        text = (REPOSITORY / source).read_text()
        if source.endswith(".md"):
            text, linked = _moved(_FRONT.sub("", text), source)
            text = _MADE.sub(lambda found: made[found[1]](found[2] or ""), text)
        else:
            text, linked = _shown(text, source), []
        target.write_text(text)
        waiting += [each for each in linked if each not in seen]
        seen.update(linked)


def entries() -> Iterator[Entry]:
    """The navigation, as the start page lists it: its sections, and the first link of each item.

    Raises:
        BadPage: a page under ``docs/`` that the start page does not list, or lists twice.
    """
    section, listed = "", set()
    for line in (REPOSITORY / START).read_text().splitlines():
        if found := _SECTION.match(line):
            section = found[1]
        elif found := _ENTRY.match(line):
            source = _source(START, found[2])
            if source in listed:
                raise BadPage(f"{START} lists {source} twice: leave it in one section")
            listed.add(source)
            yield Entry(section, found[1], place(source))
    for path in sorted((REPOSITORY / "docs").rglob("*.md")):
        source = str(path.relative_to(REPOSITORY))
        if source not in listed | {START}:
            raise BadPage(f"{source} is not listed in {START}: add it to the section it belongs to")


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """The text with its lines changed, but for those of code blocks."""
    lines, fenced = [], False
    for line in text.splitlines(keepends=True):
        fence = bool(_FENCE.match(line))
        lines.append(line if fence or fenced else change(line))
        fenced ^= fence
    return "".join(lines)


def _moved(text: str, source: str) -> tuple[str, list[str]]:
    """The page as it is within the site, and the files of the repository that it links to."""
    linked: list[str] = []
    home = Path(place(source)).parent

    def moved(found: re.Match[str]) -> str:
        linked.append(_source(source, found[1]))
        return os.path.relpath(place(linked[-1]), home) + (found[2] or "")

    def change(line: str) -> str:
        code = [found.span() for found in _CODE.finditer(line)]
        return _LINK.sub(
            lambda found: (
                found[0]
                if any(begin <= found.start() < end for begin, end in code)
                else moved(found)
            ),
            line,
        )

    return outside_fences(text, change), linked


def _source(page: str, link: str) -> str:
    """The file of the repository that a page's link leads to."""
    source = os.path.normpath(Path(page).parent / link)
    if source.startswith("..") or not (REPOSITORY / source).is_file():
        raise BadPage(f"{page} links to {link}: there is no file {source} in the repository")
    return source


def _shown(text: str, source: str) -> str:
    """A file that is no Markdown, as a page."""
    language: Mapping[str, str] = {".py": "python", ".toml": "toml", ".sh": "sh", ".yaml": "yaml"}
    return f"# {source}\n\n````{language.get(Path(source).suffix, 'text')}\n{text}````\n"
