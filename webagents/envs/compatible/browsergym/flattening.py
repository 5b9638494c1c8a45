"""BrowserGym's observations as text, under the names of its ``browsergym.utils.obs``."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webagents.errors import UserError, clipped

_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"))
_PLAIN = frozenset(("html", "body", "div", "span", "i", "b", "em", "strong", "font", "center"))
Extras = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the text tells and leaves out; all but the last two need `extra_properties`.

    with_visible, with_clickable, with_som: tell which elements are.
    with_center_coords, with_bounding_box_coords: tell where elements are, in pixels.
    filter_visible_only, filter_som_only: leave the others out, with what is in them.
    filter_with_bid_only: leave out what has no bid.
    coord_decimals: of the pixels.
    hide_bid_if_invisible, hide_all_bids: leave bids out.
    """

    with_visible: bool = False
    with_clickable: bool = False
    with_som: bool = False
    with_center_coords: bool = False
    with_bounding_box_coords: bool = False
    filter_visible_only: bool = False
    filter_som_only: bool = False
    filter_with_bid_only: bool = False
    coord_decimals: int = 0
    hide_bid_if_invisible: bool = False
    hide_all_bids: bool = False

    def keeps(self, bid: str, extras: Extras) -> bool:
        """Whether the element is told."""
        known = extras.get(bid, {})
        if self.filter_visible_only and bid and not _visible(known):
            return False
        if self.filter_som_only and not known.get("set_of_marks"):
            return False
        return bool(bid) or not self.filter_with_bid_only

    def notes(self, bid: str, extras: Extras) -> list[str]:
        """What is told of the element beside itself."""
        known = extras.get(bid, {})
        told = []
        if self.with_visible and _visible(known):
            told.append("visible")
        if self.with_clickable and known.get("clickable"):
            told.append("clickable")
        if self.with_som and known.get("set_of_marks"):
            told.append("som")
        if known.get("bbox"):
            x, y, width, height = known["bbox"]
            if self.with_center_coords:
                told.append(f'center="{self._pixels(x + width / 2, y + height / 2)}"')
            if self.with_bounding_box_coords:
                told.append(f'box="{self._pixels(x, y, x + width, y + height)}"')
        return told

    def shown(self, bid: str, extras: Extras) -> str:
        """The bid, "" where it is not told."""
        hidden = self.hide_bid_if_invisible and not _visible(extras.get(bid, {}))
        return "" if self.hide_all_bids or hidden else bid

    def _pixels(self, *numbers: float) -> str:
        return f"({','.join(f'{number:.{self.coord_decimals}f}' for number in numbers)})"


def flatten_axtree_to_str(
    AX_tree: Mapping[str, Any],  # noqa: N803 (BrowserGym's name)
    extra_properties: Extras | None = None,
    *,
    skip_generic: bool = True,
    remove_redundant_static_text: bool = True,
    ignored_roles: tuple[str, ...] = ("LineBreak", "InlineTextBox"),
    **flags: Any,
) -> str:
    """The accessibility tree, a node a line: tabs for its depth, ``[bid] role 'name', states``.

    skip_generic: leave out nodes without role and states, not what is in them.
    remove_redundant_static_text: leave out texts that their element's name has already.
    flags: see `Flags`.

    Raises:
        UserError: there is no such flag.
    """
    chosen, extras = _flags(flags, extra_properties), extra_properties or {}
    nodes = {node["nodeId"]: node for node in AX_tree["nodes"]}
    lines: list[str] = []

    def walk(node: Mapping[str, Any], depth: int, around: str, *, silent: bool) -> None:
        role, name = node["role"]["value"], node.get("name", {}).get("value", "")
        bid = node.get("browsergym_id", "")
        states = [
            _state(each["name"], each["value"]["value"]) for each in node.get("properties", ())
        ]
        told = [*chosen.notes(bid, extras), *filter(None, states)]
        texts = role == "StaticText"
        plain = role in ("generic", "none") and not name and not told
        kept = texts or role == "RootWebArea" or chosen.keeps(bid, extras)
        skipped = (
            role in ignored_roles
            or (skip_generic and plain)
            or (texts and (silent or (remove_redundant_static_text and name in around)))
            or not kept
        )
        if not skipped:
            shown = chosen.shown(bid, extras)
            line = f"[{shown}] {role}" if shown else role
            line += "" if role == "generic" and not name else f" {name!r}"
            if "value" in node:
                line += f" value={node['value']['value']!r}"
            lines.append("\t" * depth + ", ".join((line, *told)))
        for child in node.get("childIds", ()):
            if child in nodes:
                walk(nodes[child], depth + (not skipped), name, silent=not kept)

    if AX_tree["nodes"]:
        walk(AX_tree["nodes"][0], 0, "", silent=False)
    return "\n".join(lines)


