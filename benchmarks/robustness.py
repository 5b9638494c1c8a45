"""What disturbed pages cost a policy; run as ``python benchmarks/robustness.py --policy POLICY``.

Plays the policy on the pages as they are, under each disturbance, and with moved layouts, on the
same seeds, and prints a Markdown table: success over tasks, what it is less than on clean pages,
both with 95% intervals, and where most is lost. Each run is an evaluation in a folder of its own
below ``--out``; what was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from webagents.evaluation.comparing import difference
from webagents.evaluation.measures import Interval
from webagents.evaluation.report import Report
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.policies.disturbed import DISTURBANCES

CLEAN, MOVED = "clean", "moved"


def main() -> None:
    """Plays and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policy", required=True)
    parser.add_argument("--tasks", default="@webgum56")
    parser.add_argument("--episodes", type=int, default=10, help="a task, under each disturbance")
    parser.add_argument("--seed-start", type=int, default=0)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("runs/robustness"))
    parser.add_argument("--only", nargs="+", default=[*DISTURBANCES, MOVED])
    given = parser.parse_args()
    reports = {}
    for name in dict.fromkeys([CLEAN, *given.only]):
        shown = given.policy if name in (CLEAN, MOVED) else f"disturbed:{name}:{given.policy}"
        reports[name] = evaluate(
            EvaluateConfig(
                policy=shown,
                tasks=given.tasks,
                out=given.out / name,
                episodes=given.episodes,
                seed_start=given.seed_start,
                workers=given.workers,
                screenshots=False,
                layout="moved" if name == MOVED else "original",
                keep="none",
            )
        )
    print("\n".join(table(reports)))


def table(reports: dict[str, Report]) -> list[str]:
    """The lines of the table; the first report is of the clean pages."""
    lines = [
        "| pages | episodes | success | costs, points | costs most in |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    clean = reports[CLEAN]
    for name, report in reports.items():
        found = report.overall
        rate = found.success
        cells = [
            name,
            f"{found.episodes}" + (f" ({found.void} void)" if found.void else ""),
            f"{100 * rate.mean:.1f} ({100 * rate.low:.1f} to {100 * rate.high:.1f})",
            "" if report is clean else _points(difference(clean, report)),
            "" if report is clean else ", ".join(_worst(clean, report)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _points(found: Interval | None) -> str:
    if found is None:
        return "unknown"
    value = f"{100 * found.value:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
    if found.low is None or found.high is None:
        return value
    return f"{value} ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _worst(clean: Report, disturbed: Report, most: int = 3) -> list[str]:
    """The tasks that lose most, and by how many points."""
    lost = {
        task: clean.tasks[task].success.mean - result.success.mean
        for task, result in disturbed.tasks.items()
    }
    names = sorted((task for task in lost if lost[task] > 0), key=lambda task: -lost[task])
    return [f"{name.partition('.')[2]} {100 * lost[name]:.0f}" for name in names[:most]]


if __name__ == "__main__":
    main()
