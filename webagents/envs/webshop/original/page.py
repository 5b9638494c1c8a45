"""A page: sections of layouts with their values, from which every form of it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

from webagents.envs.webshop.original.layouts import Kind, Node, Section
from webagents.envs.webshop.original.links import MADE, Place, escaped

Part = tuple[Section, Mapping[str, Any]]

_SPACES = " \n\t\f\r"  # what BeautifulSoup takes for white space


class Clickable(NamedTuple):
    """What an agent may click. option: the radio group's name, for an option; "" otherwise."""

    kind: Literal["button", "link", "option"]
    option: str = ""


class Page:
    """One page as it was shown.

    place: where its links lead from.
    url: what the address bar shows.
    parts: the sections in document order, each with the values of its holes.
    """

    def __init__(self, place: Place, url: str, parts: Sequence[Part]) -> None:
        self.place = place
        self.url = url
        self.parts = parts

    def html(self) -> str:
        """The source, byte for byte as the original writes it."""
        out: list[str] = []
        for section, values in self.parts:
            for piece in section.markup:
                if isinstance(piece, str):
                    out.append(piece)
                elif piece.how == "made":
                    out.append(MADE[piece.name](self.place, values))
                else:
                    value = values.get(piece.name, "")
                    out.append(value if piece.how == "raw" else escaped(value))
        return "".join(out)

    def text(self) -> str:
        """The visible texts, stripped, with `` [SEP] `` between them."""
        return " [SEP] ".join([text.strip() for _, text in self._texts])

    def text_rich(self, opened: Collection[str]) -> str:
        """The visible texts a line each, with buttons and what was clicked marked.

        opened: asins of the products opened since the last search from scratch.
        """
        lines: list[str] = []
        chosen: list[str] = []
        for kind, text in self._texts:
            if kind == "button":
                lines.append(f"[button] {text} [button_]\n")
            elif kind == "label" and f'"{text}"' in self.url:
                lines.append(f"  [clicked button] {text} [clicked button_]\n")
                chosen.append(f"You have clicked {text}.\n")
            elif kind == "label":
                lines.append(f"  [button] {text} [button_]\n")
            elif kind == "link":
                mark = "clicked button" if text in opened else "button"
                lines.append(f"\n[{mark}] {text} [{mark}_]\n")
            else:
                lines.append(f"{text}\n")
        return "".join([*reversed(chosen), *lines])

    @cached_property
    def clickables(self) -> dict[str, Clickable]:
        """What can be clicked, by name: buttons, then products, then options.

        Of two with one name the first one's position counts and the last one is clicked.
        """
        buttons: dict[str, Clickable] = {}
        links: dict[str, Clickable] = {}
        options: dict[str, Clickable] = {}
        for section, values in self.parts:
            for kind, node in section.offers:
                name = _filled(node, values)
                if kind == "option":
                    options[name] = Clickable("option", str(values.get("name", "")))
                else:
                    (buttons if kind == "button" else links)[name.lower()] = Clickable(kind)
        return {**buttons, **links, **options}

    @cached_property
    def search_bar(self) -> bool:
        """Whether the page has a field to search by."""
        return any(section.search_bar for section, _ in self.parts)

    @cached_property
    def _texts(self) -> list[tuple[Kind, str]]:
        return list(self._visible())

    def _visible(self) -> Iterator[tuple[Kind, str]]:
        """The visible texts. BeautifulSoup has no empty ones and drops those that end lines."""
        for section, values in self.parts:
            for node in section.nodes:
                text = node.before if node.name is None else _filled(node, values)
                if text not in {"", "\n"}:
                    yield node.kind, text


def _filled(node: Node, values: Mapping[str, Any]) -> str:
    """The node's text, white space alone made one character as BeautifulSoup does."""
    if node.name is None:
        return node.before
    text = f"{node.before}{values.get(node.name, '')!s}{node.after}"
    if text and not node.kept and not text.strip(_SPACES):
        return "\n" if "\n" in text else " "
    return text
