"""The one parser of action text: finds the one action in what an agent wrote.

Three forms ("dialects") are read:

- calls: ``click('5')``, in BrowserGym's grammar, as lenient as its ``strict=False``;
- webgum: ``{'action': 'type', 'ref': '10', 'typed_text': 'John'}``, as Python or JSON writes it;
- webshop: ``search[red shoes]`` and ``click[buy now]``.

Text around the action (reasons, fences, comments, names of other functions) is skipped.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, cast

from webagents.actions.action import MOST_CHARACTERS, Action
from webagents.actions.brackets import Placeholder, arguments, bracketed, entries
from webagents.actions.kinds import Value
from webagents.actions.table import ACTIONS, signature_of
from webagents.errors import ActionError, UserError, clipped

MOST_STARTS = 200
"""Places in one text that may begin an action; more are no agent's answer."""
START = re.compile(
    r"""
    (?P<comment> ^[ \t]*+ \# [^\n]*+ | (?<= [ \t] ) \# [ \t] [^\n]*+ )
    | (?P<webshop> (?<! [\w.] ) (?:search|click) \[ )
    | (?P<webgum> \{ (?= \s*+ ['"] ) )
    | (?P<calls> (?<! [\w.] ) [^\W\d] \w*+ (?: \. \w++ )*+ [ \t]*+ \( )
    """,
    re.VERBOSE | re.MULTILINE,
)
MEANT = re.compile(r"""\{\s*+['"]action['"]""")
WEBSHOP = re.compile(r"(search|click)\[(.+)\]")
"""Greedy, as in WebShop: ``search[a[b]c]`` asks for ``a[b]c``; what follows is ignored."""


class Found(NamedTuple):
    """What began at one place of the text.

    end: where to look on.
    source: the words of the action.
    action: makes it; None where there is none.
    problem: why there is none; None where nothing was meant to be one.
    """

    end: int
    source: str = ""
    action: Callable[[], Action] | None = None
    problem: ActionError | None = None


def parse(text: str, *, dialects: Collection[str] = ("calls", "webgum")) -> Action:
    """The one action that the text holds.

    Raises:
        ActionError: it holds none, several, or one that is wrong; the message says which, in one
            line. Nothing else, whatever the text.
        UserError: no dialect of such a name.
    """
    if unknown := sorted(set(dialects) - READERS.keys()):
        raise UserError(f"no dialect {unknown[0]!r}; the dialects are {', '.join(READERS)}")
    if len(text) > MOST_CHARACTERS:
        raise ActionError(f"an action has at most {MOST_CHARACTERS} characters, not {len(text)}")
    found = _found(text, dialects)
    actions = [(each.source, each.action) for each in found if each.action is not None]
    if len(actions) > 1:
        sources = ", ".join(_short(source) for source, _ in actions[:3])
        more = ", …" if len(actions) > 3 else ""
        raise ActionError(f"one action a step; got {len(actions)}: {sources}{more}")
    if actions:
        return actions[0][1]()
    if problem := next((each.problem for each in found if each.problem is not None), None):
        raise problem
    example = "search[red shoes]" if "webshop" in dialects else "click('5')"
    raise ActionError(f"no action in {clipped(text)}; write one such as {example}")


def _found(text: str, dialects: Collection[str]) -> list[Found]:
    found: list[Found] = []
    position = 0
    while start := START.search(text, position):
        if len(found) == MOST_STARTS:
            raise ActionError(f"too many brackets to find one action in {clipped(text)}")
        position = start.end()
        if start.lastgroup in dialects:
            found.append(READERS[str(start.lastgroup)](text, start, dialects))
            position = found[-1].end
    return found


def _call(text: str, start: re.Match[str], dialects: Collection[str]) -> Found:
    """A call. What is no plain call is prose if it can be (``click (so)``, ``click(ref)``)."""
    name = start[0][:-1].rstrip()
    tight = start[0] == f"{name}("
    signature = ACTIONS.get(name)
    unknown = _problem(lambda: signature_of(name, dialects)) if tight else None
    try:
        source, end = bracketed(text, start.end() - 1)
        positional, named = arguments(source)
    except ActionError as why:
        if signature is None:
            return Found(end=start.end(), problem=unknown)
        problem = ActionError(f"{name}: {why}")
        if tight and not isinstance(why, Placeholder):
            raise problem from None
        return Found(end=start.end(), problem=problem)
    if signature is None:
        return Found(end=end, problem=unknown)
    if not positional and not named and (spoken := _problem(lambda: signature.read({}))):
        return Found(end=end, problem=spoken)  # "I use click() now"

    def action() -> Action:
        return _checked(name, signature.bind(positional, named))

    return Found(end=end, source=text[start.start() : end], action=action)


def _dict(text: str, start: re.Match[str], dialects: Collection[str]) -> Found:
    """A dict. One that begins with its action is meant; any other that is unreadable is prose."""
    try:
        source, end = bracketed(text, start.start())
        written = text[start.start() : end]
        given = _json(written) or entries(source)
    except ActionError as problem:
        if MEANT.match(text, start.start()):
            raise
        return Found(end=start.end(), problem=problem)
    name = given.pop("action", None)
    if not isinstance(name, str):
        wrong = f"no 'action' in {clipped(written)}; write {{'action': 'click', 'ref': '5'}}"
        return Found(end=end, problem=ActionError(wrong))
    name = "select_option" if name == "select" else name
    if name not in ACTIONS:
        return Found(end=end, problem=_problem(lambda: signature_of(name, dialects)))
    signature = ACTIONS[name]
    takes_text = any(each.name in ("text", "options") for each in signature.parameters)
    named = [
        (key, value)
        for key, value in given.items()
        if value is not None and (takes_text or (key, value) != ("typed_text", ""))
    ]  # recorded clicks carry an empty typed_text

    def action() -> Action:
        return _checked(name, signature.bind((), named))

    return Found(end=end, source=written, action=action)


def _shop(text: str, start: re.Match[str], _dialects: Collection[str]) -> Found:
    match = WEBSHOP.match(text, start.start())
    if match is None:
        wrong = f"{start[0][:-1]}: nothing in the brackets; write search[words] or click[name]"
        return Found(end=start.end(), problem=ActionError(wrong))
    word, value = match.groups()
    if WEBSHOP.search(value + "]"):
        raise ActionError(f"one action a step; got several: {_short(match[0])}")

    def action() -> Action:
        if word == "search":
            return Action(name="search", arguments={"query": value})
        return Action(name="choose", arguments={"value": value})

    return Found(end=match.end(), source=match[0], action=action)


READERS: Mapping[str, Callable[[str, re.Match[str], Collection[str]], Found]] = {
    "calls": _call,
    "webgum": _dict,
    "webshop": _shop,
}


def _checked(name: str, bound: Mapping[str, object]) -> Action:
    return Action(name=name, arguments=cast(Mapping[str, Value], bound))  # it checks them


def _json(source: str) -> dict[str, object] | None:
    """The JSON object, None where it is none."""
    try:
        found = json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _problem(ask: Callable[[], object]) -> ActionError | None:
    """Why it cannot be, None where it can."""
    try:
        ask()
    except ActionError as error:
        return error
    return None


def _short(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
