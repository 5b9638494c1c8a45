"""Composed tasks beside their parts: what a report tells of a run that covers both.

- `results`: the records, which ``report.json`` holds under "composition".
- `compare`: makes them from outcomes.
- `plots`: draws them as the papers do.

from webagents.evaluation.compositions import compare

found = compare(outcomes, catalogue.load())
found.tasks["compwob.click-button_click-link"].gap
"""

from webagents.evaluation.compositions.compare import CATEGORIES, compare
from webagents.evaluation.compositions.results import (
    Composition,
    CompositionGroup,
    CompositionTask,
    GroupHop,
    TaskHop,
)

__all__ = [
    "CATEGORIES",
    "Composition",
    "CompositionGroup",
    "CompositionTask",
    "GroupHop",
    "TaskHop",
    "compare",
]
