"""Action text: the actions there are, the one parser that reads them, and random ones.

Text is parsed, never run: an argument is a plain value (a string, a number, a list of strings).
"""

from webagents.actions.action import Action
from webagents.actions.kinds import Value
from webagents.actions.parsing import parse
from webagents.actions.sampling import sample
from webagents.actions.signatures import Parameter, Signature
from webagents.actions.table import ACTIONS, describe
from webagents.actions.webgum import webgum_text

__all__ = [
    "ACTIONS",
    "Action",
    "Parameter",
    "Signature",
    "Value",
    "describe",
    "parse",
    "sample",
    "webgum_text",
]
