"""The shop without a browser: a `Page` that follows links, forms and options by itself.

What an agent sees here is, letter for letter, what it sees of the site in a browser. What only a
screen has (points, pictures, hovering) is answered with an error that says so.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from webagents.actions import Action
from webagents.browsers.base import PageOptions, View
from webagents.envs.webshop.site.pages import Page
from webagents.envs.webshop.site.shopping import Shopping
from webagents.errors import ActionError, PageLoadError, clipped
from webagents.webshop.elements import Element, seen
from webagents.webshop.visits import Visit, visit_at

_TIMELESS = frozenset({"noop", "send_msg_to_user", "report_infeasible", "scroll", "hover"})
"""Actions that change nothing on these pages."""
_FOCUSABLE = frozenset({"a", "button", "input"})


class TextBrowser:
    """Stands where a browser would: makes pages, has no process, and never dies."""

    version = "none"
    source = None
    alive = True

    async def page(self, options: PageOptions) -> TextPage:
        """A new page, apart from all others."""
        return TextPage(options)

    def close(self) -> None:
        """Nothing is to be ended."""


class TextPage:
    """One shopper's page."""

    source = None

    def __init__(self, options: PageOptions) -> None:
        self.options = options
        self._shopping: Shopping | None = None
        self._trail: list[Visit] = []  # the history, as a browser has it
        self._at = 0
        self._page = Page("", Element("body", {}))
        self._refs: list[Element] = []
        self._typed = ""
        self._focus: Element | None = None
        self._time_ms = 0.0

    def enter(self, shopping: Shopping, visit: Visit) -> None:
        """Comes into a shop, with nothing of what was before."""
        self._shopping, self._trail, self._at = shopping, [], 0
        self._time_ms = 0.0
        self._go(visit)

    @property
    def visit(self) -> Visit:
        """Where the shopper is."""
        return self._trail[self._at]

    async def open(self, url: str) -> None:
        """Nothing is loaded; `enter` begins."""

    async def run(self, script: str) -> None:
        """Refuses: there is no JavaScript here.

        Raises:
            PageLoadError: always.
        """
        raise PageLoadError("a page without a browser runs no scripts")

    def prepare(self, url: str) -> None:
        """Nothing has to be loaded ahead."""

    async def close(self) -> None:
        """Nothing is to be ended."""

    async def step(self, action: Action | None, ms: float, *, anew: bool = False) -> View:
        """Performs an action and looks (see `Page.step`)."""
        error = ""
        if action is not None:
            try:
                self._perform(action)
            except ActionError as mistake:
                error = str(mistake)
        self._time_ms += ms
        html, self._refs = self._page.untouched
        if self._typed or self._focus is not None:
            html, _ = seen(self._page.body, self._typed, self._focus)
        url = self.options.origin + self.visit.address
        return View(html, url, error, None, self._time_ms, None)

    def _perform(self, action: Action) -> None:
        given = action.arguments
        match action.name:
            case "click" | "dblclick" | "check":
                self._click(self._element(str(given["ref"])))
            case "focus":
                self._focus_on(str(given["ref"]))
            case "fill" | "type" | "clear":
                self._focus = self._field(str(given["ref"]))
                kept = self._typed if action.name == "type" else ""
                self._typed = kept + str(given.get("text", ""))
            case "press":
                self._focus_on(str(given["ref"]))
                self._press(str(given["key"]))
            case "keyboard_press":
                self._press(str(given["key"]))
            case "keyboard_type" | "keyboard_insert_text":
                for letter in str(given["text"]):
                    self._press(letter)
            case "goto":
                self._goto(str(given["url"]))
            case "go_back" | "go_forward":
                self._travel(-1 if action.name == "go_back" else 1)
            case name if name not in _TIMELESS:
                raise ActionError(
                    f"{name} needs a screen, and this shop is played without a browser; "
                    "click(ref), fill(ref, text), press(ref, key), search[...] and click[...] "
                    "do all there is to do"
                )

    def _element(self, ref: str) -> Element:
        if not ref.isdecimal() or not 1 <= int(ref) <= len(self._refs):
            raise ActionError(
                f"no element has ref {ref}; the page's refs go up to {len(self._refs)}"
            )
        return self._refs[int(ref) - 1]

    def _click(self, element: Element) -> None:
        if element.tag == "label":
            element = next(each for each in element.children if isinstance(each, Element))
        self._focus = element if element.tag in _FOCUSABLE else None
        if element.tag == "button":
            self._submit()
        elif not element.checked and (to := self._link(element)):
            self._goto(self.options.origin + to)

    def _link(self, element: Element) -> str:
        """The address a click on the element leads to, its own or that of the link around it."""
        if element.to:
            return element.to
        links = (each for each in self._refs if each.tag == "a")
        return next((link.to for link in links if element in link.children), "")

    def _field(self, ref: str) -> Element:
        """The text field of that ref.

        Raises:
            ActionError: it is another element's.
        """
        element = self._element(ref)
        if element.tag != "input" or element.to:
            kind = ": it is an input of type radio" if element.tag == "input" else ""
            raise ActionError(f"text cannot be typed into {_described(element, ref)}{kind}")
        return element

    def _focus_on(self, ref: str) -> None:
        element = self._element(ref)
        if element.tag not in _FOCUSABLE:
            raise ActionError(f"{_described(element, ref)} cannot take the focus")
        self._focus = element

    def _press(self, key: str) -> None:
        focus = self._focus
        if focus is None:
            return
        if focus.tag == "input" and not focus.to:
            if key == "Enter":
                self._submit()
            elif key == "Backspace":
                self._typed = self._typed[:-1]
            elif len(key) == 1:
                self._typed += key
        elif key == ("Enter" if focus.tag == "a" else " ") or (key, focus.tag) == (
            "Enter",
            "button",
        ):
            self._click(focus)

    def _submit(self) -> None:
        if self._typed:
            self._go(self.visit.results(self._typed))
        else:  # the field is required: the browser goes there
            self._focus = next(each for each in self._refs if each.tag == "input")

    def _goto(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:  # as of "http://["
            raise ActionError(f"goto: {clipped(url)} is no address") from None
        if f"{parts.scheme}://{parts.netloc}" != self.options.origin:
            raise ActionError(
                f"goto: {clipped(url)} is beyond this site; "
                f"addresses here begin {self.options.origin}/"
            )
        visit = visit_at(parts.path, parts.query)
        if visit is None or self._shopping is None or not self._shopping.knows(visit):
            raise ActionError(f"the shop has no page {clipped(parts.path)}; it stays where it is")
        self._go(visit)

    def _go(self, visit: Visit) -> None:
        if not self._trail or visit != self.visit:  # going where one is adds nothing to the history
            del self._trail[self._at + 1 :]
            self._trail.append(visit)
            self._at = len(self._trail) - 1
        self._arrive()

    def _travel(self, steps: int) -> None:
        if 0 <= self._at + steps < len(self._trail):
            self._at += steps
            self._arrive()

    def _arrive(self) -> None:
        assert self._shopping is not None
        self._typed, self._focus = "", None
        self._page = self._shopping.page(self.visit)


def _described(element: Element, ref: str) -> str:
    name = (
        f"{element.tag}#{element.attributes['id']}" if "id" in element.attributes else element.tag
    )
    return f'<{name} ref="{ref}">'
