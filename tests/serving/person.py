"""Somebody at a browser of their own: reads the recorder's page and uses mouse and keyboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from webagents.actions import Action, parse
from webagents.browsers.lookup import find_browser
from webagents.types import Episode, Observation, Step

Brain = Callable[[Episode], str]

PAUSE = 0.35  # a person's, seconds
MOST_ACTIONS = 40

# Where an element is, in the browser window's pixels, however large the task is shown.
_PLACE = """
const frame = document.querySelector("#clip iframe"), view = frame.contentWindow;
const element = view["webagents:eyes"].element(arguments[0]);
element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
const outer = frame.getBoundingClientRect(), scale = outer.width / frame.offsetWidth;
const box = element.getBoundingClientRect();
return {
  x: Math.round(outer.left + scale * (box.left + box.width / 2)),
  y: Math.round(outer.top + scale * (box.top + box.height / 2)),
  tag: element.localName, text: element.text ?? "", type: element.type ?? "",
  focused: element.matches(":focus"),
  popup: Boolean(element.closest("select:not([multiple])")),
};
"""
_LOOK = """
const view = document.querySelector("#clip iframe")?.contentWindow;
if (!view?.["webagents:eyes"] || !document.getElementById("instruction").textContent) return null;
return view["webagents:eyes"].look(false, ["reward-display", "click-canvas", "sync-task-cover"]);
"""
_FOCUS = """
const view = document.querySelector("#clip iframe").contentWindow;
view["webagents:eyes"].element(arguments[0]).closest("select").focus();
"""


class Person:
    """A person with a name and a browser."""

    def __init__(self, name: str, url: str) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(find_browser(None).path)
        for flag in ("--no-sandbox", "--window-size=1200,860"):
            options.add_argument(flag)
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options, service)
        self.name = name
        self.open(url)
        self.driver.find_element(By.ID, "name").send_keys(name + Keys.ENTER)

    def open(self, url: str) -> None:
        """Opens the recorder's page, or opens it again."""
        self.driver.get(url)
        self.until(lambda: self.shown("join") or self.shown("work"))

    def leave(self) -> None:
        """Closes the browser, whatever goes on."""
        self.driver.quit()

    def choose(self, task: str) -> None:
        """Chooses a task in the list."""
        self.until(lambda: self.shown("work"))
        self.driver.execute_script(
            "for (const button of document.querySelectorAll('#tasks button'))"
            "if (button.firstElementChild.textContent === arguments[0]) button.click();",
            task,
        )
        self.until(lambda: f".{task} " in self.task)

    @property
    def task(self) -> str:
        """The line with the task and the seed that are played."""
        return self.text("task-name")

    def begin(self) -> Observation:
        """What is seen once the task is there and nothing covers it."""
        self.until(lambda: not self.shown("result") and self.driver.execute_script(_LOOK))
        return self.look()

    def look(self) -> Observation:
        """What is seen now."""
        page = self.driver.execute_script(_LOOK)
        return Observation(instruction=self.text("instruction"), html=page or "")

    def play(self, brain: Brain) -> str:
        """Does what is to be done, to the recorder's answer, which is returned."""
        observation = self.begin()
        task, seed = re.fullmatch(r"(\S+) · seed (\d+)", self.task).groups()  # type: ignore[union-attr]
        episode = Episode(task=task, seed=int(seed), observation=observation)
        for _ in range(MOST_ACTIONS):
            if self.shown("result"):
                break
            action = brain(episode)
            self.do(action)
            step = Step(observation=episode.observation, action=action)
            episode = episode.extended(step, self.look(), {})
        return self.answer()

    def answer(self) -> str:
        """What the recorder says once it has checked."""
        self.until(lambda: self.shown("result") and self.text("result-title") != "Checking…")
        return f"{self.text('result-title')} {self.text('result-words')}".strip()

    def again(self) -> None:
        """Goes on as the recorder offers."""
        self.driver.find_element(By.ID, "result-main").click()

    def until(self, holds: Callable[[], Any]) -> None:
        """Waits until something holds."""
        WebDriverWait(self.driver, 30, 0.05).until(lambda _: holds())

    def shown(self, id_: str) -> bool:
        """Whether a part of the page is shown."""
        return bool(self.driver.execute_script(f"return !document.getElementById('{id_}').hidden"))

    def text(self, id_: str) -> str:
        """The text of a part of the page."""
        return str(
            self.driver.execute_script(f"return document.getElementById('{id_}').textContent")
        )

    # ---------------------------------------------------------------- hands
    def do(self, text: str) -> None:
        """Does an action with mouse and keyboard."""
        action = parse(text)
        arguments = action.arguments
        hand = getattr(self, f"_{action.name}", None)
        assert hand is not None, f"a person who cannot {text}"
        hand(**{name: value for name, value in arguments.items() if name not in ("modifiers",)})

    def _place(self, ref: str) -> dict[str, Any]:
        place: dict[str, Any] = self.driver.execute_script(_PLACE, int(ref))
        return place

    def _click(self, ref: str, button: str = "left") -> None:
        place = self._place(ref)
        if place["tag"] == "option" and place["popup"]:
            self._choose(ref, place["text"])
        elif not (place["tag"] == "select" and place["popup"]):
            self._mouse(place, place)

    def _focus(self, ref: str) -> None:
        self._click(ref)

    def _choose(self, ref: str, label: str) -> None:
        self.driver.execute_script(_FOCUS, int(ref))
        self._keys(label)

    def _mouse(self, start: dict[str, Any], end: dict[str, Any], held: str = "") -> None:
        builder = ActionBuilder(self.driver, duration=20)
        pointer, keys = builder.pointer_action, builder.key_action
        if held:
            keys.key_down(held)
        pointer.move_to_location(start["x"], start["y"]).pointer_down()
        if start is not end:
            for part in (0.3, 0.7, 1.0, 1.01):
                pointer.move_to_location(
                    round(start["x"] + (end["x"] - start["x"]) * part),
                    round(start["y"] + (end["y"] - start["y"]) * part),
                )
        pointer.pointer_up().pause(PAUSE)
        builder.perform()
        builder.clear_actions()

    def _keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).pause(PAUSE).perform()

    def _fill(self, ref: str, text: str) -> None:
        self._click(ref)
        kind = self._place(ref)["type"]
        if kind == "date":
            year, month, day = text.split("-")
            return self._keys(Keys.ARROW_LEFT * 3, f"{month}{day}{year}")
        if kind == "time":
            hour, minute = map(int, text.split(":"))
            half = "AM" if hour < 12 else "PM"
            return self._keys(Keys.ARROW_LEFT * 3, f"{hour % 12 or 12:02}{minute:02}{half}")
        chain = ActionChains(self.driver)
        chain.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL)
        return chain.send_keys(Keys.BACKSPACE, text).pause(PAUSE).perform()

    def _type(self, ref: str, text: str) -> None:
        self._click(ref)
        self._keys(Keys.END, text)

    def _press(self, ref: str, key: str) -> None:
        place = self._place(ref)
        if not place["focused"]:
            self._mouse(place, place)
        self._keyboard_press(key)

    def _keyboard_press(self, key: str) -> None:
        *held, last = key.split("+")
        chain = ActionChains(self.driver)
        names = {"ControlOrMeta": "CONTROL"}
        codes = [getattr(Keys, names.get(each, each).upper()) for each in held]
        for code in codes:
            chain.key_down(code)
        chain.send_keys(getattr(Keys, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).upper(), last))
        for code in codes:
            chain.key_up(code)
        chain.pause(PAUSE).perform()

    def _select_option(self, ref: str, options: Sequence[str]) -> None:
        for nth, option in enumerate(options):
            found = self.driver.execute_script(
                "const eyes = document.querySelector('#clip iframe').contentWindow"
                "['webagents:eyes'];"
                "return eyes.ref([...eyes.element(arguments[0]).options]"
                ".find((each) => each.text.trim() === arguments[1]));",
                int(ref),
                option,
            )
            place = self._place(found)
            if place["popup"]:
                self._choose(found, option)
            else:
                self._mouse(place, place, held=Keys.CONTROL if nth else "")

    def _drag_and_drop(self, from_ref: str, to_ref: str) -> None:
        self._mouse(self._place(from_ref), self._place(to_ref))

    def _hover(self, ref: str) -> None:
        place = self._place(ref)
        builder = ActionBuilder(self.driver, duration=20)
        builder.pointer_action.move_to_location(place["x"], place["y"]).pause(PAUSE)
        builder.perform()

    def _scroll_at(self, x: int, y: int, delta_x: int, delta_y: int) -> None:
        place = self._point(x, y)
        builder = ActionBuilder(self.driver)
        builder.wheel_action.scroll(place["x"], place["y"], int(delta_x), int(delta_y))
        builder.perform()

    def _mouse_click(self, x: int, y: int, button: str = "left") -> None:
        place = self._point(x, y)
        self._mouse(place, place)

    def _mouse_drag_and_drop(self, from_x: int, from_y: int, to_x: int, to_y: int) -> None:
        self._mouse(self._point(from_x, from_y), self._point(to_x, to_y))

    def _point(self, x: float, y: float) -> dict[str, Any]:
        place: dict[str, Any] = self.driver.execute_script(
            "const frame = document.querySelector('#clip iframe'), scale = "
            "frame.getBoundingClientRect().width / frame.offsetWidth;"
            "const box = frame.getBoundingClientRect();"
            "return { x: Math.round(box.left + scale * (arguments[0] + 0.5)),"
            " y: Math.round(box.top + scale * (arguments[1] + 0.5)) };",
            x,
            y,
        )
        return place

    def _noop(self, wait_ms: float) -> None:
        ActionChains(self.driver).pause(max(PAUSE, wait_ms / 1000)).perform()


def click(ref: str) -> str:
    """The text of a click."""
    return Action(name="click", arguments={"ref": ref}).text
