"""Compares every registered task with Farama's `miniwob` package, on the same seeds.

``python benchmarks/parity.py [TASKS] [--seeds 20] [--steps 6] [--workers 1]``: for each task and
seed, both environments begin the same episode and play the same clicks and typing. Compared are the
instruction, the fields, the visible texts, and after each action the raw reward and whether the
episode is over; `EXCEPTIONS` lists what cannot be equal, and why. Exit status 1 when anything else
differs.

Farama's package keeps one page over all episodes, looks right after each action, and lives today.
So what differs is tried again on a page of its own, then with the page time that ours lets pass,
then on our date; what it took to be equal is told (`ATTEMPTS`).
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import http.server
import importlib
import multiprocessing
import os
import random
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import gymnasium
from bs4 import BeautifulSoup, NavigableString, Tag
from selenium.common.exceptions import WebDriverException

from webagents.browsers.base import Browser
from webagents.envs.catalogue import select
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv

STEPS = 6
WAIT = 0.25  # seconds; ours lets 200 ms of page time pass with each action
TYPED = ("input_text", "input_password", "input_email", "input_search", "input_number", "textarea")
NOT_CLICKED = ("body", "select", "option", "optgroup", "html", "iframe")

_UNFOCUSED = (
    "a real click takes the focus from the field, whose picker then corrects the colour typed; "
    "Farama's clicks by script leave it there, and the page cannot read it"
)
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("miniwob.use-colorwheel", "ours (True"): _UNFOCUSED,
    ("miniwob.use-colorwheel-2", "ours (True"): _UNFOCUSED,
    ("miniwob.hot-cold", "ours (True"): "the reward is the pointer's place, which Farama's clicks "
    "by script leave where it was; ours are clicks of a real pointer",
    ("miniwob.scroll-text-2", "ours (True"): "the textarea scrolls to what is typed: at its "
    "beginning in Farama's, whose clicks by script place no caret; at its end in ours",
    ("miniwob.stock-market", "texts"): "the first price comes after 100 ms, by the wall in "
    "Farama's; our page's time has not moved yet",
}
"""What cannot be equal, by task and the beginning of what is told: the reason."""


class Attempt(NamedTuple):
    """How Farama's environment is played, and what it means when the two are equal then."""

    meaning: str
    fresh: bool = False
    wait: float = 0.0
    dated: bool = False


ATTEMPTS = (
    Attempt("equal"),
    Attempt("equal on a page of its own (Farama's keeps what earlier episodes left)", fresh=True),
    Attempt("equal after a wait (Farama's looks before the page is done)", fresh=True, wait=WAIT),
    Attempt("equal on our date, 2026-01-01 (the page shows today's)", True, WAIT, True),
)

# Our date for Farama's page: a date without arguments is where our clock starts, and runs on.
DATED = """(() => {
  const now = Date.now, start = now(), epoch = Date.UTC(2026, 0, 1);
  window.Date = class extends Date {
    constructor(...args) { super(...(args.length ? args : [epoch + now() - start])); }
    static now() { return epoch + now() - start; }
  };
})()"""


# ---------------------------------------------------------------------- pages as trees
@dataclass
class Node:
    """An element that is shown: `tag` as Farama writes it (input_text), its own ref and texts."""

    ref: int
    tag: str
    id: str
    classes: str
    value: str = ""
    children: list[Node | str] = field(default_factory=list)

    @property
    def elements(self) -> list[Node]:
        """Its child elements."""
        return [child for child in self.children if isinstance(child, Node)]

    def all(self) -> Iterator[Node]:
        """It and everything below, in document order."""
        yield self
        for child in self.elements:
            yield from child.all()

    @property
    def text(self) -> str:
        """Its texts and those below, in document order, without white space.

        Farama's cuts a text where a line ends and trims the parts, so that white space says
        nothing; what a textarea holds is its value.
        """
        parts = []
        for child in self.children:
            if isinstance(child, Node):
                parts.append("" if child.tag == "textarea" else child.text)
            else:
                parts.append(re.sub(r"\s+", "", child))
        return "".join(parts)

    @property
    def values(self) -> list[str]:
        """The values of the inputs, in document order."""
        return [each.value for each in self.all() if each.tag.startswith(("input", "textarea"))]


def farama_tree(element: Any) -> Node:
    """The tree of Farama's ``info["root_dom"]``; its text nodes are elements named ``t``."""
    node = Node(
        ref=element.ref,
        tag=element.tag,
        id=element.id,
        classes=" ".join(str(element.classes).split()),
        value=str(element.value or ""),
    )
    if element.text:
        node.children.append(element.text)
    for child in element.children:
        node.children.append(child.text if child.tag == "t" else farama_tree(child))
    return node


