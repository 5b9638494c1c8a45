"""Waiting, and what can be waited for."""

from typing import Any

from webagents.planners.driver.prelude.names import _Names


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
