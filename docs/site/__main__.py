"""Builds the documentation site: `make docs`, or ``python docs/site``.

Leaves it in ``build/docs/site``, a folder that any web server can serve and a browser can open as
it is. Everything that Zensical warns of (links, anchors, names) is an error, and so is a page that
``docs/README.md``, whose sections are the navigation, does not list.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import galleries
import reference
from rich.console import Console
from rich.progress import track
from staging import REPOSITORY, BadPage, Entry, entries, stage

from webagents.envs.catalogue import load
from webagents.errors import BrowserMissing, BrowserStartError, WebAgentsError

HERE = Path(__file__).resolve().parent
REFERENCE = "Reference"
"""The section of the navigation that has the pages made from the program."""


def main() -> int:
    """The exit status: 0 when the site was built without a warning."""
    parser = argparse.ArgumentParser(prog="python docs/site", description="Build the site.")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "build" / "docs")
    parser.add_argument("--no-pictures", action="store_true", help="take no pictures of the tasks")
    asked = parser.parse_args()
    if missing := [name for name in ("mkdocstrings", "zensical") if find_spec(name) is None]:
        print(f"error: the site needs {missing[0]}: pip install -e '.[docs]'", file=sys.stderr)
        return 1
    out: Path = asked.out.resolve()
    shutil.rmtree(out / "pages", ignore_errors=True)
    try:
        if not asked.no_pictures:
            pictures(out / "pages")
        write(out)
    except (BadPage, WebAgentsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    if status := subprocess.run(command, cwd=out, check=False).returncode:
        return status
    print(out / "site" / "index.html")
    return 0


def pictures(pages: Path) -> None:
    """Takes a picture of every task; without a browser it says so, and the site has none."""
    try:
        list(track(galleries.take(pages), "pictures", len(load()), console=Console(stderr=True)))
    except (BrowserMissing, BrowserStartError) as error:
        print(f"no pictures of the tasks: {error}", file=sys.stderr)


def write(out: Path) -> None:
    """Writes what Zensical reads: every page and its settings.

    Raises:
        BadPage: a page with a link to nothing, or one that the start page does not list.
    """
    pages = out / "pages"
    told = galleries.taken(pages)
    made = list(reference.pages())
    links = "\n".join(f"- [{page.title}]({page.path})" for page in made)
    stage(
        pages,
        {
            "gallery": lambda pattern: galleries.gallery(pattern, told),
            "reference": lambda _: links,
        },
    )
    for page in made:
        (pages / page.path).parent.mkdir(exist_ok=True)
        (pages / page.path).write_text(page.text)
    shutil.copyfile(HERE / "site.css", pages / "site.css")
    listed = list(entries())
    first = next(at for at, entry in enumerate(listed) if entry.section == REFERENCE)
    listed[first:first] = [Entry(REFERENCE, page.title, page.path) for page in made]
    (out / "zensical.toml").write_text(settings(listed))


def settings(listed: Iterable[Entry]) -> str:
    """``zensical.toml`` with the navigation, and with where the package and our extension lie."""
    grouped = groupby(listed, key=lambda entry: entry.section)
    nav = [{"Start": "index.md"}] + [
        {section: [{entry.title: entry.page} for entry in each]} for section, each in grouped
    ]
    head, mark, rest = (HERE / "zensical.toml").read_text().partition("[project.theme]\n")
    return "".join(
        [
            head,
            f"nav = {_inline(nav)}\n\n",
            mark,
            rest,
            f"extensions = [{_inline(str(HERE / 'docstrings.py'))}]\n\n",
            "[project.plugins.mkdocstrings.handlers.python]\n",
            f"paths = [{_inline(str(REPOSITORY))}]\n",
        ]
    )


def _inline(value: object) -> str:
    """TOML for texts, lists, and tables with one key each."""
    if isinstance(value, dict):
        ((key, inner),) = value.items()
        return f"{{ {json.dumps(key)} = {_inline(inner)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
