"""Moves of mouse and keyboard, one after the other."""

from typing import Any

from webagents.planners.driver.prelude.names import Keys


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
