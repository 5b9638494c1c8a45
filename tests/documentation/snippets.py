"""The code blocks of the documentation, and how tests are to take them.

A block is run as it stands, unless a comment on a line of its own before it says otherwise, which
Markdown does not show:

    <!-- slow -->               it takes more than a few seconds: the slow tests run it
    <!-- not run: REASON -->    it cannot be run here; its commands and its syntax are checked
    <!-- file: NAME -->         it is a file, which the blocks after it find where they are run
"""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
)
RUN = ("python", "sh")

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>slow|not run: [^\n]+|file: [^\n]+) -->\n\n?)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

_ENDS = re.compile(r" (?:\||\|\||&&|&|;|>) ")


class Snippet(NamedTuple):
    """A code block: where it begins, its language, its text, and what its comment says."""

    page: str
    line: int
    language: str
    text: str
    mark: str

    @property
    def file(self):
        """The name of the file that it is, "" if it is none."""
        return self.mark.removeprefix("file: ") if self.mark.startswith("file: ") else ""

    @property
    def slow(self):
        return self.mark == "slow"

    @property
    def run(self):
        """Whether it is to be run, in slow tests at least."""
        return self.language in RUN and not self.file and not self.mark.startswith("not run: ")

    @property
    def commands(self):
        """What each of its calls of `webagents` is given, words as the shell has them."""
        lines = self.text.replace("\\\n", " ").splitlines() if self.language == "sh" else []
        words = [shlex.split(part, comments=True) for line in lines for part in _ENDS.split(line)]
        return [each[each.index("webagents") + 1 :] for each in words if "webagents" in each]


def snippets_of(page):
    """The code blocks of a page, in their order."""
    text = (ROOT / page).read_text()
    return [
        Snippet(
            page,
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["text"],
            found["mark"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def all_snippets():
    """Those of all pages."""
    return [snippet for page in PAGES for snippet in snippets_of(page)]
