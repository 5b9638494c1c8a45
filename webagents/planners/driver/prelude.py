"""What a program finds beside its ``driver``; it runs inside the sandbox, before the program.

The sandbox's Python has neither classes derived from others nor properties, and knows only Python's
own exceptions: Selenium's are names for those. `webagents` itself does not use this module; it
reads it as text.
"""

from typing import Any

driver: Any = driver  # type: ignore[name-defined]  # noqa: F821  (the host's)

WebDriverException = Exception
NoSuchElementException = LookupError
TimeoutException = TimeoutError
InvalidSelectorException = InvalidArgumentException = ValueError
StaleElementReferenceException = ElementClickInterceptedException = RuntimeError
ElementNotInteractableException = ElementNotVisibleException = RuntimeError
ElementNotSelectableException = InvalidElementStateException = RuntimeError
UnexpectedTagNameException = MoveTargetOutOfBoundsException = RuntimeError
NoSuchFrameException = NoSuchWindowException = NoAlertPresentException = NotImplementedError
JavascriptException = PermissionError


class By:
    """Selenium's names of the ways to find elements, and ours."""

    ID = "id"
    NAME = "name"
    XPATH = "xpath"
    LINK_TEXT = "link text"
    PARTIAL_LINK_TEXT = "partial link text"
    TAG_NAME = "tag name"
    CLASS_NAME = "class name"
    CSS_SELECTOR = "css selector"
    REF = "ref"


class Keys:
    """Keys that are no characters, for send_keys."""

    NULL = "\ue000"
    BACKSPACE = "\ue003"
    BACK_SPACE = "\ue003"
    TAB = "\ue004"
    RETURN = "\ue006"
    ENTER = "\ue007"
    SHIFT = "\ue008"
    LEFT_SHIFT = "\ue008"
    CONTROL = "\ue009"
    LEFT_CONTROL = "\ue009"
    ALT = "\ue00a"
    LEFT_ALT = "\ue00a"
    ESCAPE = "\ue00c"
    SPACE = "\ue00d"
    PAGE_UP = "\ue00e"
    PAGE_DOWN = "\ue00f"
    END = "\ue010"
    HOME = "\ue011"
    LEFT = "\ue012"
    ARROW_LEFT = "\ue012"
    UP = "\ue013"
    ARROW_UP = "\ue013"
    RIGHT = "\ue014"
    ARROW_RIGHT = "\ue014"
    DOWN = "\ue015"
    ARROW_DOWN = "\ue015"
    INSERT = "\ue016"
    DELETE = "\ue017"
    META = "\ue03d"
    COMMAND = "\ue03d"


