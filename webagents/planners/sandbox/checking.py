"""Reading a program before it runs: its syntax, and what it may ask for.

This tells a program's writer early and in plain words. It is no wall: that is the interpreter,
which has neither files nor modules nor a way to its host (see `running`).
"""

from __future__ import annotations

import ast
import difflib
import importlib
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from webagents.errors import clipped
from webagents.planners.sandbox.outcome import Kind, Outcome

MOST_CHARACTERS = 20_000
MODULES = frozenset(
    {
        *("base64", "bisect", "collections", "copy", "csv", "dataclasses", "datetime", "decimal"),
        *("functools", "itertools", "json", "math", "random", "re", "typing", "unicodedata"),
    }
)
"""Modules of Python's own that a program may import: nothing but computing."""
REFUSED = frozenset(
    {
        *("breakpoint", "compile", "delattr", "dir", "eval", "exec", "exit", "getattr", "globals"),
        *("help", "input", "locals", "memoryview", "open", "quit", "setattr", "vars"),
    }
)
"""Built-in names that no program for a page has use for."""
_TYPES = (str, int, float, list, dict, set, frozenset, tuple, bytes, BaseException, re.Match)


class Import(NamedTuple):
    """An import of what a driver brings: in its place the names are bound to what is there."""

    first: tuple[int, int]
    last: tuple[int, int]
    binding: str


def checked(
    program: str,
    *,
    modules: Mapping[str, Collection[str]],
    members: Collection[str] | None,
    refused: Mapping[str, str] = MappingProxyType({}),
) -> str | Outcome:
    """The program as it is to be run, line for line; or why it is not, as an outcome.

    modules: what a driver brings: the names that can be imported from each of its modules, which
        are all there without being imported.
    members: the attributes of the driver's objects; None where they are not known, and any is let
        through.
    refused: attributes that no program may use, each with why, or what to do instead.
    """
    program = program.replace("\r\n", "\n").replace("\r", "\n")
    if len(program) > MOST_CHARACTERS:
        why = f"a program has at most {MOST_CHARACTERS} characters, not {len(program)}"
        return Outcome(kind="refused", message=why)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a string is the program's own affair
            tree = ast.parse(program)
    except SyntaxError as error:
        return _outcome("syntax", f"SyntaxError: {error.msg}", error.lineno, program)
    except (ValueError, RecursionError, MemoryError) as error:
        why = f"SyntaxError: it cannot be read ({type(error).__name__}: {clipped(str(error))})"
        return Outcome(kind="syntax", message=why)
    known = None if members is None else _known(tree, members)
    for node in ast.walk(tree):
        if why := _refusal(node, modules, known, refused):
            return _outcome("refused", why, getattr(node, "lineno", None), program)
    return _bound(program, list(_imports(tree, modules)))


def _outcome(kind: Kind, message: str, line: int | None, program: str) -> Outcome:
    lines = program.split("\n")
    source = lines[line - 1] if line and line <= len(lines) else ""
    return Outcome(kind=kind, message=message, line=line, source=source)


def _known(tree: ast.AST, members: Collection[str]) -> frozenset[str]:
    """The attributes there are: the driver's, Python's own values', and the program's."""
    own = {name for node in ast.walk(tree) for name in _given(node)}
    return frozenset({*members, *_members(), *own})


@cache
def _members() -> frozenset[str]:
    """The attributes of Python's own values, of the modules there are and of their classes."""
    modules = [importlib.import_module(name) for name in MODULES]
    values = [value for module in modules for value in vars(module).values()]
    types = [value for value in values if isinstance(value, type)]
    return frozenset(name for each in (*_TYPES, *modules, *types) for name in dir(each))


def _given(node: ast.AST) -> Iterator[str]:
    """The attributes that a piece of a program gives to its own objects."""
    match node:
        case ast.Attribute(attr=name, ctx=ast.Store()) | ast.FunctionDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _refusal(
    node: ast.AST,
    modules: Mapping[str, Collection[str]],
    known: Collection[str] | None,
    refused: Mapping[str, str],
) -> str:
    """Why a program with this in it is not run, "" when nothing speaks against it."""
    match node:
        case ast.Import():
            names = [alias.name for alias in node.names]
            return next((why for name in names if (why := _not_there(name, modules))), "")
        case ast.ImportFrom(module=str(module), level=0):
            there = modules.get(module)
            lacking = [each.name for each in node.names if there and each.name not in (*there, "*")]
            why = f"{module} has no {clipped(lacking[0])} here" if lacking else ""
            return why or _not_there(module, modules)
        case ast.ImportFrom():
            return "there are no relative imports here"
        case ast.Name(id=name) if name in REFUSED:
            return f"{name}() is not there: a program acts on the page through its driver"
        case ast.Name(id=name) if name.startswith("__") and name != "__name__":
            return f"no program may use {clipped(name)}"
        case ast.Attribute(attr=name) if name.startswith("__"):
            return f"no program may use the attribute {clipped(name)}"
        case ast.Attribute(attr=name) if name in refused:
            return f"no {name} here: {refused[name]}"
        case ast.Attribute(attr=name) if known is not None and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            return f"nothing here has an attribute {clipped(name)}{hint}"
        case ast.ClassDef(bases=[_, *_]) | ast.ClassDef(keywords=[_, *_]):
            return "classes cannot be derived from others here; write functions"
        case ast.Yield() | ast.YieldFrom() | ast.Await() | ast.AsyncFunctionDef():
            return "generators and coroutines are not there; write functions and lists"
        case ast.Delete():
            return "'del' is not there; give the name another value"
    return ""


def _not_there(module: str, modules: Mapping[str, Collection[str]]) -> str:
    if module in modules or module in MODULES:
        return ""
    brought = ", ".join(sorted({name.partition(".")[0] for name in modules} | MODULES))
    return f"no module {clipped(module)} here; there are {brought}"


def _imports(tree: ast.AST, modules: Mapping[str, Collection[str]]) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            lines = [_binding(alias.asname, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import) and any(each.name in modules for each in node.names):
            lines = [
                _binding(each.asname, each.name.rpartition(".")[2])
                if each.name in modules
                else f"import {ast.unparse(each)}"
                for each in node.names
            ]
        else:
            continue
        first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        yield Import(
            first=first, last=(last[0] or first[0], last[1] or first[1]), binding="; ".join(lines)
        )


def _binding(new: str | None, old: str) -> str:
    return f"{new} = {old}" if new is not None and new != old else "pass"


def _bound(program: str, imports: list[Import]) -> str:
    """The program with its imports as bindings; every other line stays where it was."""
    lines = [line.encode() for line in program.split("\n")]
    for (row, column), (end, after), binding in sorted(imports, reverse=True):
        rest = lines[end - 1][after:]
        lines[row - 1] = lines[row - 1][:column] + binding.encode() + rest
        for number in range(row, end):
            lines[number] = b""
    return b"\n".join(lines).decode()
