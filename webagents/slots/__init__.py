"""A prompt as slots, and an action as symbols that point at them: the compact policy's language.

::

    slots = read(prompt(episode, form), pieces)      # words, actions and elements, not tokens
    symbols = Alphabet().spelled(action, slots)      # a name, elements, copied words, bytes

    saying = Saying(alphabet, slots)                 # only what is an action can be said
    saying.allowed(); saying.add(symbol); saying.action()
"""

from webagents.slots.grammar import Allowed, Saying
from webagents.slots.reading import Limits, read
from webagents.slots.records import Link, SlotKind, Slots
from webagents.slots.symbols import END, START, Alphabet, Symbol
from webagents.slots.words import Pieces, pieces_of

__all__ = [
    "END",
    "START",
    "Allowed",
    "Alphabet",
    "Limits",
    "Link",
    "Pieces",
    "Saying",
    "SlotKind",
    "Slots",
    "Symbol",
    "pieces_of",
    "read",
]
