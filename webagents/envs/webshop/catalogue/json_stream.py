"""JSON files of any size, read piece by piece.

The parser is the standard library's: it is written in C, reads about 150 MB/s, and takes what the
original's `json.load` takes, such as the NaN that Python writes for a number that is missing. One
value is in memory at a time.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import BinaryIO

from webagents.errors import UserError

CHUNK_BYTES = 1 << 21
LONGEST = 1 << 26
"""Characters of the longest value that is read."""
_SPACE = " \t\n\r"
_CUT = 16
"""A fault this near the end of what was read may be no more than the cut."""

Told = Callable[[int], None]
"""Hears how many bytes of a file were read so far."""


def rows(path: Path, *, told: Told | None = None) -> Iterator[object]:
    """The values of a file that is one JSON list, as they are read.

    Raises:
        UserError: the file is missing, no UTF-8, no JSON, cut short, or no list.
    """
    with JsonFile(path, told) as file:
        file.expect("[", "list")
        yield from file.items("row", "]")


def entries(path: Path, *, told: Told | None = None) -> Iterator[tuple[str, object]]:
    """The keys and values of a file that is one JSON object, as they are read.

    Raises:
        UserError: the file is missing, no UTF-8, no JSON, cut short, or no object.
    """
    with JsonFile(path, told) as file:
        file.expect("{", "object")
        for key in file.items("entry", "}"):
            if not isinstance(key, str):
                raise file.fault("the key of an entry is no text")
            if file.character() != ":":
                raise file.fault("a ':' is missing")
            file.at += 1
            yield key, file.value()


class JsonFile:
    """A JSON file of which a part is in memory.

    at: where in that part the reading stands.
    """

    def __init__(self, path: Path, told: Told | None = None) -> None:
        self.path = path
        self.at = 0
        self._told = told
        self._text = ""
        self._passed = 0
        self._ended = False
        self._where = "its beginning"
        self._decode = JSONDecoder().raw_decode
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._raw = _opened(path)
        gzipped = path.suffix == ".gz"
        self._file: BinaryIO | gzip.GzipFile = (
            gzip.GzipFile(fileobj=self._raw) if gzipped else self._raw
        )

    def __enter__(self) -> JsonFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def expect(self, opening: str, what: str) -> None:
        """Passes the character that opens the whole file's value."""
        if self.character() != opening:
            if not self._text:
                raise UserError(f"{self.path} is empty; it should be one JSON {what}")
            raise UserError(f"{self.path} is no JSON {what}: it begins with {self._text[:20]!r}")
        self.at += 1

    def items(self, what: str, closing: str) -> Iterator[object]:
        """The values between commas, up to the closing bracket and the end of the file."""
        count = 0
        while self.character() != closing:
            if count:
                if self.character() != ",":
                    raise self.fault(f"a ',' or '{closing}' is missing")
                self.at += 1
            count += 1
            self._where = f"{what} {count:,}"
            yield self.value()
            self._where = f"what follows {what} {count:,}"
        self.at += 1
        if self.character():
            raise self.fault(f"there is more after the closing '{closing}'")

    def character(self) -> str:
        """The next character that is no space, without passing it; "" at the end of the file."""
        while True:
            while self.at < len(self._text):
                if self._text[self.at] not in _SPACE:
                    return self._text[self.at]
                self.at += 1
            if self._ended:
                return ""
            self._more()

    def value(self) -> object:
        """The next value."""
        self.character()
        while True:
            try:
                value, end = self._decode(self._text, self.at)
            except JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos > len(self._text) - _CUT
                if self._ended or not cut:
                    raise self.fault(error.msg, cut=cut) from error
            except RecursionError as error:
                raise self.fault("it is nested too deeply") from error
            except ValueError as error:  # a number of thousands of digits
                raise self.fault(str(error)) from error
            else:
                # A number may go on after a cut: "1" of "1e-5".
                if len(self._text) - end >= _CUT or self._ended:
                    self.at = end
                    return value
            if len(self._text) - self.at > LONGEST:
                raise self.fault(f"a value is longer than {LONGEST:,} characters")
            self._more()

    def fault(self, what: str, *, cut: bool | None = None) -> UserError:
        """The error that says where the file is no JSON."""
        place = f"character {self._passed + self.at:,}"
        if self._ended and (cut if cut is not None else self.at >= len(self._text)):
            return UserError(
                f"{self.path} is cut short: it ends within {self._where}, which begins at {place}; "
                "copy or download it again"
            )
        return UserError(f"{self.path} is no JSON in {self._where}, at {place}: {what}")

    def _more(self) -> None:
        """Reads on; what was passed is forgotten."""
        rest = self._text[self.at :]
        try:
            # As much again as is waiting, so that a long value is not tried at every chunk.
            data = self._file.read(max(CHUNK_BYTES, len(rest)))
            text = self._utf8.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise UserError(
                f"{self.path} is not UTF-8: byte {error.object[error.start]:#04x} in or after "
                f"{self._where}; save it as UTF-8"
            ) from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UserError(
                f"{self.path} cannot be unpacked ({error}); copy or download it again"
            ) from error
        self._passed += self.at
        self._text, self.at = rest + text, 0
        self._ended = not data
        if self._told is not None:
            self._told(self._raw.tell())


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
