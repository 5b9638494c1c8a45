"""Programs are run within limits, and none of them gets anywhere but to its page."""

from pathlib import Path

import pytest

pytest.importorskip("pydantic_monty")

from webagents.errors import BrowserDied
from webagents.planners.driver import Driver
from webagents.planners.sandbox import Halt, Outcome, interpreted, run
from webagents.types import Observation

LIMITS = {"seconds": 0.2, "memory_mb": 16.0, "max_actions": 10}

REFUSED = [
    # files
    "open('/etc/passwd').read()",
    "with open('x', 'w') as f:\n    f.write('x')",
    "import pathlib\npathlib.Path('/etc/passwd').read_text()",
    "import io\nio.open('/etc/passwd')",
    "import shutil\nshutil.rmtree('/')",
    "import tempfile\ntempfile.mkstemp()",
    "import sqlite3",
    # processes
    "import os\nos.system('id')",
    "import os\nos.fork()",
    "import subprocess\nsubprocess.run(['id'])",
    "import multiprocessing",
    "import threading",
    "import signal",
    "import ctypes\nctypes.string_at(0)",
    "import sys\nsys.exit()",
    "exit()",
    "quit(1)",
    # the network
    "import socket\nsocket.create_connection(('example.org', 80))",
    "import urllib.request\nurllib.request.urlopen('http://example.org')",
    "import requests",
    "import http.client",
    # imports by other ways
    "__import__('os').system('id')",
    "import importlib\nimportlib.import_module('os')",
    "from . import os",
    "from selenium.webdriver.remote import webdriver",
    "from selenium.webdriver.common.by import os",
    "import selenium.webdriver.remote.command",
    "import webagents",
    "import builtins",
    # what is around
    "globals()['driver']",
    "locals()",
    "vars(driver)",
    "dir(driver)",
    "getattr(driver, '_act')('click(1)')",
    "setattr(driver, 'find_element', print)",
    "eval('1 + 1')",
    "exec('import os')",
    "compile('1', 'x', 'exec')",
    "breakpoint()",
    "input('password: ')",
    # tricks with underscores
    "().__class__.__bases__[0].__subclasses__()",
    "(lambda: 0).__globals__",
    "driver.find_element.__func__.__globals__",
    "driver.__init__.__globals__",
    "driver.__class__.__mro__",
    "driver.__dict__",
    "print.__self__",
    "__builtins__['open']",
    "__loader__",
    "'{0.__class__}'.__format__('x')",
    # reaching the host through objects
    "driver._act('click(1)')",
    "driver._elements.clear()",
    "driver.observation",
    "driver.actions.append('x')",
    "driver.limit(10**9)",
    "driver.root.getroottree().write('/tmp/x')",
    "driver.find_element(By.ID, 'enter').node",
    "driver.execute_script('document.title = 1')",
    "driver.execute_async_script('x')",
    "driver.execute_cdp_cmd('Browser.close', {})",
    "driver.get_cookies()",
    "driver.save_screenshot('/tmp/x.png')",
    "driver.switch_to.window('x')",
    "driver.command_executor",
]
STOPPED = {
    # it goes on and on
    "while True:\n    pass": "time",
    "while True:\n    try:\n        while True:\n            pass\n"
    "    except BaseException:\n        pass": "time",
    "sum(range(10**12))": "time",
    "for i in range(10**9):\n    x = i": "time",
    "import re\nre.match(r'(a|a)*(a|a)*(a|a)*b\\1', 'a' * 4000)": "raised or time",
    "def f():\n    return f()\nf()": "recursion",
    "f = lambda n: f(n + 1)\nf(0)": "recursion",
    # memory
    "x = [0] * 10**9": "memory",
    "x = 'a' * 10**10": "memory",
    "x = 'a'\nwhile True:\n    x += x": "memory",
    "x = [i for i in range(10**9)]": "memory or time",
    "x = 9**9**9": "memory",
    "x = {}\ni = 0\nwhile True:\n    x[i] = str(i) * 100\n    i += 1": "memory or time",
    "x = 'a'.ljust(10**10)": "memory",
    "print('x' * 10**9)": "memory",
    # the page
    "while True:\n    driver.find_element(By.ID, 'enter').click()": "actions",
    "while True:\n    try:\n        click('8')\n    except Exception:\n        pass": "actions",
    "while True:\n    driver.find_elements(By.XPATH, '//*')": "calls or time",
    "import time\nwhile True:\n    time.sleep(10)": "actions",
    "while True:\n    driver.refresh()": "actions",
    # errors that are not caught
    "raise SystemExit(3)": "raised",
    "raise KeyboardInterrupt": "raised",
    "raise BaseException('x')": "raised",
    "driver.get('javascript:alert(1)')": "raised",
    "driver.get(' JaVaScRiPt:alert(1)')": "raised",
    "driver.get('file:///etc/passwd')": "raised",
    "driver.get('data:text/html,<script>1</script>')": "raised",
    "goto('chrome://version')": "raised",
    "goto('view-source:http://shop.test/')": "raised",
    "upload_file('4', '/etc/passwd')": "raised",
    "driver.find_element(By.XPATH, 'document(\"/etc/passwd\")')": "raised",
    "driver.find_element(By.XPATH, '//*[' * 150 + '1' + ']' * 150)": "raised",
    "driver.find_element(By.XPATH, '//*[following::*[following::*]]')": "raised",
    "driver.find_element(By.XPATH, '//*[..//*[..//*[..//*]]]')": "raised",
    "driver.find_element(By.CSS_SELECTOR, ':has(' * 90)": "raised",
    "driver.find_element(By.ID, 'x' * 10**6)": "raised",
    "driver.find_element(By.ID, driver)": "raised",
    "driver.perform('click', '1')": "raised",
    "driver.do('no such', [], {})": "raised",
    "driver.do(1, 2, 3)": "raised",
    "fill('4', 'x' * 10**6)": "raised",
    "driver.find_element = 3\ndriver.find_element(By.ID, 'u')": "raised",
    # no Python
    "x = (": "syntax",
    "x = 1\n  y = 2": "syntax",
    "\0": "syntax",
    "x = '\ud800'": "syntax",
    "-" * 19_000 + "1": "syntax",
    "x" + ".a" * 9_000: "syntax",
    "(" * 500 + ")" * 500: "syntax",
    # what the interpreter has not
    "#" * 20_001: "refused",
    "class Mine(dict):\n    pass": "refused",
    "def f():\n    yield 1": "refused",
    "async def f():\n    pass": "refused",
    "del driver": "refused",
}


