"""Jinja templates that lie beside the module which fills them in."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, folder: str) -> Environment:
    """The templates of a package's folder; what they insert is escaped, a gap told."""
    return Environment(
        autoescape=True,
        loader=PackageLoader(package, folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def source(templates: Environment, name: str) -> str:
    """A file of the folder as it is, such as a style sheet."""
    assert templates.loader is not None
    return templates.loader.get_source(templates, name)[0]