def our_tree(html: str) -> Node:
    """The tree of our html (view "visual"), as much of it as Farama's shows.

    Left out are the instruction (``#query``), and elements without width or height with everything
    in them. A page within the page is the page, as in Farama's flight tasks.
    """
    soup = BeautifulSoup(html, "html.parser")
    frame = soup.select_one("iframe > body")
    root = our_node(frame or soup.body or soup)
    assert root is not None
    return root


def our_node(element: Tag) -> Node | None:
    width, height = str(element["box"]).split()[2:]
    if element.get("id") == "query" or width == "0" or height == "0":
        return None
    kind = str(element.get("type", "text"))
    checkable = kind in ("checkbox", "radio")
    checked = "True" if element.has_attr("checked") else ""
    node = Node(
        ref=int(str(element["ref"])),
        tag=f"input_{kind}" if element.name == "input" else element.name,
        id=str(element.get("id", "")),
        classes=" ".join(element.get_attribute_list("class", "") or ()),
        value=checked if checkable else str(element.get("value", "")),
    )
    for child in element.children:
        if isinstance(child, Tag):
            below = our_node(child)
            if below is not None:
                node.children.append(below)
        elif isinstance(child, NavigableString):
            node.children.append(str(child))
    return node


def pairs(theirs: Node, ours: Node) -> Iterator[tuple[Node, Node]]:
    """The elements that are in both trees at the same place."""
    yield theirs, ours
    here, there = theirs.elements, ours.elements
    keys = [[(each.tag, each.id, each.classes) for each in side] for side in (here, there)]
    for block in SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            yield from pairs(here[block.a + offset], there[block.b + offset])


# ---------------------------------------------------------------------- the two environments
class Seen(NamedTuple):
    """What an environment showed."""

    instruction: str
    fields: list[tuple[str, str]]
    page: Node | None
    raw_reward: float
    done: bool


class Ours:
    """Our environment."""

    def __init__(self, task: str, browser: Browser) -> None:
        self._env = WebEnv(task, browser=browser, screenshots=False, view="visual", max_steps=10**6)

    def reset(self, seed: int) -> Seen:
        observation, info = self._env.reset(seed=seed)
        return self._seen(observation, info, False)

    def step(self, kind: str, node: Node, text: str) -> Seen:
        action = f"click('{node.ref}')" if kind == "click" else f"type('{node.ref}', {text!r})"
        observation, _, done, _, info = self._env.step(action)
        return self._seen(observation, info, done)

    def close(self) -> None:
        self._env.close()

    def _seen(self, observation: dict[str, Any], info: dict[str, Any], done: bool) -> Seen:
        page = None if done else our_tree(observation["html"])
        fields = list(info["fields"].items())
        return Seen(observation["instruction"], fields, page, info["raw_reward"], done)


class Farama:
    """Farama's environment; its page is closed and loaded anew only where an attempt says so."""

    def __init__(self, task: str) -> None:
        from miniwob.action import ActionSpaceConfig, ActionTypes

        self._types = ActionTypes
        config = ActionSpaceConfig.get_preset("all_supported")
        made = gymnasium.make(
            f"miniwob/{task}-v1", disable_env_checker=True, action_space_config=config
        )
        self._env: Any = made.unwrapped
        self._instance = self._env.instance
        self._wait = 0.0

    def reset(self, seed: int, attempt: Attempt) -> Seen:
        driver = self._instance.driver
        self._wait = attempt.wait
        if attempt.dated:
            source = {"source": DATED}
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
        if attempt.fresh:
            driver.get(self._instance.url)
        observation, info = self._env.reset(seed=seed, options={"record_screenshots": False})
        if attempt.wait:
            time.sleep(attempt.wait)
            observation, info = self._instance.get_observation(use_cached_fields=True)
        return self._seen(observation, info, False)

    def step(self, kind: str, node: Node, text: str) -> Seen:
        types, create = self._types, self._env.create_action
        if kind == "click":
            action = create(types.CLICK_ELEMENT, ref=node.ref)
        else:
            action = create(types.FOCUS_ELEMENT_AND_TYPE_TEXT, ref=node.ref, text=text)
        self._instance.wait_ms = self._wait * 1000
        observation, _, done, _, info = self._env.step(action)
        return self._seen(observation, info, done)

    def close(self) -> None:
        self._env.close()

    def _seen(self, observation: dict[str, Any], info: dict[str, Any], done: bool) -> Seen:
        page = None if done else farama_tree(info["root_dom"])
        fields = [(str(key), str(value)) for key, value in observation["fields"]]
        raw = float(info.get("raw_reward", 0.0))
        return Seen(observation["utterance"], fields, page, raw, done)


