"""Datasets mixed and balanced: what there is at a glance, what is taken of it, and the copying."""

from webagents.data.mixing.balance import Quota, rebalance
from webagents.data.mixing.lengths import Lengths, Summary, TaskSummary, summarise, table
from webagents.data.mixing.mix import MixConfig, Mixed, mix, read_rates, report

__all__ = [
    "Lengths",
    "MixConfig",
    "Mixed",
    "Quota",
    "Summary",
    "TaskSummary",
    "mix",
    "read_rates",
    "rebalance",
    "report",
    "summarise",
    "table",
]
