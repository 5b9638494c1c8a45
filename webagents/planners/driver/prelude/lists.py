"""Lists of options."""

from typing import Any


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
