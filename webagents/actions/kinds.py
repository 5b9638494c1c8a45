"""What an action's arguments can be: each kind reads a value into its one canonical form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Value = str | float | int | bool | tuple[str, ...]
"""An argument, as an action holds it."""

MODIFIERS = ("Alt", "Control", "ControlOrMeta", "Meta", "Shift")
MOST_STRINGS = 200
REF = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of argument.

    expects: the right form in words, to follow "must be".
    read: the canonical form of a value, None where it is not of this kind.
    schema: the JSON schema of a value, for models that call actions as tools; `read` takes more.
        Without a description in it `expects` says what is meant.
    """

    expects: str
    read: Callable[[object], Value | None]
    schema: Mapping[str, object] = field(hash=False)


def _unicode(text: str) -> str | None:
    r"""The text, halves of a character (``\ud83d\ude00``) joined; None where one lacks its other.

    Browsers and files take no halves; who writes JSON writes pairs of them.
    """
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


def _ref(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9:
        return str(int(value))
    if isinstance(value, str) and REF.fullmatch(value.strip()):
        return str(value.strip())
    return None


def _text(value: object) -> str | None:
    return _unicode(value) if isinstance(value, str) else None


def _filled(value: object) -> str | None:
    return _text(value) or None


def _texts(value: object) -> tuple[str, ...] | None:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or len(items) > MOST_STRINGS:
        return None
    texts = tuple(text for item in items if (text := _text(item)) is not None)
    return texts if len(texts) == len(items) else None


def _button(value: object) -> str | None:
    return str(value) if value in ("left", "middle", "right") else None


def _modifiers(value: object) -> tuple[str, ...] | None:
    names = _texts(value)
    return None if names is None or set(names) - set(MODIFIERS) else tuple(sorted(set(names)))


def _between(low: int, high: int) -> Callable[[object], float | int | None]:
    def number(value: object) -> float | int | None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        if not low <= value <= high:  # also where it is not a number
            return None
        return int(value) if value == int(value) else float(value)

    return number


def _index(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 <= value < 1000 else None


def _number(low: int, high: int, expects: str) -> Kind:
    schema = {"type": "number", "minimum": low, "maximum": high}
    return Kind(expects=expects, read=_between(low, high), schema=schema)


_STRING = {"type": "string"}
_NOT_EMPTY = {"type": "string", "minLength": 1}
_SOME_STRINGS = {
    "type": "array",
    "items": _STRING,
    "maxItems": MOST_STRINGS,
    "description": "A list of strings such as ['red', 'blue'].",
}
_OF_AN_ELEMENT = {"type": "string", "description": "The ref of an element of the page, as '5'."}
_SOME_MODIFIERS = {"type": "array", "items": {"type": "string", "enum": list(MODIFIERS)}}

REFERENCE = Kind(expects="a ref such as '5'", read=_ref, schema=_OF_AN_ELEMENT)
TEXT = Kind(expects="a string such as 'blue'", read=_text, schema=_STRING)
FILLED = Kind(expects="a string that is not empty", read=_filled, schema=_NOT_EMPTY)
TEXTS = Kind(
    expects=f"a string or a list of at most {MOST_STRINGS} strings such as ['red', 'blue']",
    read=_texts,
    schema=_SOME_STRINGS,
)
KEY = Kind(expects="a key such as 'Enter' or 'Control+a'", read=_filled, schema=_NOT_EMPTY)
ADDRESS = Kind(expects="an address such as 'https://example.org'", read=_filled, schema=_NOT_EMPTY)
BUTTON = Kind(
    expects="'left', 'middle' or 'right'",
    read=_button,
    schema={"type": "string", "enum": ["left", "middle", "right"]},
)
HELD = Kind(expects=f"a list of {', '.join(MODIFIERS)}", read=_modifiers, schema=_SOME_MODIFIERS)
PIXEL = _number(0, 10_000, "a number of pixels from 0 to 10000")
DISTANCE = _number(-100_000, 100_000, "a number of pixels from -100000 to 100000")
DURATION = _number(0, 60_000, "a number of milliseconds from 0 to 60000")
INDEX = Kind(
    expects="a tab's number such as 0",
    read=_index,
    schema={"type": "integer", "minimum": 0, "maximum": 999},
)
