"""The original's data files of one shop: found in a folder, plain or gzipped."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from webagents.errors import UserError


class Files(NamedTuple):
    """The original's files of one shop.

    human: None where the folder has no human instructions.
    """

    products: Path
    attributes: Path
    human: Path | None


def find_files(source: Path) -> Files:
    """The original's files in a folder, or beside a products file: plain or gzipped.

    Of several attribute or instruction files the one with the products file's own suffix is taken
    (``_1000``), otherwise the one without a suffix.

    Raises:
        UserError: there is no such folder or file, no products or attributes file in it, or more
            than one to choose from.
    """
    if source.is_dir():
        products = _only(source, "items_shuffle", "products", _matching(source, "items_shuffle"))
    elif source.is_file():
        products, source = source, source.parent
    else:
        raise UserError(
            f"there is no {source}; name a folder with the files of a WebShop catalogue"
        )
    suffix = _suffix(products, "items_shuffle")
    attributes = _paired(source, "items_ins_v2", "attributes", suffix)
    if attributes is None:
        raise UserError(
            f"{source} has no attributes file: items_ins_v2*.json or .json.gz has to lie "
            f"beside {products.name}"
        )
    human = _paired(source, "items_human_ins", "human instructions", suffix)
    return Files(products=products, attributes=attributes, human=human)


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _matching(folder: Path, stem: str) -> list[Path]:
    """The files of a stem; a gzipped one only where it does not lie there unpacked too."""
    plain = [path for path in folder.glob(f"{stem}*.json") if path.is_file()]
    packed = [path for path in folder.glob(f"{stem}*.json.gz") if path.is_file()]
    return sorted(plain + [path for path in packed if path.with_suffix("") not in plain])


def _suffix(path: Path, stem: str) -> str:
    """What a file's name says after its stem: "_1000" of items_shuffle_1000.json.gz."""
    return path.name.removeprefix(stem).split(".json")[0]


def _only(folder: Path, stem: str, what: str, found: list[Path]) -> Path:
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError(f"{folder} has no {what} file: {stem}*.json or {stem}*.json.gz")
    names = ", ".join(path.name for path in found)
    raise UserError(f"{folder} has several {what} files ({names}); name one file instead")


def _paired(folder: Path, stem: str, what: str, suffix: str) -> Path | None:
    found = _matching(folder, stem)
    for wanted in (suffix, ""):
        exact = [path for path in found if _suffix(path, stem) == wanted]
        if len(exact) == 1:
            return exact[0]
    return _only(folder, stem, what, found) if found else None
