"""The compact policy's network: HTML-T5 over slots, with pointers for elements and words."""

from webagents.models.pointer.config import PointerConfig
from webagents.models.pointer.model import PointerT5, Read
from webagents.models.pointer.speaking import Said, say, say_clause, speak

__all__ = ["PointerConfig", "PointerT5", "Read", "Said", "say", "say_clause", "speak"]
