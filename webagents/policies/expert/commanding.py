"""Commands typed into a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webagents.html import find, ref_of, text_of
from webagents.policies.expert.sight import Experts, Sight, act, fill, wait

_EXTENSION = re.compile(r"ending with the extension \.(\S+)")
_REMOVAL = re.compile(r"rm\s+\S")


def file_deleted(sight: Sight) -> str:
    """Lists the files and removes one with the extension, or without any."""
    field, line = sight.find("input", id="terminal-target"), sight.find(id="active-input")
    if field is None or line is None:
        return wait()
    listed = _listed(sight)
    files = _meant(sight, listed or [])
    if listed is not None and not files:
        return wait()
    command = f"rm {files[0]}" if files else "ls"
    typed = text_of(line)
    if command.startswith(typed):
        rest = command[len(typed) :] + "\n"
        here = "focused" in field.attrib and sight.either("keys", "field", "here") == "here"
        return act("keyboard_type", text=rest) if here else fill(field, rest)
    harmful = _REMOVAL.match(typed) or typed == "exit"
    return act("press", ref=ref_of(field), key="Backspace" if harmful else "Enter")


def _listed(sight: Sight) -> list[str] | None:
    """The files that the latest ``ls`` listed; None where there has been none."""
    files = None
    lists = False
    for entry in sight.all("div"):
        if entry.get("class") == "terminal-line":
            command = find(entry, class_="command")
            lists = command is not None and text_of(command) == "ls"
        elif entry.get("class") == "terminal-output" and lists:
            files = text_of(entry).split()
    return files


def _meant(sight: Sight, files: Sequence[str]) -> list[str]:
    """The files that may be removed, the best first.

    Last comes what the page refuses: a name with the extension's letters in it twice (shark.sh).
    """
    found = _EXTENSION.search(sight.instruction)
    if found is None:
        return sight.shuffled([name for name in files if "." not in name], key=str)
    extension = found.group(1)
    right = [name for name in files if name.endswith(f".{extension}")]
    return sorted(sight.shuffled(right, key=str), key=lambda name: name.count(extension))


EXPERTS: Experts = {
    "miniwob.terminal": file_deleted,
}
