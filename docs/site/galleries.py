"""Every task with a picture of it, taken in its environment: the first page of seed 0."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from PIL import Image

from webagents.browsers.base import Browser
from webagents.envs.catalogue import load, select
from webagents.envs.launch import launch
from webagents.envs.listing import needs
from webagents.envs.web_env import WebEnv
from webagents.errors import PageHung, PageLoadError
from webagents.types import TaskSpec

FOLDER = "tasks"
"""Where pictures lie within the site; ``asked.json`` beside them has what each task asked for."""

WIDEST = 560
"""Pictures that are wider are made smaller, pixels."""

WITHOUT = "These pages were built without pictures of the tasks, which a browser has to take."


def take(out: Path) -> Iterator[str]:
    """Takes a picture of every task that is played in a browser; each task's id once it is done.

    Raises:
        BrowserMissing, BrowserStartError: no browser, or it would not start.
        MachineError: it broke on the way.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    asked: dict[str, str] = {}
    browser = launch()
    try:
        for spec in load().values():
            observation = _first_look(spec, browser)
            asked[spec.id] = observation["instruction"]
            if spec.browser:
                _save(observation["screenshot"], folder / f"{spec.id}.png")
            yield spec.id
    finally:
        browser.close()
    (folder / "asked.json").write_text(json.dumps(asked))


def _first_look(spec: TaskSpec, browser: Browser) -> dict[str, Any]:
    """The observation that seed 0 begins with; a busy machine has a second chance."""
    env = WebEnv(spec, browser=browser, ahead=False, screenshots=spec.browser)
    try:
        try:
            return env.reset(seed=0)[0]
        except (PageHung, PageLoadError):
            return env.reset(seed=0)[0]
    finally:
        env.close()


def taken(out: Path) -> Mapping[str, str]:
    """What each task asked for when its picture was taken; empty where none were."""
    written = out / FOLDER / "asked.json"
    return json.loads(written.read_text()) if written.exists() else {}


def gallery(pattern: str, asked: Mapping[str, str]) -> str:
    """The HTML of the tasks that a pattern names: picture, instruction, what each needs."""
    specs = select(pattern)
    wide = " wide" if all(spec.width > WIDEST / 2 for spec in specs) else ""
    cards = "\n".join(_card(spec, asked.get(spec.id, "")) for spec in specs)
    missing = "" if asked else f"<p>{WITHOUT}</p>\n"
    return f'{missing}<div class="gallery{wide}">\n{cards}\n</div>'


def _card(spec: TaskSpec, asked: str) -> str:
    name = escape(spec.id)
    picture = f"{FOLDER}/{name}.png"
    image = f'<img src="{picture}" alt="The page of {name}" loading="lazy">'
    shown = f'<a class="picture" href="{picture}">{image}</a>' if asked and spec.browser else ""
    steps = f"{spec.max_steps} step" + ("s" if spec.max_steps != 1 else "")
    told = escape(" ".join(asked.split()))
    needed = f'<span class="needs">{escape(", ".join(needs(spec)))}; {steps}</span>'
    caption = f"<figcaption><strong>{name}</strong>{told}{needed}</figcaption>"
    return f'<figure id="{name}">{shown}{caption}</figure>'


def _save(screenshot: Any, path: Path) -> None:
    picture = Image.fromarray(screenshot)
    if picture.width > WIDEST:
        picture.thumbnail((WIDEST, picture.height), Image.Resampling.LANCZOS)
    picture.quantize(128).save(path, optimize=True)
