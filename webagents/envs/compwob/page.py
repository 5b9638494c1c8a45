"""A composed task's page, made from the pages of its parts."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import html as lxml_html

from webagents import html, phrases
from webagents.envs.compwob.composition import WIDTH, ComposedPart, Composition
from webagents.envs.miniwob import pages
from webagents.errors import MachineError

LIMIT_MS = 2_000_000
"""The pages' own time limit. Source: all public CompWoB pages."""

_SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)
_SOURCE = re.compile(r'src="\.\./([^"]+)"')
_LINK = re.compile(r'<link[^>]*href="\.\./([^"]+)"')
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_AREA = re.compile(r"#area\b")

_LAYOUT = """
#wrap, #sync-task-cover {{ width: {width}px; height: {height}px; }}
#query {{ height: {query}px; }}
#area {{ position: relative; }}
.part {{ position: relative; }}
.part.floating {{ position: absolute; top: 0; left: 0; width: {width}px; pointer-events: none; }}
.part.floating > * {{ pointer-events: auto; }}
.part.hide {{ display: none; }}
"""


class Base(NamedTuple):
    """A MiniWoB page taken apart, its area renamed.

    sheets, libraries: the addresses of the style sheets and scripts it loads, below the site's.
    style, script: its own.
    said: the instruction it holds from the start; most write it later.
    body: what its area holds from the start, as HTML.
    """

    sheets: list[str]
    libraries: list[str]
    style: str
    script: str
    said: str
    body: str


@cache
def composer() -> str:
    """The script that makes parts one page."""
    return (Path(__file__).parent / "js" / "compose.js").read_text(encoding="utf-8")


def base(part: ComposedPart, area: str) -> Base:
    """The page of a part, its area called `area`.

    Raises:
        MachineError: the installed page is not the one that the catalogue's edits are for.
    """
    source = (pages() / "miniwob" / f"{part.page or part.task}.html").read_text(encoding="utf-8")
    for old, new in (*phrases.part_tables()[part.task].get("edits", ()), *part.edits):
        if old not in source:
            raise MachineError(f"the installed page of {part.task} does not have {old!r}")
        source = source.replace(old, new)
    scripts = _SCRIPT.findall(source)
    bare = _SCRIPT.sub("", source)
    document = html.parse(bare)
    inside, query = (next(html.find_all(document, id=name)) for name in ("area", "query"))
    children = (lxml_html.tostring(child, encoding="unicode") for child in inside)
    return Base(
        sheets=_LINK.findall(bare),
        libraries=[found for tag, _ in scripts for found in _SOURCE.findall(tag)],
        # The root of a scoped sheet is ":scope" to it; it weighs as much as an id all the same.
        style=_AREA.sub(f":scope:is(#{area})", "\n".join(_STYLE.findall(bare))),
        script=_AREA.sub(f"#{area}", "\n".join(own for _, own in scripts)),
        said=html.text_of(query),
        body=(inside.text or "") + "".join(children),
    )


def composed_page(composition: Composition, title: str) -> str:
    """The page's HTML. It needs the composer and the MiniWoB package's folders on its site."""
    areas = [f"form{number}" for number, _ in enumerate(composition.parts, 1)]
    bases = [base(part, area) for part, area in zip(composition.parts, areas, strict=True)]
    sheets = dict.fromkeys(sheet for each in bases for sheet in each.sheets)
    libraries = dict.fromkeys(library for each in bases for library in each.libraries)
    layout = _LAYOUT.format(width=WIDTH, height=composition.height, query=composition.query)
    return "\n".join(
        [
            f"<!DOCTYPE html>\n<html>\n<head>\n<title>{title}</title>",
            *(f'<link rel="stylesheet" type="text/css" href="../{sheet}">' for sheet in sheets),
            f"<style>{layout}</style>",
            *(
                f"<style>\n@scope (#{area}) {{{each.style}}}\n</style>"
                for area, each in zip(areas, bases, strict=True)
            ),
            *(f'<script src="../{library}"></script>' for library in libraries),
            '<script src="compose.js"></script>',
            f"<script>\n{_plan(composition, bases)}\n</script>",
            '</head>\n<body>\n<div id="wrap">\n<div id="query"></div>\n<div id="area">',
            *(
                f'<div id="{area}" class="part{" floating" * part.floats}">{each.body}</div>'
                for area, part, each in zip(areas, composition.parts, bases, strict=True)
            ),
            "</div>\n</div>\n</body>\n</html>\n",
        ]
    )


def _plan(composition: Composition, bases: list[Base]) -> str:
    """The call that begins the page: what the composer is told, and the parts' own scripts."""
    told = {
        "limit": LIMIT_MS,
        "strict": composition.strict,
        "sentence": composition.sentence,
        "other": composition.other,
        "parts": [
            {**_told(part), "said": each.said}
            for part, each in zip(composition.parts, bases, strict=True)
        ],
    }
    scripts = ",\n".join(
        "function (core, document, window, $, jQuery, d3) {\n"
        f"{each.script}\nreturn () => genProblem();\n}}"
        for each in bases
    )
    return f"composed.begin({{...{json.dumps(told)}, scripts: [\n{scripts}\n]}});"


def _told(part: ComposedPart) -> dict[str, object]:
    asked = phrases.phrase(part.task)
    return {
        "task": part.task,
        "says": phrases.expression(asked.says),
        "names": phrases.names(asked.says),
        "shared": part.shared,
        "gated": part.gated,
        "waits": part.waits,
        "screen": part.screen,
        "button": phrases.part_tables()[part.task].get("button", "#subbtn"),
    }
