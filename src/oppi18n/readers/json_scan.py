"""A second look at a JSON text finds what is wrong with it, and in which line and column its values stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from json import loads
from typing import Any, Final, NoReturn

from oppi18n.model.facts import MOST_PROBLEMS, Problem

# Possessive, so that a broken text costs no more time than a whole one.
_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*+')
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_NUMBER: Final = re.compile(r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+")
_RUN: Final = re.compile(r"[\w.+-]+")
_WORDS: Final = ("true", "false", "null")
_CONSTANTS: Final = ("NaN", "Infinity", "-Infinity")
_SHOWN: Final = 20


class _StopError(Exception):
    pass


class Scan:
    """What was found in a JSON text: its problems, and the places of the values that were asked for.

    >>> Scan('[1, 2').problems[0].code
    'json-end'
    >>> Scan('{"a":\\n  [true]}', ["/a/0"]).place("/a/0")
    (2, 4)
    """

    def __init__(self, text: str, wanted: Iterable[str] = (), *, max_depth: int = 32, max_number: int = 600) -> None:
        walk = _Walk(text, {each for pointer in wanted for each in _ancestors(pointer)}, max_depth, max_number)
        with suppress(_StopError):
            walk.document()
        firsts = {found[3]["line"] for found in walk.found if "line" in found[3]}
        places = _places(text, {0, *walk.offsets.values(), *firsts, *(found[0] for found in walk.found)})
        self._places = {"": places[0]} | {pointer: places[offset] for pointer, offset in walk.offsets.items()}
        self.problems = tuple(
            Problem(code, pointer, {k: places[v][0] if k == "line" else v for k, v in params.items()}, *places[offset])
            for offset, code, pointer, params in walk.found
        )

    def place(self, pointer: str) -> tuple[int, int]:
        """Line and column of a value that was asked for, or of the nearest object around it."""
        return next(self._places[each] for each in _ancestors(pointer) if each in self._places)


class _Walk:
    """From the first character to the last, or to the one that makes the rest senseless."""

    def __init__(self, text: str, wanted: set[str], max_depth: int, max_number: int) -> None:
        self.offsets: dict[str, int] = {}
        self.found: list[tuple[int, str, str, dict[str, Any]]] = []
        self._wanted = wanted
        self._max_depth = max_depth
        self._max_number = max_number
        self._text = text
        self._at = 0

    def document(self) -> None:
        self._skip()
        if self._at == len(self._text):
            self._stop("empty-file", "")
        self._value("", 0)
        self._skip()
        if self._at < len(self._text):
            self._stop("json-trailing", "", found=self._next())

    def _value(self, pointer: str, depth: int) -> None:
        if pointer in self._wanted:
            self.offsets[pointer] = self._at
        start = self._text[self._at : self._at + 1]
        if start == "{" or start == "[":
            if depth == self._max_depth:
                self._stop("too-deep", pointer, limit=self._max_depth)
            self._at += 1
            (self._object if start == "{" else self._list)(pointer, depth + 1)
        elif start == '"':
            self._string(pointer)
        elif start and start in "-0123456789":
            self._number(pointer)
        else:
            self._word(pointer)

    def _object(self, pointer: str, depth: int) -> None:
        seen: dict[str, int] = {}
        self._skip()
        if self._take("}"):
            return
        while True:
            start = self._at
            if not self._text.startswith('"', start):
                self._stop("json-name-expected", pointer, found=self._next())
            name = self._string(pointer)
            member = f"{pointer}/{_readable(name).replace('~', '~0').replace('/', '~1')}"
            if seen.setdefault(name, start) != start:
                self._report("duplicate-member", member, at=start, name=_readable(name), line=seen[name])
            self._skip()
            if not self._take(":"):
                self._stop("json-mark-expected", member, expected=":", found=self._next())
            self._skip()
            self._value(member, depth)
            if self._ends(pointer, "}"):
                return

    def _list(self, pointer: str, depth: int) -> None:
        self._skip()
        if self._take("]"):
            return
        index = 0
        while True:
            self._value(f"{pointer}/{index}", depth)
            if self._ends(pointer, "]"):
                return
            index += 1

    def _ends(self, pointer: str, mark: str) -> bool:
        """Whether the object or the list ends here; a comma goes on to what follows it."""
        self._skip()
        if self._take(mark):
            return True
        if not self._take(","):
            self._stop("json-marks-expected", pointer, first=",", second=mark, found=self._next())
        self._skip()
        return False

    def _string(self, pointer: str) -> str:
        text, start = self._text, self._at
        at = start + 1
        while True:
            at = _end(_PLAIN, text, at)
            mark = text[at : at + 1]
            if mark == '"':
                break
            if mark == "\\" and (escape := _ESCAPE.match(text, at)):
                at = escape.end()
            elif mark == "\\" and at + 1 < len(text):
                self._stop("json-escape", pointer, at=at, found=_readable(text[at : at + 2]))
            elif mark and mark not in "\\\n":
                self._stop("json-control", pointer, at=at, found=f"U+{ord(mark):04X}")
            else:
                self._stop("json-string-open", pointer, at=start)
        self._at = at + 1
        raw = text[start : self._at]
        string: str = raw[1:-1] if "\\" not in raw else loads(raw)
        if half := _half(string):
            self._report("lone-surrogate", pointer, at=start, found=half)
        return string

    def _number(self, pointer: str) -> None:
        start = self._at
        if self._text.startswith("-Infinity", start):
            self._word(pointer)
            return
        number = _NUMBER.match(self._text, start)
        run = _end(_RUN, self._text, start)
        if number is None or number.end() != run:
            self._stop("json-number", pointer, found=_cut(self._text[start:run]))
        self._at = run
        if run - start > self._max_number:
            self._report("number-too-long", pointer, at=start, limit=self._max_number)
        elif not _fits(number[0]):
            self._report("json-number", pointer, at=start, found=_cut(number[0]))

    def _word(self, pointer: str) -> None:
        end = _end(_RUN, self._text, self._at)
        word = self._text[self._at : end]
        if word in _CONSTANTS:
            self._report("json-constant", pointer, at=self._at, found=word)
        elif word not in _WORDS:
            self._stop("json-value-expected", pointer, found=self._next())
        self._at = end

    def _skip(self) -> None:
        self._at = _end(_SPACE, self._text, self._at)

    def _take(self, mark: str) -> bool:
        taken = self._text.startswith(mark, self._at)
        self._at += taken
        return taken

    def _next(self) -> str:
        """The word or the character that stands here, for a sentence about it."""
        if self._at >= len(self._text):
            self._stop("json-end", "")
        end = _end(_RUN, self._text, self._at)
        return _readable(_cut(self._text[self._at : max(end, self._at + 1)]))

    def _report(self, code: str, pointer: str, *, at: int, **params: object) -> None:
        self.found.append((at, code, pointer, params))
        if len(self.found) >= MOST_PROBLEMS:
            raise _StopError

    def _stop(self, code: str, pointer: str, *, at: int = -1, **params: object) -> NoReturn:
        """Report what makes the rest of the text senseless."""
        self._report(code, pointer, at=self._at if at < 0 else at, **params)
        raise _StopError


def _half(string: str) -> str:
    r"""The first half character in a text, as its escape (`\ud83d`); nothing if there is none."""
    try:
        string.encode()
    except UnicodeEncodeError as error:
        return f"\\u{ord(string[error.start]):04x}"
    return ""


def _ancestors(pointer: str) -> Iterable[str]:
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _places(text: str, offsets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Offset → line and column, both from 1, in one walk through the text."""
    places = {}
    line, start, last = 1, 0, 0
    for offset in sorted(offsets):
        line += text.count("\n", last, offset)
        start = max(start, text.rfind("\n", last, offset) + 1)
        places[offset] = (line, offset - start + 1)
        last = offset
    return places


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _fits(number: str) -> bool:
    try:
        return Decimal(number).is_finite()
    except InvalidOperation:
        return False


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _readable(text: str) -> str:
    """The text with U+FFFD in the place of half characters, so that it can be printed."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
