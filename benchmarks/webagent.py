"""WebAgent's four rows on the websites: programs alone, with plans, with snippets, with both.

    python benchmarks/webagent.py --episodes 20
    python benchmarks/webagent.py --rows whole --llm gguf:FILE --episodes 5

Plays unseen instructions (the test split, seeds 0 and up) and prints a table: success with Wilson's
interval, how many of those without a program that had to be put right (turn 0), the score (share of
what was required), steps, what was at fault first in each failure, and of a language model what it
was asked. With --out the episodes' figures are kept as JSON.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

from webagents.evaluation.asked import Asked, asked_in, total
from webagents.evaluation.measures import wilson
from webagents.planners.plan import ROWS, Row
from webagents.planners.sandbox import DONE
from webagents.planners.settings import LanguageSettings
from webagents.policies.expert.websites import SITES
from webagents.policies.loading import load_policy
from webagents.policies.planned.blaming import blame
from webagents.rollout import Job, rollout
from webagents.types import Step


def main() -> None:
    """Plays, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--episodes", type=int, default=20, help="of each site and row")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--sites", default=",".join(SITES))
    parser.add_argument("--planner", default="", help="a part's folder; the released one")
    parser.add_argument("--writer", default="", help="a part's folder; the released one")
    parser.add_argument("--llm", help="a language model that writes instead: gguf:FILE")
    parser.add_argument("--base-url")
    parser.add_argument("--llm-seconds", type=float, default=600.0, help="an answer may take")
    parser.add_argument("--split", default="test")
    parser.add_argument("--seed-start", type=int, default=0)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    told = []
    print("| writer is shown | site | success | turn 0 | score | steps | at fault | asked |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- | --- |")
    for row in [row for row in ROWS if row in asked.rows.split(",")]:
        for site in asked.sites.split(","):
            told.append(played(asked, row, site))
            print(line(told[-1]), flush=True)
            if asked.out is not None:
                asked.out.parent.mkdir(parents=True, exist_ok=True)
                asked.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def played(asked: argparse.Namespace, row: Row, site: str) -> dict[str, Any]:
    """What came of a site's instructions in one row."""
    language = LanguageSettings(
        llm=asked.llm, base_url=asked.base_url, llm_seconds=asked.llm_seconds
    )
    parts = asked.planner if asked.llm or not asked.writer else f"{asked.planner},{asked.writer}"
    policy = load_policy(f"webagent:{row}:{parts}", language)
    jobs = [Job(site, asked.seed_start + number) for number in range(asked.episodes)]
    began = time.monotonic()
    episodes = [
        {
            "seed": each.seed,
            "void": each.void,
            "success": each.success,
            "score": each.reward,
            "steps": len(each.steps),
            "programs": sum("program" in step.notes for step in each.steps),
            "repaired": any(map(_put_right, each.steps)),
            "fault": blame(each, row),
            "asked": asdict(questions) if (questions := asked_in(each)) else None,
        }
        for each in rollout(
            jobs, policy, workers=asked.workers, screenshots=False, split=asked.split
        )
    ]
    return {
        "row": row,
        "site": site,
        "policy": f"webagent:{row}:{parts}",
        "llm": asked.llm,
        "seconds": round(time.monotonic() - began, 1),
        "episodes": sorted(episodes, key=lambda each: each["seed"]),
    }


def line(told: dict[str, Any]) -> str:
    """A row of the table."""
    valid = [each for each in told["episodes"] if not each["void"]]
    won = sum(each["success"] for each in valid)
    _, low, high = wilson(won, len(valid))
    faults = Counter(each["fault"] for each in valid if each["fault"])
    first = sum(each["success"] and not each["repaired"] for each in valid)
    blamed = ", ".join(f"{kind} {count}" for kind, count in faults.most_common()) or "–"
    return (
        f"| {told['row']} | {told['site']} | {won} of {len(valid)} "
        f"({100 * low:.0f} to {100 * high:.0f}%) | {first} | "
        f"{100 * fmean(e['score'] for e in valid):.1f} | "
        f"{fmean(e['steps'] for e in valid):.1f} | {blamed} | {_asked(valid)} |"
    )


def _put_right(step: Step) -> bool:
    """Whether a program began there that follows one which failed."""
    return bool(step.notes.get("faults")) or step.notes.get("before", DONE) != DONE


def _asked(episodes: Sequence[dict[str, Any]]) -> str:
    told = total(Asked(**each["asked"]) for each in episodes if each["asked"])
    if told is None:
        return "–"
    return (
        f"{told.questions:,} questions, {told.prompt_tokens:,} tokens read, "
        f"{told.completion_tokens:,} written"
    )


if __name__ == "__main__":
    main()
