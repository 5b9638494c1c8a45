"""What a program finds beside its ``driver``; it runs inside the sandbox, before the program.

The sandbox's Python has neither classes derived from others nor properties, and knows only Python's
own exceptions: Selenium's are names for those. Nothing here is imported but this text: the modules
are read, and make one text in the sandbox. What they import of each other is left out of it, so
each of these imports stands on one line.
"""

from pathlib import Path

PARTS = ("names", "lists", "waiting", "chains", "calls")
"""The modules, each after those that it imports from."""


def source() -> str:
    """All of them as one text, without what they import of each other."""
    texts = (Path(__file__).with_name(f"{part}.py").read_text(encoding="utf-8") for part in PARTS)
    lines = (line for text in texts for line in text.splitlines(keepends=True))
    return "".join(line for line in lines if not line.startswith("from webagents."))
