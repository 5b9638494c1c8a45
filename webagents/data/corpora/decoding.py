"""The bytes of a page as text, by the rules that browsers have for it."""

from __future__ import annotations

import codecs
import re

from webagents.data.corpora.skipping import Reason, Skipped

BINARY_SHARE = 0.01
BAD_SHARE = 0.001

# What a browser reads a page as that names the encoding on the left. Source: WHATWG Encoding
# Standard, section 4.2; all else that browsers know, Python knows by the same names.
_ALIASES = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    # A page whose meta element was read as ASCII is in no encoding of two bytes a character.
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
# Python has codecs that no browser has, some slow on purpose-made input.
_KNOWN = re.compile(
    r"utf-8|cp(?:866|874|932|949|125\d)|iso8859-\d+|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|gb18030|big5(?:hkscs)?|euc_jp|iso2022_jp"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]*?\b(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_PRESCANNED = 4096
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"


def decoded(data: bytes, declared: str | None = None) -> str:
    """The page as text, line ends as they are, without a byte order mark.

    A byte order mark settles the encoding. What can be read as UTF-8 is taken to be that, for
    hardly anything else can; pages that were stored with another declaration are many. Then the
    server's word is tried, the page's own, and Windows-1252 where neither said anything.

    declared: the charset of the HTTP headers, None: they name none.

    Raises:
        Skipped: it is no text, or not in the encoding that it says.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"))
    if len(data.translate(None, _CONTROLS)) < len(data) * (1 - BINARY_SHARE):
        raise Skipped(Reason.BINARY)
    found = _DECLARED.search(data[:_PRESCANNED])
    named = [name for name in (declared, found and found[1].decode("ascii", "replace")) if name]
    encodings = [known for name in named if (known := known_encoding(name))]
    tries = [*encodings, "utf-8"] if "iso2022_jp" in encodings else ["utf-8", *encodings]
    for tried in tries:
        try:
            return data.decode(tried)
        except UnicodeDecodeError:
            continue
    if not named:
        return _checked(data.decode("cp1252", "replace"))
    return _checked(data.decode(encodings[0] if encodings else "utf-8", "replace"))


def known_encoding(name: str) -> str | None:
    """Python's name of the encoding that browsers use for a label; None: there is none."""
    try:
        found = codecs.lookup(name.strip().strip("\"'").lower()).name
    except (LookupError, ValueError):
        return None
    found = _ALIASES.get(found, found)
    return found if _KNOWN.fullmatch(found) else None


def _checked(text: str) -> str:
    """The text without what could not be read, where that is little."""
    bad = text.count("\ufffd")
    if bad > max(1, len(text) * BAD_SHARE):
        raise Skipped(Reason.NOT_UNICODE)
    return text.replace("\ufffd", "")
