"""Selenium's WebDriver for programs in the sandbox, over pages as text and action texts."""

from webagents.planners.driver.driver import Act, Driver
from webagents.planners.driver.element import Element

__all__ = ["Act", "Driver", "Element"]