@pytest.mark.parametrize("program", REFUSED)
def test_a_program_that_reaches_for_more_than_its_page_is_not_run(
    program: str, driver: Driver
) -> None:
    outcome = run(program, driver, **LIMITS)

    assert (outcome.kind, driver.actions) == ("refused", [])


@pytest.mark.parametrize("program", [*REFUSED, *STOPPED])
def test_the_interpreter_alone_lets_no_program_out(
    program: str, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = interpreted(program, driver, **LIMITS)

    assert isinstance(outcome, Outcome)
    assert "root:" not in outcome.printed + outcome.message
    assert len(driver.actions) <= LIMITS["max_actions"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("program", "kind"), STOPPED.items())
def test_a_program_is_stopped_at_its_limits(program: str, kind: str, driver: Driver) -> None:
    outcome = run(program, driver, **LIMITS)

    assert outcome.kind in kind.split(" or ")
    assert run("click('8')", driver, **LIMITS).ok  # and the next one runs


def test_there_are_more_than_sixty_hostile_programs() -> None:
    assert len(REFUSED) + len(STOPPED) >= 60


def test_an_outcome_says_what_happened_and_where(driver: Driver) -> None:
    outcome = run("print('so far')\nx = 1\nx / 0\n", driver, **LIMITS)

    assert outcome == Outcome(
        kind="raised",
        message="ZeroDivisionError: division by zero",
        line=3,
        source="x / 0",
        printed="so far\n",
    )


def test_lines_are_counted_as_the_program_has_them_whatever_it_imports(driver: Driver) -> None:
    program = (
        "from selenium.webdriver.support.ui import (\n    WebDriverWait,\n"
        "    Select as Choice,\n)\n"
        "import selenium.webdriver.support.expected_conditions as EC; import json\n"
        "def choose():\n    Choice(driver.find_element(By.ID, 'no'))\nchoose()"
    )
    outcome = run(program, driver, **LIMITS)

    assert (outcome.line, outcome.source.strip()) == (7, "Choice(driver.find_element(By.ID, 'no'))")


def test_imports_are_bound_however_they_are_written(driver: Driver) -> None:
    program = (
        "import time, json as j\rif 1: from selenium.webdriver.common.by import By as B\r\nx = 1\n"
        "é = 'ü'; import time as t; t.sleep(1); time.sleep(1)\n"
        "driver.find_element(B.ID, 'enter').click(); print(é, x, j.dumps([1]))"
    )
    outcome = run(program, driver, **LIMITS)

    assert (str(outcome), outcome.printed) == ("done", "ü 1 [1]\n")
    assert driver.actions == ["noop(1000)", "noop(1000)", "click('8')"]


def test_a_driver_ends_a_program_that_catches_everything(driver: Driver) -> None:
    end = Halt("enough")

    def act(action: str) -> Observation:
        raise end

    stopped = Driver(act, driver.observation)
    program = (
        "for i in range(3):\n    try:\n        click('8')\n    except BaseException:\n        pass"
    )
    outcome = run(program, stopped, **LIMITS)

    assert outcome == Outcome(kind="halted", message="enough", halt=end)


def test_a_broken_machine_is_no_programs_doing(driver: Driver) -> None:
    def act(action: str) -> Observation:
        raise BrowserDied("it went away")

    with pytest.raises(BrowserDied, match="it went away"):
        run("try:\n    click('8')\nexcept Exception:\n    pass", Driver(act, driver.observation))


def test_any_object_can_be_a_driver_by_its_public_methods_and_properties() -> None:
    class Lamp:
        secret = "hidden"

        def __init__(self) -> None:
            self.lit = 0

        @property
        def colour(self) -> str:
            return "red"

        def light(self, times: int) -> list["Lamp"]:
            self.lit += times
            return [self]

        def leak(self) -> type:
            return Lamp

    lamp = Lamp()
    lines = "lamps = driver.light(2)\nprint(lamps[0].colour, lamps[0] == driver)\n"
    outcomes = [
        run(lines, lamp),
        run(lines + "driver.secret", lamp),
        run("driver.lit", lamp),
        run("driver.leak()", lamp),
        run("while True: driver.light(1)", lamp, max_actions=3),
    ]

    assert [(outcome.kind, outcome.printed) for outcome in outcomes] == [
        ("done", "red True\n"),
        ("raised", "red True\n"),
        ("raised", ""),
        ("raised", ""),
        ("actions", ""),
    ]
    assert lamp.lit == 2 + 2 + 3


def test_limits_too_small_for_anything_are_limits_too(driver: Driver) -> None:
    ended = [
        run("x = 1", driver, seconds=5, memory_mb=0.001, max_actions=1),
        run("x = 1", driver, seconds=0, memory_mb=16, max_actions=1),
        run("click('8')", driver, seconds=5, memory_mb=16, max_actions=0),
    ]

    assert [outcome.kind for outcome in ended] == ["memory", "time", "actions"]


def test_the_same_program_does_the_same_at_any_time(driver: Driver) -> None:
    program = (
        "import random, datetime\n"
        "print(random.random(), random.Random().random(), datetime.datetime.now())"
    )
    first, second = (run(program, driver, **LIMITS) for _ in range(2))

    assert first.ok
    assert first == second
