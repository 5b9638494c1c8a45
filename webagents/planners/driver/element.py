"""An element of the page as a program holds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from webagents.html import Element as Node
from webagents.html import find_all, text_of
from webagents.planners.driver.faults import CannotAct, NotAllowed, missing
from webagents.planners.driver.keys import pieces

if TYPE_CHECKING:
    from webagents.planners.driver.driver import Driver

_FLAGS = frozenset(
    {"checked", "selected", "disabled", "readonly", "required", "multiple", "focused"}
)


class Element:
    """One element, by its ref; what is read of it is as the page is now.

    Reading and acting raise `CannotAct` (a stale element) when it has left the page.
    """

    exposes: ClassVar[frozenset[str]] = frozenset(
        {
            *("ref", "text", "tag_name", "accessible_name", "aria_role"),
            *("rect", "location", "size"),
            *("click", "clear", "send_keys", "submit", "hover", "double_click", "context_click"),
            *("drag_to", "choose", "find_element", "find_elements", "get_attribute"),
            *("get_property", "get_dom_attribute", "is_displayed", "is_enabled", "is_selected"),
        }
    )

    def __init__(self, driver: Driver, ref: str) -> None:
        self._driver = driver
        self._ref = ref

    @property
    def ref(self) -> str:
        """The number actions name it by."""
        return self._ref

    @property
    def text(self) -> str:
        """Its text as it is shown, white space folded."""
        return text_of(self.node)

    @property
    def tag_name(self) -> str:
        """``button``, ``input`` ..."""
        return str(self.node.tag).removeprefix("framed-")

    @property
    def accessible_name(self) -> str:
        """What it is called: its label, placeholder, title or text."""
        told = (self.node.get(name) for name in ("aria-label", "placeholder", "title"))
        return next((name for name in told if name), self.text)

    @property
    def aria_role(self) -> str:
        """Its role, "" without one."""
        return str(self.node.get("role", ""))

    @property
    def rect(self) -> dict[str, int]:
        """Where it is, CSS pixels; only where the page is seen with boxes (the visual view)."""
        box = str(self.node.get("box", "")).split()
        if len(box) != 4:
            raise CannotAct("WebDriverException: this page is seen without places and sizes")
        return {
            name: int(float(n)) for name, n in zip(("x", "y", "width", "height"), box, strict=True)
        }

    @property
    def location(self) -> dict[str, int]:
        """Its top left corner, CSS pixels (see `rect`)."""
        return {name: self.rect[name] for name in ("x", "y")}

    @property
    def size(self) -> dict[str, int]:
        """Its size, CSS pixels (see `rect`)."""
        return {name: self.rect[name] for name in ("width", "height")}

    @property
    def node(self) -> Node:
        """The element in the page's text."""
        node = next(find_all(self._driver.root, ref=self._ref), None)
        if node is None:
            raise CannotAct(f"StaleElementReferenceException: ref {self._ref} has left the page")
        return node

    def click(self) -> None:
        """Clicks it."""
        self._driver.perform("click", self._ref)

    def clear(self) -> None:
        """Empties it."""
        self._driver.perform("clear", self._ref)

    def send_keys(self, *values: Any) -> None:
        """Types the texts at its end; keys of `Keys` are pressed.

        A list of options goes to the first that begins with what is typed, as in a browser.
        """
        self.node  # noqa: B018  (a stale element types nothing)
        for text, key in pieces("".join(str(value) for value in values)):
            if key:
                self._driver.perform("press", self._ref, key)
            elif (option := self._option(text)) is not None:
                self.choose(option)
            else:
                self._driver.perform("type", self._ref, text)

    def _option(self, typed: str) -> str | None:
        """The label that begins with a text; None where it is no list, or has none that does."""
        labels = map(text_of, self.node.iter("option")) if self.tag_name == "select" else ()
        start = typed.strip().lower()
        return next((each for each in labels if start and each.lower().startswith(start)), None)

    def submit(self) -> None:
        """Sends its form off: by the form's own button, or with the Enter key."""
        forms = [self.node, *self.node.iterancestors()]
        form = next((each for each in forms if each.tag == "form"), None)
        within: Iterable[Node] = () if form is None else form.iter("button", "input")
        button = next((each for each in within if _submits(each)), None)
        if button is not None:
            self._driver.perform("click", button.get("ref"))
        else:
            self._driver.perform("press", self._ref, "Enter")

    def hover(self) -> None:
        """Moves the pointer over it."""
        self._driver.perform("hover", self._ref)

    def double_click(self) -> None:
        """Clicks it twice."""
        self._driver.perform("dblclick", self._ref)

    def context_click(self) -> None:
        """Clicks it with the right button."""
        self._driver.perform("click", self._ref, "right")

    def drag_to(self, other: Element) -> None:
        """Drags it onto another."""
        self._driver.perform("drag_and_drop", self._ref, other.ref)

    def choose(self, *options: str) -> None:
        """Chooses options of a list, by label or value."""
        self._driver.perform("select_option", self._ref, list(options))

    def find_element(self, by: str = "id", value: str | None = None) -> Element:
        """The first element within it; see `Driver.find_element`."""
        elements = self.find_elements(by, value)
        if not elements:
            raise missing(by, str(value), self._driver.nearest(str(value)))
        return elements[0]

    def find_elements(self, by: str = "id", value: str | None = None) -> list[Element]:
        """All such elements within it; see `Driver.find_elements`."""
        return self._driver.within(self.node, by, value)

    def get_attribute(self, name: str) -> str | None:
        """An attribute as the page shows it; flags are "true" or None, as in Selenium."""
        node = self.node
        if name in _FLAGS:
            return "true" if name in node.attrib else None
        if name in ("textContent", "innerText"):
            return text_of(node)
        if name in ("innerHTML", "outerHTML"):
            raise NotAllowed(f"WebDriverException: no {name} of an element; see page_source")
        value = node.get(name)
        return value if value is not None or name != "value" else ""

    get_property = get_attribute
    get_dom_attribute = get_attribute

    def is_displayed(self) -> bool:
        """Whether it is there: what is not shown is no part of the page's text."""
        return bool(self._driver.within(self._driver.root, "ref", self._ref))

    def is_enabled(self) -> bool:
        """Whether it can be used."""
        return "disabled" not in self.node.attrib

    def is_selected(self) -> bool:
        """Whether it is ticked or chosen."""
        return "checked" in self.node.attrib or "selected" in self.node.attrib


def _submits(node: Node) -> bool:
    kind = (node.get("type") or ("submit" if node.tag == "button" else "")).lower()
    return kind in ("submit", "image") and bool(node.get("ref"))
