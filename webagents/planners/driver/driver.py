"""The ``driver`` that programs act through: Selenium's WebDriver over our action texts.

It looks at the page's text alone and acts by action texts alone, each a step of the episode::

    driver = Driver(act, observation)
    run('driver.find_element(By.ID, "ok").click()', driver)     # act("click('5')")
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from webagents.actions import Action
from webagents.actions.table import signature_of
from webagents.errors import ActionError, clipped
from webagents.html import Element as Node
from webagents.html import ref_of
from webagents.planners.driver.element import Element
from webagents.planners.driver.faults import NotAllowed, fault, missing
from webagents.planners.driver.finding import found, root_of
from webagents.planners.driver.keys import pieces
from webagents.planners.driver.modules import MEMBERS, MODULES, PRELUDE, REFUSED, instead
from webagents.planners.driver.nearest import nearest
from webagents.planners.sandbox import OutOfActions
from webagents.types import Observation

Act = Callable[[str], Observation]
"""Performs one action's text and answers what is seen after it."""


class Driver:
    """A page for a program: found in by Selenium's ways, acted on by its methods or action calls.

    Attributes:
        actions: the texts performed so far, in order.
        observation: what is seen now.
    """

    exposes: ClassVar[frozenset[str]] = frozenset(
        {
            *("current_url", "page_source", "title", "name", "find_element", "find_elements"),
            *("get", "back", "forward", "refresh", "pause", "do", "active_element", "type_keys"),
            *("close", "quit", "implicitly_wait", "maximize_window", "set_window_size"),
            *("set_page_load_timeout", "minimize_window"),
        }
    )
    prelude: ClassVar[str] = PRELUDE
    modules: ClassVar[Mapping[str, Collection[str]]] = MODULES
    members: ClassVar[frozenset[str]] = frozenset(MEMBERS | exposes | Element.exposes)
    refused: ClassVar[Mapping[str, str]] = REFUSED

    def __init__(self, act: Act, observation: Observation) -> None:
        self.actions: list[str] = []
        self.observation = observation
        self._act = act
        self._most: int | None = None
        self._elements: dict[str, Element] = {}
        self._read: tuple[str, Node] | None = None

    @classmethod
    def instead(cls, kind: str, name: str) -> str:
        """What to write instead of an attribute that objects of a kind have not; see `instead`."""
        return instead(kind, name, Element.exposes)

    def limit(self, actions: int) -> None:
        """From now on at most so many actions; at the next one the program ends."""
        self._most = len(self.actions) + actions

    @property
    def root(self) -> Node:
        """The page's topmost element, as it is now."""
        page = self.observation.html
        if self._read is None or self._read[0] != page:
            self._read = page, root_of(page)
        return self._read[1]

    @property
    def current_url(self) -> str:
        """The page's address."""
        return self.observation.url

    @property
    def page_source(self) -> str:
        """The page's text, with refs."""
        return self.observation.html

    @property
    def title(self) -> str:
        """The page's title: "", for it is not in the page's text."""
        return ""

    @property
    def name(self) -> str:
        """What kind of driver it is."""
        return "webagents"

    @property
    def active_element(self) -> Element:
        """The element with the focus, the whole page without one."""
        focused = self.within(self.root, "xpath", "//*[@focused]") or self.within(
            self.root, "xpath", "//*[@ref]"
        )
        return focused[0]

    def find_element(self, by: str = "id", value: str | None = None) -> Element:
        """The first element that fits, in document order.

        Raises:
            NoSuchElement: there is none; the message names the nearest.
            BadSelector: it cannot be looked for.
        """
        elements = self.find_elements(by, value)
        if not elements:
            raise missing(by, str(value), self.nearest(str(value)))
        return elements[0]

    def find_elements(self, by: str = "id", value: str | None = None) -> list[Element]:
        """All elements that fit, in document order.

        Raises:
            BadSelector: it cannot be looked for.
        """
        return self.within(self.root, by, value)

    def within(self, root: Node, by: str, value: str | None) -> list[Element]:
        """All elements below a node that fit."""
        refs = (ref_of(node) for node in found(root, by, value))  # type: ignore[arg-type]
        return [self._elements.setdefault(ref, Element(self, ref)) for ref in refs]

    def nearest(self, value: str) -> list[str]:
        """The elements most like something that is not there, as written."""
        return nearest(self.root, value)

    def get(self, url: str) -> None:
        """Opens an address; one that is no http address is refused."""
        if url.split("#")[0] != self.current_url.split("#")[0]:
            self.perform("goto", url)

    def back(self) -> None:
        """Goes back one page."""
        self.perform("go_back")

    def forward(self) -> None:
        """Goes forward one page."""
        self.perform("go_forward")

    def refresh(self) -> None:
        """Opens the page's address again."""
        self.perform("goto", self.current_url)

    def pause(self, seconds: float) -> None:
        """Lets page time pass, at most ten seconds at once; costs an action."""
        if seconds > 0:
            self.perform("noop", round(min(seconds, 10.0) * 1000))

    def type_keys(self, *values: Any) -> None:
        """Types where the focus is, as `Element.send_keys` types into an element."""
        for text, key in pieces("".join(str(value) for value in values)):
            if key:
                self.perform("keyboard_press", key)
            else:
                self.perform("keyboard_type", text)

    def close(self, *args: Any) -> None:
        """Nothing: the page and its window are not a program's to close or to change."""

    quit = close
    implicitly_wait = close
    set_page_load_timeout = close
    set_window_size = close
    maximize_window = close
    minimize_window = close

    def do(self, name: str, args: list[Any], named: dict[str, Any]) -> None:
        """An action call as written: elements stand for their refs.

        Raises:
            ActionError: no such action, or arguments that do not fit it.
        """
        given = {key: _plain(value) for key, value in named.items()}
        self._perform(name, signature_of(name).bind([_plain(each) for each in args], given.items()))

    def perform(self, name: str, *arguments: Any) -> None:
        """Performs one action, given its arguments in order.

        Raises:
            OutOfActions: it is one too many.
            NoSuchElement, CannotAct: the page did not take it.
            NotAllowed: an address that is none of a page's, or a file.
        """
        self._perform(name, signature_of(name).bind(arguments, ()))

    def _perform(self, name: str, arguments: Mapping[str, Any]) -> None:
        try:
            action = Action(name=name, arguments=arguments)
        except ActionError as error:
            raise ActionError(f"InvalidArgumentException: {error}") from None
        if action.name == "goto" and urlsplit(str(arguments["url"])).scheme not in (
            *("http", "https"),
            *([""] if self.current_url else []),
        ):
            raise NotAllowed(
                f"WebDriverException: {clipped(arguments['url'])} is no address of a page"
            )
        if action.name == "upload_file":
            raise NotAllowed("WebDriverException: programs have no files")
        if self._most is not None and len(self.actions) >= self._most:
            raise OutOfActions(f"it asked for more than {self._most} actions")
        self.observation = self._act(action.text)
        self.actions.append(action.text)
        if self.observation.error:
            raise fault(self.observation.error)


def _plain(value: Any) -> Any:
    if isinstance(value, Element):
        return value.ref
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
