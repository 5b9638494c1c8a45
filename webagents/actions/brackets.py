"""Bracketed text: where it ends, and the plain values in it. Python's own parser reads them.

Only where strings and brackets end is decided here, because what surrounds them is prose.
"""

import ast
import re

from webagents.errors import ActionError, clipped

MOST_CODE = 2_000
"""Characters outside strings and comments; with `MOST_DEPTH` it bounds Python's parser."""
MOST_DEPTH = 8
LARGEST = 10**15

TOKEN = re.compile(
    r"""
    (?P<string> (?P<quote> '{3} | "{3} | ' | " ) (?: \\. | (?! (?P=quote) ) . )*+ (?P=quote) )
    | (?P<comment> \# [^\n]*+ )
    | (?P<open> [(\[{] )
    | (?P<close> [)\]}] )
    | (?P<other> [^'"\#()\[\]{}]++ )
    """,
    re.VERBOSE | re.DOTALL,
)
RAW = re.compile(r"\b(?:r|br|rb|fr|rf)\Z", re.IGNORECASE)
ESCAPE = re.compile(r"""\\(?:\r\n|.)|\r\n?|\n""", re.DOTALL)
MEANINGFUL = frozenset("\\'\"abfnrtv01234567xNuU\r\n")


class Placeholder(ActionError):
    """Names stand where the values belong, as in ``click(ref)``."""


def bracketed(text: str, start: int) -> tuple[str, int]:
    """The bracketed text that opens at `start`, as Python reads it, and where it ends.

    Line breaks inside plain quotes become escapes; backslashes that escape nothing stay as they
    are.

    Raises:
        ActionError: it never ends, or is too long or too deep for an action.
    """
    parts: list[str] = []
    position, code, depth = start, 0, 0
    while token := TOKEN.match(text, position):
        position = token.end()
        if token.lastgroup == "string":
            raw = parts and RAW.search(parts[-1])
            parts.append(token[0] if raw else _escaped(token[0], line_breaks=len(token[2]) == 1))
            code += 1
        elif token.lastgroup == "comment":
            code += 1
        else:
            parts.append(token[0])
            code += len(token[0])
            depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if code > MOST_CODE or depth > MOST_DEPTH:
            raise ActionError(f"too long or too deep for an action: {clipped(text[start:])}")
        if depth == 0:
            return "".join(parts), position
    raise ActionError(
        f"a quote or a bracket is never closed in {clipped(text[start:])}; "
        r"a quote inside a text is written \' or \""
    )


def _escaped(string: str, *, line_breaks: bool) -> str:
    def mended(found: re.Match[str]) -> str:
        if found[0][0] != "\\":
            return r"\n" if line_breaks else found[0]
        return found[0] if found[0][1] in MEANINGFUL else "\\" + found[0]

    return ESCAPE.sub(mended, string)


def arguments(source: str) -> tuple[list[object], list[tuple[str, object]]]:
    """The values between a call's parentheses: those in order, and those by name.

    Raises:
        Placeholder: they are all bare names.
        ActionError: they are no plain values.
    """
    call = _tree(f"call{source}", source)
    if not isinstance(call, ast.Call):
        raise _code(source)
    nodes = [*call.args, *(keyword.value for keyword in call.keywords)]
    if nodes and all(isinstance(node, ast.Name) for node in nodes):
        raise Placeholder(str(_code(source)))
    named = []
    for keyword in call.keywords:
        if keyword.arg is None:
            raise _code(source)
        named.append((keyword.arg, _value(keyword.value, source)))
    return [_value(node, source) for node in call.args], named


def entries(source: str) -> dict[str, object]:
    """The plain values of a dict with string keys, written as Python does.

    Raises:
        ActionError: it is no such dict.
    """
    tree = _tree(source, source)
    if not isinstance(tree, ast.Dict):
        raise _code(source)
    found: dict[str, object] = {}
    for key, node in zip(tree.keys, tree.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise _code(source)
        found[key.value] = _value(node, source)
    return found


def _tree(python: str, source: str) -> ast.expr:
    try:
        return ast.parse(python, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ActionError(
            f"cannot read {clipped(source)}; arguments are strings in quotes, numbers and lists, "
            "with commas between"
        ) from None


def _value(node: ast.expr, source: str) -> object:
    match node:
        case ast.Constant(value=None | bool() | str() | float() as value):
            return value
        case ast.Constant(value=int() as value) if value <= LARGEST:
            return value
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=number)):
            if isinstance(number, bool | str) or not isinstance(number, int | float):
                raise _code(source)
            if isinstance(number, int) and number > LARGEST:
                raise _code(source)
            return -number if isinstance(sign, ast.USub) else number
        case ast.List(elts=nodes) | ast.Tuple(elts=nodes):
            return [_value(each, source) for each in nodes]
        case _:
            raise _code(source)


def _code(source: str) -> ActionError:
    return ActionError(
        "arguments are plain values (strings in quotes, numbers, lists of them), "
        f"not {clipped(source)}"
    )
