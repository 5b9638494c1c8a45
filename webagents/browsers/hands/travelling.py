"""Going to other pages, waiting, and what no page here lets one do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from webagents.browsers.base import PageOptions, Tab
from webagents.errors import clipped


async def noop(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Nothing; time passes."""
    return ""


async def goto(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Opens another address of the page's own site."""
    url = str(arguments["url"])
    if options.single:
        return f"goto: this task is one page; {clipped(url)} cannot be opened"
    if not re.match(r"[a-z][a-z0-9+.-]*:", url, re.IGNORECASE):
        url = options.origin + "/" + url.lstrip("/")
    if not f"{url}/".startswith(options.origin + "/"):
        return f"goto: {clipped(url)} is beyond this site; addresses here begin {options.origin}/"
    await tab.ask("goto", url)
    return ""


async def _travel(steps: int, tab: Tab, options: PageOptions) -> str:
    if options.single:
        return "this task is one page; there is none to go to"
    await tab.ask("travel", steps)
    return ""


async def go_back(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Goes back one page."""
    return await _travel(-1, tab, options)


async def go_forward(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Goes forward one page."""
    return await _travel(1, tab, options)


async def no_tabs(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Tabs of the browser itself: no site here has any."""
    return "this site has no tabs"


async def no_files(arguments: Mapping[str, Any], tab: Tab, options: PageOptions) -> str:
    """Files stay out of reach of pages."""
    return "upload_file does not apply here: pages reach no files"
