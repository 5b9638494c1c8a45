"""Composed tasks in play: their pages on a site of their own, or the public ones from a folder."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path

from webagents.browsers.site import Folder, Reply, Request
from webagents.envs import catalogue
from webagents.envs.compwob.composition import Composition
from webagents.envs.compwob.compositions import PREFIX, composition_of
from webagents.envs.compwob.page import composed_page, composer
from webagents.envs.miniwob import MiniWobTask, pages
from webagents.envs.task import PlayOptions
from webagents.errors import UnknownTask, UserError
from webagents.types import TaskSpec

HOST = "compwob.test"

_COMPOSER = "/compositional/compose.js"


class ComposedSite:
    """Serves composed pages, folders of public ones, and the MiniWoB package's own files."""

    def __init__(self) -> None:
        self._package = Folder(pages())
        self._composed: dict[str, Composition] = {}
        self._made: dict[str, bytes] = {}
        self._folders: dict[str, Folder] = {}

    def add(self, page: str, composition: Composition) -> None:
        """Makes known by its path a page that no name tells of; others are found by their names."""
        self._composed[f"/{page}"] = composition

    def add_folder(self, folder: Path) -> str:
        """Makes a folder of public pages known; the path it is served under."""
        name = "pages-" + hashlib.blake2b(str(folder).encode(), digest_size=4).hexdigest()
        self._folders.setdefault(name, Folder(folder))
        return name

    def __call__(self, request: Request) -> Reply:
        """The page or file of that path; 404 where there is none."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first in self._folders:
            return self._folders[first](request._replace(path=f"/{rest}"))
        if request.path == _COMPOSER:
            return Reply(200, "text/javascript; charset=utf-8", composer().encode())
        if first == "compositional":
            return self._page(request.path)
        return self._package(request)

    def _page(self, path: str) -> Reply:
        name = path.rpartition("/")[2].removesuffix(".html")
        if path not in self._made:
            try:
                made = self._composed.get(path) or composition_of(catalogue.spec_of(PREFIX + name))
            except UnknownTask:
                return Reply(404, "text/plain", f"no page {path}".encode())
            self._made[path] = composed_page(made, name).encode()
        return Reply(200, "text/html; charset=utf-8", self._made[path])


@cache
def composed_site() -> ComposedSite:
    """This process's site of composed pages."""
    return ComposedSite()


def composed_task(spec: TaskSpec) -> MiniWobTask:
    """A composed task, on our page or, with ``pages=``, on the public page of its name."""
    composed_site().add(spec.page, composition_of(spec))
    return MiniWobTask(spec, host=HOST, handler=composed_site, path=partial(_path, spec))


def _path(spec: TaskSpec, options: PlayOptions) -> str:
    if options.pages is None:
        return spec.page
    file, folder = Path(spec.page).name, Path(options.pages).resolve()
    if not (folder / file).is_file():
        raise UserError(f"pages={options.pages}: there is no {file} for {spec.id}")
    return f"{composed_site().add_folder(folder)}/{file}"
