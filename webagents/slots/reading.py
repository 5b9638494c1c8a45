"""A prompt read into slots.

The words of the instruction are matched with the page's: a word that both have is a link between
its slots, whatever the task. Matching disregards case and leading noughts; the beginnings and ends
of texts are matched as well. Colours are told by number, and by name; of texts that are alike but
for their numbers, the least and the most are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webagents.actions import ACTIONS, parse
from webagents.actions.kinds import REFERENCE
from webagents.errors import ActionError
from webagents.html import parse as parse_html
from webagents.prompt import Prompt
from webagents.slots.building import Builder
from webagents.slots.colors import color_words
from webagents.slots.crops import box_of
from webagents.slots.cutting import kept
from webagents.slots.extremes import extremes
from webagents.slots.matching import Matching
from webagents.slots.ordinals import ordinals
from webagents.slots.records import Link, SlotKind, Slots
from webagents.slots.words import Pieces, Word, words_of

UNREAD = frozenset({"ref", "picture", "href", "src", "viewBox", "transform", "tabindex"})
"""Attributes that say nothing a network of this kind could use, or say it at too great length."""

VALUES = frozenset({"value", "placeholder", "title", "alt", "aria-label"})
"""Attributes with words that a person sees, and that can be copied."""

LABELS = ("for", "aria-labelledby", "aria-controls", "href")
"""Attributes that name another element by its id."""


BOX = "box"
"""The attribute that says where an element is on the screenshot."""

UNSEEN = frozenset({"br", "hr", "option", "optgroup", "title", "desc"})
"""Elements that do not stand in a page's order for themselves."""

NUMERIC = re.compile(r"#[0-9a-f]{6}|[\d\s.,-]+(px|%)?")
"""Values that are nothing but numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a prompt is read.

    words: of the instruction.
    elements: of the page, the most relevant ones; texts between them included.
    copies: words that can be copied.
    text: pieces of an element's own text.
    attribute: pieces of an attribute.
    picture: pixels of a side of an element's picture; 0 for a network that does not see.
    ordinals: whether of elements that are alike it is told which is the first, the second ...; not
        to a network that has not learned with it.
    """

    words: int = 128
    elements: int = 256
    copies: int = 512
    text: int = 24
    attribute: int = 8
    picture: int = 0
    ordinals: bool = False


def read(asked: Prompt, pieces: Pieces, limits: Limits | None = None) -> Slots:
    """The slots of a prompt: instruction, actions, error, then the page in its order."""
    return _Reader(asked, pieces, limits or Limits()).slots()


