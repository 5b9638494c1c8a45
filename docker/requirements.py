"""Prints what the package and the extras that are named need, one requirement a line.

``python3 docker/requirements.py serve models``, beside a pyproject.toml: images install this before
the package itself, so that a change of the code leaves their largest layers as they are.
"""

import re
import sys
import tomllib
from pathlib import Path

UNUSED = ("playwright",)
"""What only downloads browsers; in images the distribution's is there."""


def requirements(project: dict, extras: list[str]) -> list[str]:
    """The core's requirements and those of the extras, in which extras of the project may stand.

    Raises:
        SystemExit: there is no such extra.
    """
    known = project["optional-dependencies"]
    own = re.compile(re.escape(project["name"]) + r"\[([\w,-]+)\]")
    found = [
        each for each in project["dependencies"] if re.match(r"[\w.-]+", each)[0] not in UNUSED
    ]
    waiting = list(extras)
    while waiting:
        name = waiting.pop(0)
        if name not in known:
            raise SystemExit(f"error: no extra {name!r}; there is {', '.join(known)}")
        for each in known[name]:
            if match := own.fullmatch(each):
                waiting += match[1].split(",")
            else:
                found.append(each)
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    pyproject = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    print("\n".join(requirements(pyproject["project"], sys.argv[1:])))