# ---------------------------------------------------------------------- one episode
class Outcome(NamedTuple):
    """What comparing one episode came to.

    meaning: one of the `ATTEMPTS`' meanings; "" where they differ at last.
    told: how the two differ, at the last attempt.
    reward: how the episode ended, None where it did not.
    pages: after how many actions the whole page was compared, and after how many it was equal.
    """

    task: str
    seed: int
    meaning: str
    told: str
    reward: float | None
    pages: tuple[int, int]


def choice(
    dice: random.Random, instruction: str, fields: list[tuple[str, str]], both: list[Any]
) -> tuple[str, tuple[Node, Node], str] | None:
    """A click or some typing, often what the instruction asks for, so that rewards vary."""
    asked = re.findall(r'"([^"]+)"', instruction) + [value for _, value in fields]
    words = [text[:30] for text in (*asked, *asked, *instruction.split(), "12", "Anna")]
    inputs = [pair for pair in both if pair[0].tag in TYPED]
    leaves = [pair for pair in both if not pair[0].elements and pair[0].tag not in NOT_CLICKED]
    if inputs and dice.random() < 0.4:
        return "type", dice.choice(inputs), dice.choice(words)
    if not leaves:
        return None
    told = re.sub(r"\s+", "", instruction).lower()
    wanted = [pair for pair in leaves if pair[0].text and pair[0].text.lower() in told]
    buttons = [pair for pair in leaves if pair[0].tag in ("button", "input_submit")]
    among = dice.choice([leaves, wanted or leaves, wanted or leaves, buttons or wanted or leaves])
    return "click", dice.choice(among), ""


def episode(ours: Ours, theirs: Farama, seed: int, attempt: Attempt, steps: int) -> tuple[Any, ...]:
    """Plays one episode in both; how they differ ("" where they do not), reward, pages."""
    mine, other = ours.reset(seed), theirs.reset(seed, attempt)
    compared = equal = 0
    if told := begin_difference(mine, other):
        return told, None, (0, 0)
    dice = random.Random(seed)
    script = []
    for _ in range(steps):
        assert mine.page is not None
        assert other.page is not None
        both = list(pairs(other.page, mine.page))
        chosen = choice(dice, mine.instruction, mine.fields, both)
        if chosen is None:
            break
        kind, (there, here), text = chosen
        name = f"{there.tag}#{there.id}" if there.id else f"{there.tag} {there.text[:20]!r}"
        script.append(f"{kind} {name} {text!r}" if text else f"{kind} {name}")
        mine, other = ours.step(kind, here, text), theirs.step(kind, there, text)
        if (mine.done, mine.raw_reward) != (other.done, other.raw_reward):
            told = f"ours {mine.done, mine.raw_reward}, Farama's {other.done, other.raw_reward}"
            return f"{told} after {'; '.join(script)}", None, (compared, equal)
        if mine.done:
            return "", mine.raw_reward, (compared, equal)
        compared += 1
        equal += not page_difference(mine, other)
    return "", None, (compared, equal)


def begin_difference(mine: Seen, other: Seen) -> str:
    """How the beginnings differ; Farama's cuts instructions at 256 characters."""
    if mine.instruction[:256] != other.instruction:
        return f"instruction: {mine.instruction!r} | {other.instruction!r}"
    if mine.fields != other.fields:
        return f"fields: {mine.fields!r} | {other.fields!r}"
    return page_difference(mine, other)


def page_difference(mine: Seen, other: Seen) -> str:
    assert mine.page is not None
    assert other.page is not None
    here, there = mine.page.text, other.page.text
    if here != there:
        pairs_ = enumerate(zip(here, there, strict=False))
        same = next((at for at, (one, other) in pairs_ if one != other), min(len(here), len(there)))
        start = max(0, same - 20)
        return f"texts: {here[start : same + 40]!r} | {there[start : same + 40]!r}"
    if mine.page.values != other.page.values:
        return f"values: {mine.page.values} | {other.page.values}"
    return ""


