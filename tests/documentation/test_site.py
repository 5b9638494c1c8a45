import importlib.util
import os
import subprocess
import sys
import textwrap
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import html
from markdown_it import MarkdownIt

from tests.documentation.snippets import ROOT

pytest.importorskip("zensical", reason="the extra docs is not installed")
pytest.importorskip("mkdocstrings")
pytestmark = pytest.mark.timeout(300)


class Outside(HTMLParser):
    """What a page loads from other hosts when it is looked at."""

    def __init__(self):
        super().__init__()
        self.loaded = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        address = told.get("src") or (told.get("href") if tag == "link" else "") or ""
        if address.startswith(("http:", "https:", "//")):
            self.loaded.append(address)


class Built(NamedTuple):
    """A site, the pages it was made from, and what the build said on stderr."""

    site: Path
    pages: Path
    said: str


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site, built where there is no browser."""
    out = tmp_path_factory.mktemp("docs")
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "site"), "--out", str(out)],
        env={**os.environ, "WEBAGENTS_BROWSER": str(out / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Built(out / "site", out / "pages", done.stderr)


def test_the_site_builds_without_a_warning(built):
    assert (built.site / "index.html").is_file()
    assert (built.site / "reference" / "commands.html").is_file()
    assert "PlayOptions" in (built.site / "reference" / "environments.html").read_text()


def test_without_a_browser_it_is_built_all_the_same_and_says_so(built):
    assert "no pictures of the tasks: the browser that WEBAGENTS_BROWSER names" in built.said
    assert "built without pictures" in (built.site / "miniwob.html").read_text()


def test_each_family_shows_every_task_of_it(built):
    shown = {
        page: (built.site / f"{page}.html").read_text().count("<figure ")
        for page in ("miniwob", "compwob", "sites", "webshop")
    }
    assert shown == {"miniwob": 133, "compwob": 100, "sites": 3, "webshop": 2}


def shape(tree):
    """How many there are of what Markdown makes."""
    tags = ("li", "ul", "ol", "table", "tr", "pre", "h2", "h3", "strong", "em", "img")
    inline = tree.xpath(".//code[not(ancestor::pre)]")
    return {tag: len(tree.xpath(f".//{tag}")) for tag in tags} | {"code": len(inline)}


def test_pages_read_the_same_on_the_forge_and_in_the_site(built):
    forge = MarkdownIt("commonmark").enable("table")
    pages = built.pages
    for page in sorted({*pages.rglob("*.md")} - {*(pages / "reference").rglob("*.md")}):
        there = html.fromstring(f"<div>{forge.render(page.read_text())}</div>")
        here = html.parse(built.site / page.relative_to(pages).with_suffix(".html")).find(
            ".//article"
        )
        assert shape(here) == shape(there), page


def test_looking_at_a_page_asks_no_other_host(built):
    for page in built.site.rglob("*.html"):
        found = Outside()
        found.feed(page.read_text())
        assert found.loaded == [], page


@pytest.fixture
def part(monkeypatch):
    """A module of the build by its name."""

    def load(name):
        path = ROOT / "docs" / "site" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"{name}_of_the_site", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def staging(part):
    return part("staging")


def test_what_a_docstring_says_of_a_name_is_an_item_of_a_list(part):
    said = """\
    Makes it, as :func:`other` does::

        made()

    What: the rest.
    size: how large,
        in bytes.
    first, last: which ones.

    Raises:
        UserError: it is none.
    """
    read = part("docstrings").rewritten(textwrap.dedent(said), {"size", "first"})
    assert read.splitlines() == [
        "Makes it, as `other` does:",
        "",
        "    made()",
        "",
        "What: the rest.",
        "",
        "- `size`: how large,",
        "    in bytes.",
        "- `first`, `last`: which ones.",
        "",
        "Raises:",
        "    UserError: it is none.",
    ]


def test_a_gallery_shows_pictures_and_instructions_where_they_were_taken(part):
    asked = {"miniwob.click-test": "Click <here>.", "webshop-text": "Buy it."}
    shown = part("galleries").gallery("miniwob.click-test,webshop-text", asked)
    first, second = shown.split("<figure ")[1:]
    assert '<img src="tasks/miniwob.click-test.png"' in first
    assert "Click &lt;here&gt;." in first
    assert "Buy it." in second
    assert "<img" not in second  # it is played without a browser


def test_a_gallery_without_pictures_says_so(part):
    galleries = part("galleries")
    shown = galleries.gallery("miniwob.click-test", {})
    assert shown.startswith(f"<p>{galleries.WITHOUT}</p>")
    assert "<img" not in shown


def repository(folder, pages):
    for name, text in pages.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_pages_are_as_in_the_repository_but_for_links_out_of_docs_and_what_is_made(
    staging, tmp_path, monkeypatch
):
    pages = {
        "docs/README.md": "[a](tutorials/a.md)\n<!-- gallery: x.* -->\nforge\n<!-- end -->\n",
        "docs/tutorials/a.md": "[c](../../CODE.md#one) [p](../../p.py)\n"
        "```sh\n[x](y.md)\n```\n`[x](y)`",
        "CODE.md": "---\nlicense: mit\n---\n# Code\n[a](docs/tutorials/a.md)",
        "p.py": "pass\n",
    }
    monkeypatch.setattr(staging, "REPOSITORY", repository(tmp_path / "r", pages))
    staging.stage(tmp_path / "out", {"gallery": lambda pattern: f"all of {pattern}"})
    written = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_text()
        for path in (tmp_path / "out").rglob("*.md")
    }
    assert written == {
        "index.md": "[a](tutorials/a.md)\nall of x.*\n",
        "tutorials/a.md": "[c](../repository/code.md#one) [p](../repository/p.py.md)\n"
        "```sh\n[x](y.md)\n```\n`[x](y)`",
        "repository/code.md": "# Code\n[a](../tutorials/a.md)",
        "repository/p.py.md": "# p.py\n\n````python\npass\n````\n",
    }


def test_a_link_to_nothing_is_told_with_the_page_and_the_file(staging, tmp_path, monkeypatch):
    pages = {"docs/README.md": "[a](a.md)"}
    monkeypatch.setattr(staging, "REPOSITORY", repository(tmp_path / "r", pages))
    with pytest.raises(staging.BadPage, match=r"docs/README\.md links to a\.md: .* docs/a\.md"):
        staging.stage(tmp_path / "out", {})


def test_a_page_that_the_start_page_does_not_list_is_told(staging, tmp_path, monkeypatch):
    pages = {"docs/README.md": "## Guides\n\n- [A](a.md): one\n", "docs/a.md": "", "docs/b.md": ""}
    monkeypatch.setattr(staging, "REPOSITORY", repository(tmp_path / "r", pages))
    with pytest.raises(staging.BadPage, match=r"docs/b\.md is not listed in docs/README\.md"):
        list(staging.entries())


def test_a_page_that_the_start_page_lists_twice_is_told(staging, tmp_path, monkeypatch):
    pages = {"docs/README.md": "## Guides\n\n- [A](a.md): one\n- [B](a.md)\n", "docs/a.md": ""}
    monkeypatch.setattr(staging, "REPOSITORY", repository(tmp_path / "r", pages))
    with pytest.raises(staging.BadPage, match=r"lists docs/a\.md twice"):
        list(staging.entries())


def test_sections_of_the_start_page_are_the_navigation(staging, tmp_path, monkeypatch):
    pages = {"docs/README.md": "## Guides\n\n- [A](a.md): see [b](b.md)\n", "docs/a.md": ""}
    monkeypatch.setattr(staging, "REPOSITORY", repository(tmp_path / "r", pages))
    assert list(staging.entries()) == [("Guides", "A", "a.md")]
