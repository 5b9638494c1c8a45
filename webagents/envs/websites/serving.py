"""Answers a browser: a website's pages, made of its templates, and the forms it takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from webagents.browsers.site import Reply, Request
from webagents.envs.websites.keeping import cookie, left_in
from webagents.envs.websites.website import Address, Left, Page, Website, folder

_ASSETS = {".css": "text/css", ".js": "text/javascript"}
_KEPT = {"Cache-Control": "max-age=31536000, immutable"}
_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class WebsiteHandler:
    """The handler of a website's server; it keeps nothing from one request to the next."""

    def __init__(self, website: Website) -> None:
        self._website = website

    def __call__(self, request: Request) -> Reply:
        """The page of that address, or where a form leads; 404 where there is neither."""
        kind = next((kind for end, kind in _ASSETS.items() if request.path.endswith(end)), None)
        if kind is not None:
            return _asset(request.path, kind)
        address = Address.parsed(request.path, request.query)
        left = left_in(_header(request.headers, "cookie"))
        if request.method == "POST":
            text = request.body.decode("utf-8", "replace")
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
            answer = self._website.sent(address, form, left)
            if answer is not None:
                headers = {"Location": answer.to, "Set-Cookie": cookie(answer.left), **_SAFE}
                return Reply(303, "text/plain", b"", headers)
        page = self._website.page(address, left)
        status = 200 if page is not None else 404
        page = page or Page("missing.html", {})
        body = written(self._website.name, page, address, left).encode("utf-8", "replace")
        return Reply(status, "text/html; charset=utf-8", body, _SAFE)


def written(site: str, page: Page, address: Address, left: Left) -> str:
    """The page as HTML. Templates also see ``here``, its address, and ``left``."""
    template = _templates(site).get_template(page.template)
    return template.render(here=address, left=left, **page.values)


@cache
def _templates(site: str) -> Environment:
    return Environment(
        autoescape=True,
        loader=FileSystemLoader([folder() / site, folder()]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _asset(path: str, kind: str) -> Reply:
    name = path.removeprefix("/")
    file = folder() / name
    if "/" in name or not file.is_file():
        return Reply(404, "text/plain; charset=utf-8", f"no file {path}".encode())
    return Reply(200, f"{kind}; charset=utf-8", file.read_bytes(), _KEPT)