def compare(task: str, seeds: Sequence[int], steps: int, browser: Browser) -> Iterator[Outcome]:
    """Compares one task (its id in our catalogue) on each seed."""
    ours, theirs = Ours(task, browser), Farama(task.removeprefix("miniwob."))
    try:
        for seed in seeds:
            for attempt in ATTEMPTS:
                try:
                    told, reward, pages = episode(ours, theirs, seed, attempt, steps)
                except WebDriverException as broken:
                    told, reward, pages = f"Farama's broke: {broken.msg}", None, (0, 0)
                    theirs.close()
                    theirs = Farama(task.removeprefix("miniwob."))
                if not told:
                    break
            yield Outcome(task, seed, "" if told else attempt.meaning, told, reward, pages)
            if attempt.dated:
                theirs.close()
                theirs = Farama(task.removeprefix("miniwob."))
    finally:
        ours.close()
        theirs.close()


# ---------------------------------------------------------------------- the command
def registered() -> list[str]:
    """The ids, in our catalogue, of the tasks that Farama's package registers."""
    os.environ["MINIWOB_CHROME_BINARY"] = shutil.which("chromium") or ""
    os.environ["MINIWOB_CHROMEDRIVER"] = shutil.which("chromedriver") or ""
    gymnasium.register_envs(importlib.import_module("miniwob"))
    http.server.BaseHTTPRequestHandler.log_message = lambda *_: None  # type: ignore[method-assign]
    names = [id_ for id_ in gymnasium.registry if id_.startswith("miniwob/")]
    return [f"miniwob.{name.removeprefix('miniwob/').removesuffix('-v1')}" for name in names]


def work(given: tuple[str, int, int]) -> list[Outcome]:
    """Compares one task in a process of its own, with a browser of its own."""
    task, seeds, steps = given
    registered()
    browser = launch()
    try:
        return list(compare(task, range(seeds), steps, browser))
    finally:
        with contextlib.suppress(Exception):
            browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=["@miniwob"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_intermixed_args()
    theirs = set(registered())
    tasks = [spec.id for spec in select(chosen.tasks) if spec.id in theirs]
    context = multiprocessing.get_context("spawn")
    outcomes: list[Outcome] = []
    with context.Pool(chosen.workers, maxtasksperchild=4) as pool:
        jobs = [(task, chosen.seeds, chosen.steps) for task in tasks]
        for number, made in enumerate(pool.imap_unordered(work, jobs), 1):
            print(f"[{number}/{len(tasks)}] {line(made)}", file=sys.stderr, flush=True)
            outcomes += made
    return report(outcomes)


def line(outcomes: list[Outcome]) -> str:
    """One task's outcomes in a line."""
    meanings = collections.Counter(
        each.meaning.partition(" (")[0] or f"seed {each.seed} DIFFERS: {each.told}"
        for each in outcomes
    )
    rewards = sorted({each.reward for each in outcomes if each.reward is not None})
    compared, equal = (
        sum(counts) for counts in zip(*(each.pages for each in outcomes), strict=True)
    )
    told = ", ".join(f"{count} {meaning}" for meaning, count in meanings.items())
    return f"{outcomes[0].task}: {told}; rewards {rewards}; pages {equal} of {compared}"


def explained(outcome: Outcome) -> str:
    """Why this task differs in this way, "" where nothing explains it."""
    for (task, beginning), reason in EXCEPTIONS.items():
        if outcome.task == task and outcome.told.startswith(beginning):
            return reason
    return ""


def report(outcomes: list[Outcome]) -> int:
    """Prints the summary; 1 when something differs that `EXCEPTIONS` does not explain."""
    counts: collections.Counter[str] = collections.Counter()
    unexplained = []
    for each in outcomes:
        reason = explained(each)
        if each.meaning:
            counts[each.meaning] += 1
        elif reason:
            counts[f"different: {reason}"] += 1
        else:
            counts["DIFFERENT"] += 1
            unexplained.append(f"{each.task} seed {each.seed}: {each.told}")
    tasks = {each.task for each in outcomes}
    print(f"parity: {len(tasks)} tasks, {len(outcomes)} episodes")
    for meaning, count in counts.most_common():
        print(f"  {count:5} {meaning}")
    ends = [each.reward for each in outcomes if each.reward is not None]
    good = sum(reward > 0 for reward in ends)
    print(f"  ended: {len(ends)}, {good} of them with a reward above 0")
    compared, equal = (sum(each.pages[index] for each in outcomes) for index in (0, 1))
    print(f"  whole page equal after {equal} of {compared} further actions")
    for told in unexplained:
        print(told)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