def flatten_dom_to_str(
    DOM_snapshot: Mapping[str, Any],  # noqa: N803 (BrowserGym's name)
    extra_properties: Extras | None = None,
    **flags: Any,
) -> str:
    """The DOM snapshot as HTML, each element with its `bid`.

    flags: see `Flags`.

    Raises:
        UserError: there is no such flag.
    """
    chosen, extras = _flags(flags, extra_properties), extra_properties or {}
    strings = DOM_snapshot["strings"]
    nodes = DOM_snapshot["documents"][0]["nodes"]
    children: dict[int, list[int]] = {}
    for number, parent in enumerate(nodes["parentIndex"]):
        children.setdefault(parent, []).append(number)

    def written(number: int) -> str:
        inside = "".join(map(written, children.get(number, ())))
        kind = nodes["nodeType"][number]
        if kind == 3:
            return html.escape(strings[nodes["nodeValue"][number]], quote=False)
        if kind != 1:
            return inside
        words = [strings[each] for each in nodes["attributes"][number]]
        attributes = dict(zip(words[::2], words[1::2], strict=True))
        bid = attributes.pop("bid", "")
        tag = strings[nodes["nodeName"][number]].lower()
        if tag != "html" and not chosen.keeps(bid, extras):
            return inside if not chosen.filter_visible_only else ""
        if shown := chosen.shown(bid, extras):
            attributes = {"bid": shown, **attributes}
        parts = [
            tag,
            *(
                f'{key}="{html.escape(value)}"' if value else key
                for key, value in attributes.items()
            ),
            *chosen.notes(bid, extras),
        ]
        return f"<{' '.join(parts)}>" + ("" if tag in _VOID else f"{inside}</{tag}>")

    return "".join(written(number) for number in children.get(-1, ()))


def prune_html(page: str) -> str:
    """The page without elements that say nothing: plain ones that have no attribute but their bid.

    Their contents stay.
    """
    from lxml import html as markup

    if not page.strip():
        return ""
    root: Any = markup.fromstring(page)
    for element in list(root.iterdescendants()):
        if element.tag in _PLAIN and set(element.attrib) <= {"bid"}:
            element.drop_tag()
    text = str(markup.tostring(root, encoding="unicode"))
    return re.sub(r"\s+", " ", text).strip()


def _flags(given: Mapping[str, Any], extras: Extras | None) -> Flags:
    for name in given:
        if name not in Flags.__dataclass_fields__:
            known = ", ".join(Flags.__dataclass_fields__)
            raise UserError(f"no flag {clipped(name)}; the flags are {known}")
    needing = [name for name in given if given[name] and name not in _WITHOUT_EXTRAS]
    if needing and extras is None:
        raise UserError(f"{needing[0]} needs extra_properties=obs['extra_element_properties']")
    return Flags(**given)


_WITHOUT_EXTRAS = ("filter_with_bid_only", "coord_decimals", "hide_all_bids")


def _attribute(name: str, value: str) -> str:
    return f'{name}="{html.escape(value)}"' if value else name


def _visible(known: Mapping[str, Any]) -> bool:
    return bool(known.get("visibility", 0.0) >= 0.5)


def _state(name: str, value: object) -> str:
    """A state as the tree's text has it: ``focused``, ``level=2``; "" where it is off."""
    if value is True:
        return name
    if value is False:
        return f"{name}=False" if name in ("selected", "expanded") else ""
    return f"{name}={value!r}"
