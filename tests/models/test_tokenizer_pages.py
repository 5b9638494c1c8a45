"""What agents see on any page of any task comes back from its tokens as it was."""

from collections.abc import Iterator

import pytest

from webagents.browsers.base import Browser
from webagents.envs.catalogue import select
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv
from webagents.models.tokenizer import load_tokenizer

SEEDS = range(2)
SHOPPING = ("search[red shoes for men]", "click[next >]", "search[lamp]", "click[back to search]")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    shared = launch()
    yield shared
    shared.close()


def seen(task: str, browser: Browser, view: str) -> Iterator[str]:
    """The pages of a task's first steps, its instructions too."""
    env = WebEnv(task, browser=browser, view=view, screenshots=False)
    try:
        for seed in SEEDS:
            observation, _ = env.reset(seed=seed)
            yield from (observation["html"], observation["instruction"])
            for action in SHOPPING if task.startswith("webshop") else ("click('5')",):
                observation, *_ = env.step(action)
                yield observation["html"]
    finally:
        env.close()


@pytest.mark.slow
@pytest.mark.parametrize("view", ["text", "visual"])
@pytest.mark.parametrize(
    "tasks", ["miniwob.[a-d]*", "miniwob.[e-z]*", "@compwob", "@compwob-reverse", "webshop"]
)
def test_every_page_comes_back_from_its_tokens(tasks, view, browser):
    tokenizer = load_tokenizer()
    specs = select(tasks)
    pages = {page for spec in specs for page in seen(spec.id, browser, view)}
    lost = [
        page
        for page in pages
        if tokenizer.decode(tokenizer(page).input_ids, skip_special_tokens=True) != page
    ]
    assert (len(pages) > 2 * len(specs), lost) == (True, [])
