"""A prompt read into slots.

The words of the instruction are matched with the page's: a word that both have is a link between
its slots, whatever the task. Matching disregards case. Colours are told by number, and by name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    """

    words: int = 128
    elements: int = 256
    copies: int = 512
    text: int = 24
    attribute: int = 8
    picture: int = 0


def read(asked: Prompt, pieces: Pieces, limits: Limits | None = None) -> Slots:
    """The slots of a prompt: instruction, actions, error, then the page in its order."""
    return _Reader(asked, pieces, limits or Limits()).slots()


class _Reader:
    def __init__(self, asked: Prompt, pieces: Pieces, limits: Limits) -> None:
        self.asked, self.limits = asked, limits
        self.builder = Builder(pieces)
        self.instruction: list[Word] = []
        self.places: Mapping[str, Sequence[int]] = {}
        self.of_ref: dict[int, int] = {}
        self.of_id: dict[str, int] = {}
        self.pointing: list[tuple[int, str]] = []
        self.offers: list[tuple[int, list[Word]]] = []

    def slots(self) -> Slots:
        """All of it."""
        self._instruction()
        acts = [self._action(text, age) for age, text in enumerate(reversed(self.asked.actions))]
        for word in words_of(self.asked.error, self.limits.text):
            self.builder.say(self.builder.slot(SlotKind.ERROR), "error", word.text)
        root = parse_html(self.asked.html)
        self._element(root, None, kept(root, self.places, self.limits.elements))
        for slot, target in self.pointing:
            if (to := self.of_id.get(target)) is not None and to != slot:
                self.builder.link(Link.LABEL, slot, to)
        for slot, refs in acts:
            for ref in refs:
                if (on := self.of_ref.get(ref)) is not None:
                    self.builder.link(Link.ACTION_ON, slot, on)
        for slot, words in self.offers:
            room = self.limits.copies - len(self.builder.copies)
            self.builder.offer(slot, words[: max(room, 0)])
        screenshot = self.asked.screenshots[-1] if self.limits.picture else None
        return self.builder.built(screenshot, self.limits.picture)

    def _instruction(self) -> None:
        self.instruction = words_of(self.asked.instruction, self.limits.words)
        places: dict[str, list[int]] = defaultdict(list)
        last = None
        for word in self.instruction:
            slot = self.builder.slot(SlotKind.WORD)
            self.builder.say(slot, "word", word.text)
            if last is not None:
                self.builder.link(Link.PREVIOUS, last, slot)
            places[word.text.lower()].append(slot)
            self.builder.offer(slot, [word])
            last = slot
        self.places = dict(places)

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
                self._match(slot, words, Link.TYPED)
        return slot, refs

    def _match(self, slot: int, words: Sequence[Word], type_: Link) -> None:
        for text in dict.fromkeys(word.text.lower() for word in words):
            for place in self.places.get(text, ()):
                self.builder.link(type_, place, slot)

    def _match_whole(self, slot: int, words: Sequence[Word]) -> None:
        """Links a text or a value with the places where the instruction has the whole of it."""
        texts = [word.text.lower() for word in words]
        for first in self.places.get(texts[0], ()):  # the instruction's slots are the first ones
            said = self.instruction[first : first + len(texts)]
            if [word.text.lower() for word in said] == texts:
                for place in range(first, first + len(texts)):
                    self.builder.link(Link.WORD_OF_WHOLE, place, slot)

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
        return slot

    def _says(self, slot: int, field: str, text: str) -> None:
        """A text that a person sees, matched with the instruction and offered for copying."""
        self.builder.say(slot, field, text, self.limits.text)
        words = words_of(text, self.limits.copies)
        if words:
            self._match(slot, words, Link.WORD_OF_TEXT)
            self._match_whole(slot, words)
            self.offers.append((slot, words))

    def _attributes(self, slot: int, element: Any) -> None:
        self.of_ref[self.builder.refs[slot]] = slot
        self.builder.say(slot, "tag", element.tag)
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
                    self._match(slot, words, Link.WORD_OF_VALUE)
                    self._match_whole(slot, words)


def _ref(element: Any) -> int:
    ref = element.get("ref", "")
    return int(ref) if ref.isascii() and ref.isdecimal() and len(ref) < 10 else 0
