"""How quick the environments are, beside Farama's `miniwob` package and BrowserGym, in one run.

Prints Markdown tables. Farama's package needs the system's Chromium and ChromeDriver; BrowserGym
is measured when the Python of an environment that has it is named:

    python -m venv /tmp/bgym && /tmp/bgym/bin/pip install browsergym-miniwob==0.14.3 miniwob
    python benchmarks/env_speed.py --browsergym-python /tmp/bgym/bin/python

The systems take turns, several episodes each, so that a busy spell meets all of them.
Every episode is 10 steps: a click on an element that ends nothing, three letters typed, a no-op,
and so on in turn.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, Protocol

import gymnasium
import psutil

import webagents  # noqa: F401 (registers the ids)
from webagents.envs.web_env import WebEnv

TARGETS = {
    "click-test": "",
    "click-tab-2": "a",
    "login-user": "input",
    "email-inbox": "",
    "click-checkboxes-large": "input",
    "use-autocomplete": "input",
    "book-flight": "input",
}
"""Tasks, and what is clicked there: the first element of that tag; "" for text that does nothing
(the instruction; in Farama's package, which leaves it out of its page, the area below it)."""

KINDS = ("click", "type", "noop")
STEPS = 10
ROUNDS = 2
PAGES = (1, 2, 4, 8)
CLAIMS = {  # issue 2, point 5
    ("Farama", "shot"): 10.0,
    ("Farama", "page"): 6.0,
    ("Farama", "reset"): 5.0,
    ("Farama", "again"): 5.0,
    ("BrowserGym", "shot"): 100.0,
    ("BrowserGym", "reset"): 100.0,
    ("BrowserGym", "again"): 100.0,
}
MEASURES = {
    "shot": "step with page and screenshot",
    "page": "step with page alone",
    "reset": "reset between episodes of 10 steps",
    "again": "reset right after a reset",
    "episode": "whole episode with screenshots, a step",
}
CHROMIUM = shutil.which("chromium") or ""
CHROMEDRIVER = shutil.which("chromedriver") or ""


class System(Protocol):
    """One of the libraries measured, playing one task."""

    def reset(self, seed: int) -> float:
        """Seconds a reset takes."""
        ...

    def step(self, kind: str) -> tuple[float, bool]:
        """Seconds a step takes, and whether it ended the episode."""
        ...

    def close(self) -> None:
        """Ends the browser."""
        ...


class Ours:
    """This project's environment."""

    def __init__(self, task: str, *, screenshots: bool = True) -> None:
        id_ = f"webagents/miniwob.{task}-v1"
        self.env = gymnasium.make(id_, screenshots=screenshots, max_steps=10_000).unwrapped
        self.tag = TARGETS[task]

    def reset(self, seed: int) -> float:
        """Seconds a reset takes."""
        start = time.perf_counter()
        self.seen, _ = self.env.reset(seed=seed)
        seconds = time.perf_counter() - start
        self.ref = target(self.seen["html"], self.tag)
        return seconds

    def step(self, kind: str) -> tuple[float, bool]:
        """Seconds a step takes, and whether it ended the episode."""
        action = action_text(kind, self.ref)
        start = time.perf_counter()
        self.seen, _, done, _, _ = self.env.step(action)
        seconds = time.perf_counter() - start
        if self.seen["error"]:
            raise SystemExit(f"{action}: {self.seen['error']}")
        return seconds, done

    def close(self) -> None:
        """Ends the browser."""
        self.env.close()


class Farama:
    """The `miniwob` package's environment, driven by Selenium."""

    def __init__(self, task: str, *, screenshots: bool = True) -> None:
        os.environ["MINIWOB_CHROME_BINARY"] = CHROMIUM
        os.environ["MINIWOB_CHROMEDRIVER"] = CHROMEDRIVER
        import miniwob  # noqa: F401 (registers the ids)
        from miniwob.action import ActionTypes

        self.types = {
            "click": ActionTypes.CLICK_ELEMENT,
            "type": ActionTypes.TYPE_TEXT,
            "noop": ActionTypes.NONE,
        }
        self.env: Any = gymnasium.make(f"miniwob/{task}-v1", disable_env_checker=True).unwrapped
        self.options = {"record_screenshots": screenshots}
        self.tag = TARGETS[task]

    def reset(self, seed: int) -> float:
        """Seconds a reset takes."""
        start = time.perf_counter()
        seen, _ = self.env.reset(seed=seed, options=self.options)
        seconds = time.perf_counter() - start
        chosen = [each for each in seen["dom_elements"] if self._wanted(each)]
        self.ref = chosen[0]["ref"]
        return seconds

    def _wanted(self, element: dict[str, Any]) -> bool:
        if not self.tag:
            return bool(element["id"] == "area")
        return bool(element["tag"].split("_")[0] == self.tag)

    def step(self, kind: str) -> tuple[float, bool]:
        """Seconds a step takes, and whether it ended the episode."""
        action = self.env.create_action(self.types[kind])
        if kind == "click":
            action["ref"] = self.ref
        action["text"] = "abc"
        start = time.perf_counter()
        _, _, done, _, _ = self.env.step(action)
        return time.perf_counter() - start, done

    def close(self) -> None:
        """Ends the browser."""
        self.env.close()


class BrowserGym:
    """BrowserGym's environment, in a process of its own Python."""

    def __init__(self, task: str, python: str) -> None:
        worker = Path(__file__).with_name("browsergym_worker.py")
        self.process = subprocess.Popen(
            [python, str(worker)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.tag = TARGETS[task]
        self._ask({"make": task, "browser": CHROMIUM})

    def reset(self, seed: int) -> float:
        """Seconds a reset takes."""
        return float(self._ask({"reset": seed})["seconds"])

    def step(self, kind: str) -> tuple[float, bool]:
        """Seconds a step takes, and whether it ended the episode."""
        answer = self._ask({"step": kind, "tag": self.tag})
        return answer["seconds"], answer["done"]

    def close(self) -> None:
        """Ends the browser."""
        if self.process.poll() is None:
            self._ask({"close": True})
        self.process.communicate(timeout=20)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("BrowserGym's process has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


def target(html: str, tag: str) -> str:
    """The ref of what is clicked."""
    wanted = rf"<{tag}[ >]" if tag else r'<div[^>]* id="query"'
    body = html[html.index('id="area"') :] if tag else html
    found = re.search(wanted, body)
    assert found is not None
    ref = re.search(r' ref="(\d+)"', body[found.start() :])
    assert ref is not None
    return ref.group(1)


def action_text(kind: str, ref: str) -> str:
    """Our action of that kind."""
    return {"click": f"click('{ref}')", "type": "keyboard_type('abc')", "noop": "noop()"}[kind]


# ---------------------------------------------------------------------- one page
Seconds = dict[tuple[str, str], list[float]]
"""What was measured, by system and measure."""


def play(system: System, seed: int, steps: str, name: str, kept: Seconds) -> None:
    """One episode: a reset, `STEPS` steps kept as the measure `steps`."""
    resets = [system.reset(seed)]
    seconds = []
    for index in range(STEPS):
        kind = KINDS[index % len(KINDS)]
        took, done = system.step(kind)
        seconds.append(took)
        kept.setdefault((name, f"{steps} {kind}"), []).append(took)
        if done:
            raise SystemExit(f"{name}: a {kind} ended the episode")
    kept.setdefault((name, steps), []).extend(seconds)
    if steps == "shot":
        kept.setdefault((name, "reset"), []).extend(resets)
        kept.setdefault((name, "episode"), []).append((resets[0] + sum(seconds)) / STEPS)


def measure(task: str, episodes: int, browsergym: str) -> Seconds:
    """Seconds of every measure of every system on one task.

    The systems take turns, each with the machine to itself: no other's browser idles beside it.
    """
    kept: Seconds = {}
    makers: list[tuple[str, str, int, Callable[[], System]]] = [
        ("ours", "shot", episodes, lambda: Ours(task)),
        ("ours", "page", episodes, lambda: Ours(task, screenshots=False)),
    ]
    if CHROMIUM and CHROMEDRIVER:
        makers += [
            ("Farama", "shot", episodes, lambda: Farama(task)),
            ("Farama", "page", episodes, lambda: Farama(task, screenshots=False)),
        ]
    if browsergym:
        few = max(ROUNDS, episodes // 6)
        makers += [("BrowserGym", "shot", few, lambda: BrowserGym(task, browsergym))]
    for turn in range(ROUNDS):
        for name, steps, number, make in makers:
            system = make()
            try:
                play(system, 0, "warm", "warm", {})
                for index in range(turn, number, ROUNDS):
                    play(system, 1 + index, steps, name, kept)
                if steps == "shot":
                    again = [system.reset(99 + index) for index in range(turn, 6, ROUNDS)]
                    kept.setdefault((name, "again"), []).extend(again[1:])
            finally:
                system.close()
    return kept


def tables(measured: dict[str, Seconds]) -> Iterable[str]:
    """Milliseconds by task, and the ratios of the medians."""
    names = list(dict.fromkeys(name for kept in measured.values() for name, _ in kept))
    for measure_, words in MEASURES.items():
        have = [name for name in names if any((name, measure_) in k for k in measured.values())]
        others = [name for name in have if name != "ours"]
        yield f"\n**{words[0].upper()}{words[1:]}**, median, milliseconds\n"
        heads = ["task", *have, *(f"{name} / ours" for name in others)]
        yield row(heads)
        yield row(["---", *["---:"] * (len(heads) - 1)])
        ratios: dict[str, list[float]] = {name: [] for name in others}
        for task, kept in measured.items():
            ours = median(kept["ours", measure_])
            cells = [f"{1e3 * median(kept[name, measure_]):.1f}" for name in have]
            for name in others:
                ratios[name].append(median(kept[name, measure_]) / ours)
                cells.append(f"{ratios[name][-1]:.1f}x")
            yield row([task, *cells])
        middle = [
            f"{1e3 * median(median(kept[name, measure_]) for kept in measured.values()):.1f}"
            for name in have
        ]
        yield row(["**median**", *middle, *(f"**{median(ratios[n]):.1f}x**" for n in others)])
        for name in others:
            if (claim := CLAIMS.get((name, measure_))) is not None:
                held = sum(ratio >= claim for ratio in ratios[name])
                yield (
                    f"\nClaim: at least {claim:g}x {name}'s. Held by the median of the tasks: "
                    f"{'yes' if median(ratios[name]) >= claim else 'NO'}; by {held} of "
                    f"{len(ratios[name])} tasks; lowest {min(ratios[name]):.1f}x."
                )


def kinds_table(measured: dict[str, Seconds]) -> Iterable[str]:
    """Steps by the kind of their action."""
    columns = [f"{steps} {kind}" for steps in ("shot", "page") for kind in KINDS]
    have = {name for kept in measured.values() for name, _ in kept}
    yield "\n**Steps by kind**, median over all tasks, milliseconds\n"
    yield row(["", *columns])
    yield row(["---", *["---:"] * len(columns)])
    for name in sorted(have, key=str.lower, reverse=True):
        all_ = [[t for k in measured.values() for t in k.get((name, c), [])] for c in columns]
        yield row([name, *(f"{1e3 * median(times):.1f}" if times else "" for times in all_)])


def row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


# ---------------------------------------------------------------------- many pages
class Rate(NamedTuple):
    """Steps a second, of all pages together."""

    steps: float
    with_resets: float


def vector_rate(task: str, pages: int, episodes: int) -> Rate:
    """Steps a second of the vector environment; of the single one with `pages` 0."""
    id_ = f"webagents/miniwob.{task}-v1"
    env: Any
    if pages:
        env = gymnasium.make_vec(id_, pages, max_steps=10_000)
    else:
        env = gymnasium.make(id_, max_steps=10_000)
    steps: list[float] = []
    whole: list[float] = []
    try:
        for episode in range(episodes + 1):
            start = time.perf_counter()
            seen, _ = env.reset(seed=100 * episode)
            htmls = seen["html"] if pages else [seen["html"]]
            refs = [target(html, TARGETS[task]) for html in htmls]
            began = time.perf_counter()
            for index in range(STEPS):
                texts = [action_text(KINDS[index % len(KINDS)], ref) for ref in refs]
                env.step(texts if pages else texts[0])
            end = time.perf_counter()
            if episode:  # the first warms up
                steps.append(end - began)
                whole.append(end - start)
    finally:
        env.close()
    number = STEPS * max(pages, 1)
    return Rate(number / median(steps), number / median(whole))


def vector_table(tasks: Sequence[str], episodes: int) -> Iterable[str]:
    """Steps a second by number of pages."""
    yield "\n**Steps a second, all pages together**, page and screenshot, medians of episodes\n"
    heads = ["task", "single", *(f"{pages} pages" for pages in PAGES), "best / single"]
    yield row(heads)
    yield row(["---", *["---:"] * (len(heads) - 1)])
    for task in tasks:
        rounds = [[vector_rate(task, pages, episodes) for pages in (0, *PAGES)] for _ in range(2)]
        for what, words in (("steps", "steps alone"), ("with_resets", "with resets")):
            rates = [median(getattr(r[i], what) for r in rounds) for i in range(1 + len(PAGES))]
            ratio = max(rates[1:]) / rates[0]
            cells = [f"{rate:.0f}" for rate in rates]
            yield row([f"{task}, {words}", *cells, f"**{ratio:.2f}x**"])


def proportional_mib(pid: int) -> float:
    """PSS of a process group and all its descendants, MiB."""
    members = {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
    for process in psutil.pids():
        try:
            if os.getpgid(process) == pid:
                members.add(process)
        except ProcessLookupError:
            continue
    total = 0
    for member in members:
        try:
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1])  # type: ignore[index]
    return total / 1024


def memory(task: str, pages: int) -> float:
    """PSS of one browser with that many pages after an episode on each, MiB."""
    env: Any = gymnasium.make_vec(f"webagents/miniwob.{task}-v1", pages, browsers=1)
    try:
        for seed in (0, 100):
            env.reset(seed=seed)
            for _ in range(STEPS - 1):
                env.step(["noop()"] * pages)
        return proportional_mib(env.unwrapped._browsers[0].pid)
    finally:
        env.close()


def memory_table(tasks: Sequence[str]) -> Iterable[str]:
    """MiB of a browser by number of pages."""
    yield "\n**Memory of one browser**, PSS over all its processes, MiB\n"
    heads = ["task", *(f"{pages} pages" for pages in PAGES), "a further page"]
    yield row(heads)
    yield row(["---", *["---:"] * (len(heads) - 1)])
    further = []
    for task in tasks:
        used = [memory(task, pages) for pages in PAGES]
        further.append((used[-1] - used[0]) / (PAGES[-1] - PAGES[0]))
        yield row([task, *(f"{each:.0f}" for each in used), f"**{further[-1]:.1f}**"])
    single = WebEnv(tasks[0])
    try:
        for seed in range(3):
            single.reset(seed=seed)
            single.step("noop()")
        alone = proportional_mib(single._browser.pid)  # type: ignore[union-attr,attr-defined]
    finally:
        single.close()
    yield f"\nThe single environment on {tasks[0]}, with the page loaded ahead: {alone:.0f} MiB."
    yield f"Claim: a further page under 50 MiB: {'yes' if max(further) < 50 else 'NO'}."


def machine() -> str:
    """What it ran on, in words."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    version = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=False)
    memory_gib = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} processors ({model[1] if model else 'unknown'}), {memory_gib:.0f} GiB, "
        f"{version.stdout.split(' built')[0].strip()}, Python {sys.version.split()[0]}; load "
        f"average at the start {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", default=",".join(TARGETS), help="of those listed in TARGETS")
    parser.add_argument("--episodes", type=int, default=12, help="a task, system and measure")
    parser.add_argument("--browsergym-python", default="", metavar="PATH")
    parser.add_argument("--only", choices=("page", "vector", "memory"), help="one part of it")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    tasks = chosen.tasks.split(",")
    say(f"Machine: {machine()}.")
    if chosen.only in (None, "page"):
        measured: dict[str, Seconds] = {}
        for task in tasks:
            sys.stderr.write(f"{task}\n")
            measured[task] = measure(task, chosen.episodes, chosen.browsergym_python)
        for line in (*tables(measured), *kinds_table(measured)):
            say(line)
    several = [task for task in ("login-user", "email-inbox") if task in tasks] or tasks[:1]
    if chosen.only in (None, "vector"):
        for line in vector_table(several, chosen.episodes):
            say(line)
    if chosen.only in (None, "memory"):
        for line in memory_table(several):
            say(line)


def say(line: str) -> None:
    """Prints at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
