"""Snippets beside the page: how often they hold what is needed, and in how many tokens.

    python benchmarks/snippets.py --planner FOLDER --episodes 20

The scripted planner and writer play unseen instructions (the test split, seeds 0 and up). On each
page where a program begins the planner is asked; needed are the elements that the expert's
sub-instruction is about. The page cut to the snippets' length keeps its first tokens, as prompts
that are too long do.
"""

import argparse
from collections.abc import Iterator
from statistics import fmean
from typing import NamedTuple

from webagents.html import find_all, parse, ref_of
from webagents.models.tokenizer import load_tokenizer
from webagents.planners.plan import Planner, cut
from webagents.planners.writing import page_of
from webagents.policies.expert.websites import SITES
from webagents.policies.loading import load_policy
from webagents.policies.planned import ProgramPolicy
from webagents.policies.planned.webagent import PLANNER, planner_of
from webagents.prompt import before
from webagents.rollout import Job, rollout
from webagents.types import Episode


class Seen(NamedTuple):
    """What was found of one page.

    said: whether the sub-instruction is the expert's, letter for letter.
    recall, exact: the share of what is needed that the snippets have, and whether that is all they
        have.
    tokens, page: of the snippets, and of the page.
    start, question: the share of what is needed that the page's start has: as many tokens as the
        snippets, and as many characters as a language model's question.
    """

    said: bool
    recall: float
    exact: bool
    tokens: int
    page: int
    start: float
    question: float


def main() -> None:
    """Plays, asks, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--episodes", type=int, default=20, help="of each site")
    parser.add_argument("--planner", default=PLANNER, help="a part's folder; the released one")
    parser.add_argument("--sites", default=",".join(SITES))
    asked = parser.parse_args()
    planner = planner_of(asked.planner)
    print(
        "| site | pages | same sub-instruction | snippets' recall | just what is needed | tokens | "
        "of a page | page cut to the same | page cut to 12,000 characters |"
    )
    print("| --- |" + " ---: |" * 8)
    for site in asked.sites.split(","):
        jobs = [Job(site, seed) for seed in range(asked.episodes)]
        policy = load_policy("webagent:scripted,scripted")
        assert isinstance(policy, ProgramPolicy)
        seen = [
            one
            for episode in rollout(jobs, policy, screenshots=False, split="test")
            for one in looks(episode, planner)
        ]
        print(
            f"| {site} | {len(seen)} | {percent(each.said for each in seen)} | "
            f"{percent(each.recall for each in seen)} | {percent(each.exact for each in seen)} | "
            f"{fmean(each.tokens for each in seen):,.0f} | {fmean(e.page for e in seen):,.0f} | "
            f"{percent(each.start for each in seen)} | {percent(e.question for e in seen)} |",
            flush=True,
        )


def percent(shares: Iterator[float]) -> str:
    """The mean of some shares."""
    return f"{100 * fmean(shares):.1f}%"


def looks(episode: Episode, planner: Planner) -> Iterator[Seen]:
    """The pages of an episode where something is needed."""
    tokenizer = load_tokenizer()
    places = [n for n, step in enumerate(episode.steps) if step.notes.get("refs")]
    plans = planner.plan([before(episode, place) for place in places]) if places else []
    for place, plan in zip(places, plans, strict=True):
        step = episode.steps[place]
        needed = set(map(str, step.notes["refs"]))
        page = step.observation.html
        ids = tokenizer(page, add_special_tokens=False).input_ids
        # Our own writers are shown the page where there are no refs.
        said = cut(page, plan.refs) if plan.refs else page
        tokens = len(tokenizer(said, add_special_tokens=False).input_ids)
        start = tokenizer.decode(ids[:tokens])
        yield Seen(
            said=plan.instruction == step.notes["plan"],
            recall=_share(needed, said),
            exact=set(plan.refs or ()) == needed,
            tokens=tokens,
            page=len(ids),
            start=_share(needed, start),
            question=_share(needed, page_of(page)),
        )


def _share(needed: set[str], page: str) -> float:
    """The share of the elements that a page, or its start, has."""
    there = {ref_of(each) for each in find_all(parse(page))}
    return len(needed & there) / len(needed)


if __name__ == "__main__":
    main()
