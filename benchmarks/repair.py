"""Programs with injected faults, put right by a language model: how many, and in how many turns.

    python benchmarks/repair.py --llm gguf:FILE
    python benchmarks/repair.py --llm openai:NAME --base-url http://127.0.0.1:8080/v1 --seeds 3

On each task the expert's actions become a program that reaches the goal, which is checked; each
fault is put into it, and the model is told what came of it, explains, and writes again, at most
three times. Prints how many succeed at turn 0 (a fault may do no harm) and by each later turn, for
each fault.
"""

import argparse
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import gymnasium

from webagents.actions import parse
from webagents.evaluation.measures import wilson
from webagents.planners.language import LanguageModel, load_language
from webagents.planners.repair import (
    MOST_TURNS,
    LanguageAuthor,
    Repair,
    Verdict,
    Work,
    repair,
    tally,
)
from webagents.planners.settings import LanguageSettings
from webagents.planners.statements import Statement, Verb, program_of
from webagents.planners.trying import attempt
from webagents.policies.expert import STEADY, ExpertPolicy
from webagents.rollout import Job, rollout
from webagents.types import Episode

TASKS = (
    *("click-button", "click-link", "click-option", "enter-text", "enter-password"),
    *("login-user", "choose-list", "click-checkboxes"),
)
"""Tasks of which all that is acted on is there from the beginning."""

VERBS: Mapping[str, Verb] = {
    "click": "click",
    "fill": "fill",
    "type": "fill",
    "select_option": "select",
}

FAULTS: Mapping[str, Callable[[str], str]] = {
    "a bracket is missing": lambda program: program.rstrip().removesuffix(")"),
    "a module is imported": lambda program: f"import os\n{program}",
    "Selenium 3": lambda program: re.sub(
        r"find_element\(By\.(\w+), ", lambda way: f"find_element_by_{way[1].lower()}(", program
    ),
    "no such method": lambda program: ".press()".join(program.rsplit(".click()", 1)),
    "no such element": lambda program: re.sub(r'(By\.\w+, ".*?)"', r'\1-x"', program, count=1),
    "the last line is missing": lambda program: "\n".join(program.splitlines()[:-1]) or "pass",
}


class Case(NamedTuple):
    """A program that reaches the goal of a task and seed."""

    task: str
    seed: int
    program: str
    work: Work


class Faulty(LanguageAuthor):
    """Writes a given program first, and then what a model does."""

    def __init__(self, program: str, model: LanguageModel) -> None:
        super().__init__(model)
        self._program = program

    def write(self, work: Work) -> str:
        """The given program."""
        return self._program


def main() -> None:
    """Repairs, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--llm", required=True, help="gguf:FILE, openai:NAME ...")
    parser.add_argument("--base-url")
    parser.add_argument("--llm-seconds", type=float, default=600.0, help="an answer may take")
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--seeds", type=int, default=1, help="of each task, from 0")
    asked = parser.parse_args()
    model = load_language(
        LanguageSettings(llm=asked.llm, base_url=asked.base_url, llm_seconds=asked.llm_seconds)
    )
    cases = working([f"miniwob.{task}" for task in asked.tasks.split(",")], asked.seeds)
    print(f"{len(cases)} programs that reach their goals, {len(FAULTS)} faults in each\n")
    print(
        "| fault | programs | turn 0 | "
        + " | ".join(f"by {n + 1}" for n in range(MOST_TURNS))
        + " |"
    )
    print("| --- | ---: | ---: |" + " ---: |" * MOST_TURNS)
    done: list[tuple[Work, Repair]] = []
    for name, fault in FAULTS.items():
        done += (told := [put_right(case, fault, model) for case in cases])
        print(line(name, told), flush=True)
    print(line("all", done))
    print(f"\nat fault in the rest: {tally(done)['blame']}")


def working(tasks: list[str], seeds: int) -> list[Case]:
    """The experts' programs, those that reach the goal when they are run."""
    jobs = [Job(task, seed) for task in tasks for seed in range(seeds)]
    played = rollout(jobs, ExpertPolicy(STEADY), browsers=1, screenshots=False)
    return [case for case in map(case_of, played) if ran(case, case.program).success]


def case_of(episode: Episode) -> Case:
    """An expert's episode as a program."""
    page = episode.steps[0].observation
    program = program_of([statement(step.action) for step in episode.steps], page.html)
    work = Work(instruction=page.instruction, page=page.html)
    return Case(episode.task, episode.seed, program, work)


def statement(text: str) -> Statement:
    """An action as a statement."""
    action = parse(text)
    said = action.arguments.get("text", action.arguments.get("options", ""))
    said = "\n".join(said) if isinstance(said, tuple) else str(said)
    return Statement(VERBS[action.name], str(action.arguments["ref"]), said)


def put_right(case: Case, fault: Callable[[str], str], model: LanguageModel) -> tuple[Work, Repair]:
    """What becomes of a case's program with a fault."""
    author = Faulty(fault(case.program), model)
    return case.work, repair(case.work, author, lambda program: ran(case, program))


def ran(case: Case, program: str) -> Verdict:
    """What comes of a program on a fresh episode of a case."""
    env = gymnasium.make(f"webagents/{case.task}-v1")
    try:
        return attempt(program, env, case.seed)
    finally:
        env.close()


def line(name: str, done: list[tuple[Work, Repair]]) -> str:
    """A row of the table: of how many, and how many succeeded by each turn."""
    by = [sum(r.success and len(r.turns) <= n + 1 for _, r in done) for n in range(MOST_TURNS + 1)]
    _, low, high = wilson(by[-1], len(done))
    counts = " | ".join(map(str, by))
    return f"| {name} | {len(done)} | {counts} ({100 * low:.0f} to {100 * high:.0f}%) |"


if __name__ == "__main__":
    main()