class _Reader:
    def __init__(self, asked: Prompt, pieces: Pieces, limits: Limits) -> None:
        self.asked, self.limits = asked, limits
        self.builder = Builder(pieces)
        self.instruction = words_of(asked.instruction, limits.words)
        self.matching = Matching(self.builder, self.instruction)
        self.of_ref: dict[int, int] = {}
        self.of_id: dict[str, int] = {}
        self.pointing: list[tuple[int, str]] = []
        self.offers: list[tuple[int, list[Word]]] = []
        self.texts: list[tuple[int, str]] = []
        self.leaf: int | None = None
        self.places: Mapping[Any, str] = {}

    def slots(self) -> Slots:
        """All of it."""
        self._instruction()
        acts = [self._action(text, age) for age, text in enumerate(reversed(self.asked.actions))]
        for word in words_of(self.asked.error, self.limits.text):
            self.builder.say(self.builder.slot(SlotKind.ERROR), "error", word.text)
        root = parse_html(self.asked.html)
        if self.limits.ordinals:
            self.places = ordinals(root)
        self._element(root, None, kept(root, self.matching.places, self.limits.elements))
        for slot, target in self.pointing:
            if (to := self.of_id.get(target)) is not None and to != slot:
                self.builder.link(Link.LABEL, slot, to)
        for slot, refs in acts:
            for ref in refs:
                if (on := self.of_ref.get(ref)) is not None:
                    self.builder.link(Link.ACTION_ON, slot, on)
        for name, slot in extremes(self.texts):
            self.builder.say(slot, name, "")
        for slot, words in self.offers:
            room = self.limits.copies - len(self.builder.copies)
            self.builder.offer(slot, words[: max(room, 0)])
        screenshot = self.asked.screenshots[-1] if self.limits.picture else None
        return self.builder.built(screenshot, self.limits.picture)

    def _instruction(self) -> None:
        last = None
        for word in self.instruction:
            slot = self.builder.slot(SlotKind.WORD)
            self.builder.say(slot, "word", word.text)
            if last is not None:
                self.builder.link(Link.PREVIOUS, last, slot)
            self.builder.offer(slot, [word])
            last = slot

    def _action(self, text: str, age: int) -> tuple[int, list[int]]:
        """An action's slot, and the refs it names."""
        slot = self.builder.slot(SlotKind.ACTION)
        self.builder.say(slot, "age", str(age))
        try:
            action = parse(text, dialects=("calls", "webgum", "webshop"))
        except ActionError:
            self.builder.say(slot, "unread", "")
            return slot, []
        self.builder.say(slot, "action", action.name)
        refs = []
        for parameter in ACTIONS[action.name].parameters:
            value = action.arguments.get(parameter.name, parameter.default)
            if value == parameter.default:
                continue
            if parameter.kind is REFERENCE:
                refs.append(int(str(value)))
            else:
                said = " ".join(value) if isinstance(value, tuple) else str(value)
                words = self.builder.say(slot, parameter.name, said, self.limits.text)
                self.matching.words(slot, words, Link.TYPED)
        return slot, refs

    def _in_order(self, slot: int) -> None:
        """Links what has nothing in it with the last one before on the page, wherever it lies."""
        if self.leaf is not None:
            self.builder.link(Link.BEFORE, self.leaf, slot)
        self.leaf = slot

    def _element(self, element: Any, parent: int | None, keep: set[Any] | None) -> int | None:
        """An element's slot, or None where it was cut off; its children hang on its parent then."""
        slot = None
        if keep is None or element in keep:
            slot = self.builder.slot(SlotKind.ELEMENT, _ref(element))
            self._attributes(slot, element)
            if parent is not None:
                self.builder.link(Link.PARENT, parent, slot)
        here = parent if slot is None else slot
        inner = [child for child in element if isinstance(child.tag, str)]
        if slot is not None and element.tag == "select":
            self._choices(element)
        if slot is not None and element.tag not in UNSEEN and _is_leaf(element):
            self._in_order(slot)
        previous = None
        if slot is not None and (element.text or "").strip():
            if inner:
                previous = self._text(element.text, slot)
            else:
                self._says(slot, "text", element.text)
        for child in inner:
            made = self._element(child, here, keep)
            if made is not None:
                if previous is not None:
                    self.builder.link(Link.PREVIOUS, previous, made)
                previous = made
            if slot is not None and (child.tail or "").strip():
                text = self._text(child.tail, slot)
                if previous is not None:
                    self.builder.link(Link.PREVIOUS, previous, text)
                previous = text
        return slot

    def _text(self, text: str, parent: int) -> int:
        slot = self.builder.slot(SlotKind.TEXT)
        self.builder.link(Link.PARENT, parent, slot)
        self._says(slot, "text", text)
        self._in_order(slot)
        return slot

    def _choices(self, element: Any) -> None:
        options = (" ".join("".join(one.itertext()).split()) for one in element.iter("option"))
        self.builder.choices[element.get("ref", "")] = tuple(dict.fromkeys(options))

    def _says(self, slot: int, field: str, text: str) -> None:
        """A text that a person sees, matched with the instruction and offered for copying."""
        self.builder.say(slot, field, text, self.limits.text)
        words = words_of(text, self.limits.copies)
        if words:
            self.matching.words(slot, words, Link.WORD_OF_TEXT)
            self.matching.whole(slot, words)
            self.matching.edges(slot, text)
            self.texts.append((slot, text))
            self.offers.append((slot, words))

    def _attributes(self, slot: int, element: Any) -> None:
        self.of_ref[self.builder.refs[slot]] = slot
        self.builder.say(slot, "tag", element.tag)
        if element in self.places:
            words = self.builder.say(slot, "place", self.places[element])
            self.matching.words(slot, words, Link.WORD_OF_VALUE)
        for name, value in element.items():
            if name == BOX and (box := box_of(value)) is not None:
                self.builder.show(slot, box)
            if name in LABELS and value:
                self.pointing += [(slot, one.lstrip("#")) for one in value.split()[:4]]
            if name == "id":
                self.of_id.setdefault(value, slot)
            if name in VALUES:
                self._says(slot, name, value)
            elif name not in UNREAD:
                spelled = not NUMERIC.fullmatch(value)
                most = self.limits.attribute
                words = self.builder.say(slot, name, value, most, spelled=spelled)
                if not spelled:
                    called = color_words(value)
                    words = self.builder.say(slot, name, called, most) if called else ()
                if words:
                    self.matching.words(slot, words, Link.WORD_OF_VALUE)
                    self.matching.whole(slot, words)


def _is_leaf(element: Any) -> bool:
    return element.tag == "select" or not any(isinstance(child.tag, str) for child in element)


def _ref(element: Any) -> int:
    ref = element.get("ref", "")
    return int(ref) if ref.isascii() and ref.isdecimal() and len(ref) < 10 else 0
