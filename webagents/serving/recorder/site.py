"""The tasks' pages as the recorder serves them: with the environment's clock and eyes in each."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from webagents.browsers.base import PageOptions
from webagents.browsers.scripts import KEY, page_script
from webagents.browsers.site import Reply, Request
from webagents.envs.compwob.task import composed_site

SCRIPT = "/page.js"
EYES = "webagents:eyes"

_TAG = f'<script src="{SCRIPT}"></script>'.encode()
_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)
_DOCTYPE = re.compile(rb"\A(?:\s|<!--.*?-->)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)

# The part of agent.js that looks at a page. It runs in the page's own world here: the recorder
# trusts pages that it serves itself.
_EYES_FROM = "const refs = new WeakMap();"
_EYES_TO = "  // ---------------------------------------------------------------- where it is"


def page(path: str) -> Reply:
    """A file of the tasks' pages."""
    reply = composed_site()(Request("GET", f"/{path}", "", b"", {}))
    if not reply.kind.startswith("text/html"):
        return reply
    return Reply(reply.status, reply.kind, _with_script(reply.body), {"Cache-Control": "no-store"})


@cache
def script() -> str:
    """What runs in a task's page before its own scripts.

    The clock of the environment, which the recorder moves with real time; its answers to dialogs;
    and its eyes, which number elements as an environment's observation does.
    """
    clock = page_script(PageOptions(proxy="", origin=""))
    dialogs = f'{_source("guard.js")}("{KEY}", "", true, true)'
    return (
        f"document.currentScript.remove();\n{clock};\n{dialogs};\n"
        f'Object.defineProperty(window, "{EYES}", {{ value: (() => {{ "use strict";\n{_eyes()}\n'
        "return { look, element: (ref) => elements.get(ref)?.deref(), ref: (element) => "
        "refs.get(element), forgetAbove }; })() });\n"
    )


def _eyes() -> str:
    source = _source("agent.js")
    if source.count(_EYES_FROM) != 1 or source.count(_EYES_TO) != 1:
        raise RuntimeError("agent.js is not laid out as the recorder knows it")
    return _EYES_FROM + source.partition(_EYES_FROM)[2].partition(_EYES_TO)[0]


def _source(name: str) -> str:
    return files("webagents.browsers").joinpath("js", name).read_text(encoding="utf-8")


def _with_script(body: bytes) -> bytes:
    place = _HEAD.search(body) or _DOCTYPE.search(body)
    at = place.end() if place else 0
    return body[:at] + _TAG + body[at:]
