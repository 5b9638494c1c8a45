"""Pictures of products, drawn by the shop itself.

A picture's address is ``/images/<shape>/<tint>.svg``. The drawings and the colours' names are
content (``envs/webshop/pictures.toml``); a picture holds nothing of a product's own text.
"""

from __future__ import annotations

import colorsys
import re
import tomllib
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from webagents.resources import content

PLAIN = "plain"
"""The tint of a picture whose option names no colour."""

_PAINT = re.compile(r"(fill|stroke)=([BDLWKN])\b")
_WORD = re.compile(r"[a-z]+")
_ADDRESS = re.compile(r"/?images/([a-z_]+)/([a-z0-9-]+)\.svg")
_QUIET = ("#7d8ea3", "#c08a74", "#8aa88f", "#b8a06a", "#9a86ad", "#6f9fa3", "#c4909b", "#8c8f78")
_UNKNOWN = "box"


def picture(subject: str | Mapping[str, Any], option: str = "") -> str:
    """The picture at an address of the shop, or of a product: SVG text of less than 3 KB.

    Any address has one: an unknown shape is drawn as a box, an unknown tint in a quiet colour.

    subject: an address, or a product as `address` takes it.
    option: the chosen value, when `subject` is a product.
    """
    place = subject if isinstance(subject, str) else address(subject, option)
    found = _ADDRESS.fullmatch(place)
    return _draw(found[1], found[2]) if found else _draw(_UNKNOWN, slug(place)[-40:] or PLAIN)


def address(product: Mapping[str, Any], option: str = "") -> str:
    """The address of the picture of any product, made-up or imported.

    product: the original's product dict, raw or processed; its own address of the shop is kept
        when no option is given, anything else is drawn by words of its title and its category.
    """
    given = str(product.get("MainImage") or next(iter(product.get("images") or ()), ""))
    own = _ADDRESS.fullmatch(given)
    if own and not (option and tint(option)):
        return given
    title = str(product.get("Title") or product.get("name") or "")
    shape = own[1] if own else _shape(title, str(product.get("category", "")))
    shown = slug(option) if tint(option) else _titled(title) or _quiet(title)
    return f"/images/{shape}/{shown}.svg"


def slug(text: str) -> str:
    """The text as part of an address: its letters and digits, in lower case, joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


@lru_cache(maxsize=4096)
def tint(name: str) -> str | None:
    """The colour (#rrggbb) that words such as "dark brown" or "Navy-Blue" name; None without one.

    The first word that names a colour decides; light and dark make it so.
    """
    words = _WORD.findall(name.lower())
    tints: dict[str, str] = _content()["tints"]
    for word in words:
        if word in tints:
            shade = 0.7 if "dark" in words else 1.0
            return (
                _mix(tints[word], "#ffffff", 0.35) if "light" in words else _dim(tints[word], shade)
            )
    return None


def shapes() -> list[str]:
    """The names of all shapes that have a drawing, alike ones included."""
    return sorted({*_content()["shapes"], *_content()["alike"]})


@lru_cache(maxsize=1024)
def _draw(shape: str, shown: str) -> str:
    drawings = _content()["shapes"]
    name = _content()["alike"].get(shape, shape)
    drawing: str = drawings.get(name, drawings[_UNKNOWN])
    body = tint(shown.replace("-", " ")) or _QUIET[zlib.crc32(f"{shape} {shown}".encode()) % 8]
    paints = {
        "B": body,
        "D": _dim(body, 0.74),
        "L": _mix(body, "#ffffff", 0.42),
        "W": "#fdfaf4",
        "K": "#3a3f4a",
        "N": "#b9bec7",
    }
    painted = _PAINT.sub(lambda found: f'{found[1]}="{paints[found[2]]}"', drawing)
    ground = _ground(body)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="100%" height="100%">'
        f'<rect width="200" height="200" fill="{ground}"/>'
        f'<ellipse cx="100" cy="178" rx="70" ry="7" fill="{_dim(ground, 0.88)}"/>'
        f"{painted}</svg>"
    )


def _ground(body: str) -> str:
    """A backdrop on which the body shows: pale, or darker behind a pale thing."""
    red, green, blue = _parts(body)
    pale = (red * 299 + green * 587 + blue * 114) / 1000 > 205
    return _mix(body, "#c9cfd6", 0.75) if pale else _mix(body, "#f7f5f0", 0.86)


def _shape(title: str, category: str) -> str:
    words: dict[str, str] = _content()["words"]
    for word in reversed(_WORD.findall(title.lower().split(" for ")[0].split(",")[0])):
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if form in words:
                return words[form]
    kinds: dict[str, str] = _content()["categories"]
    return kinds.get(category, _UNKNOWN)


def _titled(title: str) -> str:
    """The first colour a title names; "" without one."""
    return next((word for word in _WORD.findall(title.lower()) if tint(word)), "")


def _quiet(title: str) -> str:
    return f"{PLAIN}-{zlib.crc32(title.encode()) % 8}"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(colour: str, other: str, share: float) -> str:
    """The colour with this share of another one."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _dim(colour: str, share: float) -> str:
    """The colour with its lightness times `share`."""
    hue, light, full = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    parts = colorsys.hls_to_rgb(hue, light * share, full)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(content("envs", "webshop", "pictures.toml").read_text(encoding="utf-8"))