class Options:
    """Takes what programs set of a browser, to no effect."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.headless = True

    def add_argument(self, *args: Any) -> None:
        """Nothing."""

    def add_experimental_option(self, *args: Any) -> None:
        """Nothing."""


Service = Options


def _same_driver(*args: Any, **named: Any) -> Any:
    return driver


class _Names:
    """A module of names."""

    def __init__(self, **named: Any) -> None:
        for name, value in named.items():
            setattr(self, name, value)


# ------------------------------------------------------------------ lists
class Select:
    """A list of options, as selenium.webdriver.support.select has it."""

    def __init__(self, element: Any) -> None:
        if element.tag_name != "select":
            raise RuntimeError(
                f"UnexpectedTagNameException: Select takes a <select>, not <{element.tag_name}>; "
                "click the element"
            )
        self._el = element
        self._look()

    def _look(self) -> None:
        self.options = self._el.find_elements("tag name", "option")
        self.all_selected_options = [option for option in self.options if option.is_selected()]
        self.first_selected_option = (self.all_selected_options or self.options or [None])[0]

    def select_by_visible_text(self, text: str) -> None:
        """Chooses the option that reads so."""
        self._el.choose(str(text))
        self._look()

    def select_by_value(self, value: str) -> None:
        """Chooses the option of that value."""
        self._el.choose(str(value))
        self._look()

    def select_by_index(self, index: int) -> None:
        """Chooses an option by its place, counted from 0."""
        if index < 0 or index >= len(self.options):
            raise LookupError(
                f"NoSuchElementException: no option {index}; there are {len(self.options)}"
            )
        self._el.choose(self.options[index].text)
        self._look()

    def deselect_all(self) -> None:
        """Chooses nothing."""
        self._el.choose()
        self._look()


# ------------------------------------------------------------------ waiting
class WebDriverWait:
    """Looks again and again until something is so; each look after the first costs an action."""

    def __init__(
        self, driver: Any, timeout: float, poll_frequency: float = 0.5, **named: Any
    ) -> None:
        self._driver = driver
        self._timeout = timeout
        self._every = max(poll_frequency, 0.1)

    def until(self, method: Any, message: str = "") -> Any:
        """What `method` answers for the driver, once that is true."""
        return self._until(method, message, True)

    def until_not(self, method: Any, message: str = "") -> Any:
        """What `method` answers for the driver, once that is false."""
        return self._until(method, message, False)

    def _until(self, method: Any, message: str, wanted: bool) -> Any:
        waited = 0.0
        last = ""
        while True:
            try:
                value = method(self._driver)
            except LookupError as error:
                value, last = False, str(error)
            if bool(value) == wanted:
                return value
            if waited >= min(self._timeout, 5.0):
                raise TimeoutError(f"TimeoutException: {message or last or 'it did not come true'}")
            self._driver.pause(self._every)
            waited += self._every


def _one(driver: Any, locator: Any) -> Any:
    return driver.find_element(*locator) if isinstance(locator, (tuple, list)) else locator


def presence_of_element_located(locator: Any) -> Any:
    """Whether such an element is there; it."""
    return lambda driver: _one(driver, locator)


def presence_of_all_elements_located(locator: Any) -> Any:
    """Whether such elements are there; all of them."""
    return lambda driver: driver.find_elements(*locator)


def element_to_be_clickable(mark: Any) -> Any:
    """Whether an element is there and can be used; it."""

    def usable(driver: Any) -> Any:
        element = _one(driver, mark)
        return element if element.is_displayed() and element.is_enabled() else False

    return usable


def invisibility_of_element_located(locator: Any) -> Any:
    """Whether no such element is there."""
    return lambda driver: not driver.find_elements(*locator)


def element_to_be_selected(mark: Any) -> Any:
    """Whether an element is ticked or chosen."""
    return lambda driver: _one(driver, mark).is_selected()


def text_to_be_present_in_element(locator: Any, text: str) -> Any:
    """Whether an element reads so."""
    return lambda driver: text in _one(driver, locator).text


def text_to_be_present_in_element_value(locator: Any, text: str) -> Any:
    """Whether a field holds such text."""
    return lambda driver: text in (_one(driver, locator).get_attribute("value") or "")


def staleness_of(element: Any) -> Any:
    """Whether an element has left the page."""
    return lambda driver: not element.is_displayed()


def url_contains(url: str) -> Any:
    """Whether the address has this in it."""
    return lambda driver: url in driver.current_url


def url_to_be(url: str) -> Any:
    """Whether this is the address."""
    return lambda driver: url == driver.current_url


visibility_of_element_located = visibility_of = presence_of_element_located
visibility_of_all_elements_located = presence_of_all_elements_located
visibility_of_any_elements_located = presence_of_all_elements_located
invisibility_of_element = invisibility_of_element_located
element_located_to_be_selected = element_to_be_selected
url_changes = lambda url: lambda driver: url != driver.current_url  # noqa: E731

expected_conditions = EC = _Names(
    presence_of_element_located=presence_of_element_located,
    presence_of_all_elements_located=presence_of_all_elements_located,
    visibility_of_element_located=visibility_of_element_located,
    visibility_of_all_elements_located=visibility_of_all_elements_located,
    visibility_of_any_elements_located=visibility_of_any_elements_located,
    visibility_of=visibility_of,
    element_to_be_clickable=element_to_be_clickable,
    invisibility_of_element_located=invisibility_of_element_located,
    invisibility_of_element=invisibility_of_element,
    element_to_be_selected=element_to_be_selected,
    element_located_to_be_selected=element_located_to_be_selected,
    text_to_be_present_in_element=text_to_be_present_in_element,
    text_to_be_present_in_element_value=text_to_be_present_in_element_value,
    staleness_of=staleness_of,
    url_contains=url_contains,
    url_to_be=url_to_be,
    url_changes=url_changes,
)


# ------------------------------------------------------------------ chains
class ActionChains:
    """Moves one after the other, as selenium.webdriver.common.action_chains has them."""

    def __init__(self, driver: Any, *args: Any, **named: Any) -> None:
        self._driver = driver
        self._moves: list[Any] = []
        self._over: Any = None

    def _then(self, move: Any) -> Any:
        self._settle()
        self._moves.append(move)
        return self

    def _settle(self) -> None:
        element, self._over = self._over, None
        if element is not None:
            self._moves.append(lambda: element.hover())

    def _target(self, element: Any) -> Any:
        """What is acted on: the element given, or the one just moved to (and not hovered first)."""
        if element is None:
            element, self._over = self._over, None
        return element

    def move_to_element(self, element: Any) -> Any:
        """Moves the pointer over an element."""
        self._settle()
        self._over = element
        return self

    def move_by_offset(self, xoffset: float, yoffset: float) -> Any:
        """Not there: the pointer's place is not known."""
        raise RuntimeError(
            "MoveTargetOutOfBoundsException: move to an element, or mouse_move(x, y)"
        )

    def click(self, on_element: Any = None) -> Any:
        """Clicks an element, or where the pointer is."""
        element = self._target(on_element)
        if element is not None:
            return self._then(lambda: element.click())
        return self.click_and_hold().release()

    def double_click(self, on_element: Any = None) -> Any:
        """Clicks an element twice."""
        element = self._target(on_element)
        return self._then(lambda: element.double_click())

    def context_click(self, on_element: Any = None) -> Any:
        """Clicks an element with the right button."""
        element = self._target(on_element)
        return self._then(lambda: element.context_click())

    def click_and_hold(self, on_element: Any = None) -> Any:
        """Presses the button and holds it."""
        if on_element is not None:
            self.move_to_element(on_element)
        return self._then(lambda: self._driver.do("mouse_down", [], {}))

    def release(self, on_element: Any = None) -> Any:
        """Lets the button go."""
        if on_element is not None:
            self.move_to_element(on_element)
        return self._then(lambda: self._driver.do("mouse_up", [], {}))

    def drag_and_drop(self, source: Any, target: Any) -> Any:
        """Drags one element onto another."""
        return self._then(lambda: source.drag_to(target))

    def send_keys(self, *keys: str) -> Any:
        """Types where the focus is."""
        return self._then(lambda: self._driver.type_keys(*keys))

    def send_keys_to_element(self, element: Any, *keys: str) -> Any:
        """Types into an element."""
        return self._then(lambda: element.send_keys(*keys))

    def key_down(self, value: str, element: Any = None) -> Any:
        """Presses a key and holds it."""
        return self._then(lambda: self._driver.do("keyboard_down", [_key(value)], {}))

    def key_up(self, value: str, element: Any = None) -> Any:
        """Lets a key go."""
        return self._then(lambda: self._driver.do("keyboard_up", [_key(value)], {}))

    def scroll_to_element(self, element: Any) -> Any:
        """Nothing: acting on an element brings it into view."""
        return self

    def scroll_by_amount(self, delta_x: int, delta_y: int) -> Any:
        """Scrolls by pixels."""
        return self._then(lambda: self._driver.do("scroll", [delta_x, delta_y], {}))

    def pause(self, seconds: float) -> Any:
        """Lets page time pass."""
        return self._then(lambda: self._driver.pause(seconds))

    def perform(self) -> None:
        """Does it all."""
        self._settle()
        moves, self._moves = self._moves, []
        for move in moves:
            move()

    def reset_actions(self) -> None:
        """Forgets what was not yet done."""
        self._moves, self._over = [], None


_HELD = {
    Keys.SHIFT: "Shift",
    Keys.CONTROL: "Control",
    Keys.ALT: "Alt",
    Keys.META: "Meta",
}


def _key(value: str) -> str:
    return _HELD.get(value, value)


# ------------------------------------------------------------------ time
def sleep(seconds: float) -> None:
    """Lets page time pass."""
    driver.pause(seconds)


time = _Names(sleep=sleep)
webdriver = _Names(
    Chrome=_same_driver,
    Firefox=_same_driver,
    Edge=_same_driver,
    ChromeOptions=Options,
    FirefoxOptions=Options,
    ActionChains=ActionChains,
    Keys=Keys,
)


# ------------------------------------------------------------------ action calls
def _call(name: str) -> Any:
    def act(*args: Any, **named: Any) -> None:
        driver.do(name, list(args), named)

    return act


_type: Any = type


def type(*args: Any, **named: Any) -> Any:  # noqa: A001  (the action's name, and Python's own)
    """Types into an element; of one value, its type as in Python."""
    if len(args) == 1 and not named:
        return _type(args[0])
    return driver.do("type", list(args), named)
