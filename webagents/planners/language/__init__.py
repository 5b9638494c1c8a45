"""Language models behind one interface: endpoints, local ones, and a scripted double."""

from webagents.planners.language.cache import Cached
from webagents.planners.language.counting import Counted, Prices, Usage, account, refused
from webagents.planners.language.endpoint import Endpoint
from webagents.planners.language.loading import load_language
from webagents.planners.language.model import (
    Answer,
    LanguageModel,
    LanguageModelFailed,
    Message,
    Question,
    answers,
    question,
)
from webagents.planners.language.scripted import Scripted
from webagents.planners.settings import LanguageSettings

__all__ = [
    "Answer",
    "Cached",
    "Counted",
    "Endpoint",
    "LanguageModel",
    "LanguageModelFailed",
    "LanguageSettings",
    "Message",
    "Prices",
    "Question",
    "Scripted",
    "Usage",
    "account",
    "answers",
    "load_language",
    "question",
    "refused",
]
