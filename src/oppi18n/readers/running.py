"""A text that is read from its beginning to its end, of which only what is needed next is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from oppi18n.errors import InputError
from oppi18n.files import LIMIT, STDIN
from oppi18n.readers.json_text import RefusedError, value_at

_BLANK: Final = " \t\n\r"
_ENDS: Final = ("}", "]", '"')


class Running:
    """The text that is in memory, and where in it the reading stands.

    >>> text = Running(iter(['[{"a"', ': 1}]']))
    >>> text.peek(), text.forward(1), text.value(1), text.peek(), text.place(text.at)
    ('[', None, ({'a': 1}, 0), ']', (1, 10))
    """

    def __init__(self, pieces: Iterator[str], path: str = STDIN) -> None:
        self.path = path
        self.text = ""
        self.at = 0
        self.has_ended = False
        self._pieces = pieces
        self._line = self._column = 1

    @property
    def rest(self) -> str:
        """What is in memory and not read yet."""
        return self.text[self.at :]

    def more(self, size: int = 1) -> bool:
        """Take in some characters more, and forget what has been read; False if there are none."""
        line, column = self.place(self.at)
        found: list[str] = []
        while size > 0 and not self.has_ended:
            piece = next(self._pieces, None)
            self.has_ended = piece is None
            found += [piece or ""]
            size -= len(piece or "")
        self.text = "".join((self.rest, *found))
        self.at, self._line, self._column = 0, line, column
        return any(found)

    def place(self, at: int) -> tuple[int, int]:
        """The line and the column of a character in memory."""
        lines = self.text.count("\n", 0, at)
        column = at - self.text.rfind("\n", 0, at) if lines else self._column + at
        return self._line + lines, column

    def forward(self, count: int) -> None:
        """Read on."""
        self.at += count

    def peek(self) -> str:
        """The next character that is not blank, or nothing at the end."""
        while True:
            text, at = self.text, self.at
            while at < len(text) and text[at] in _BLANK:
                at += 1
            self.at = at
            if at < len(text):
                return text[at]
            if not self.more():
                return ""

    def value(self, depth: int) -> tuple[Any, int]:
        """The JSON value that begins here, and where in the text in memory it began. Raises RefusedError."""
        while True:
            try:
                value, end = value_at(self.text, self.at, depth)
            except RefusedError:
                # Perhaps the value goes on in the next piece; twice as much each time, for it may be long.
                if len(self.text) - self.at > LIMIT or not self.more(len(self.text) - self.at + 1):
                    raise
                continue
            if self.text[end - 1] in _ENDS or end < len(self.text) or not self.more():
                start, self.at = self.at, end
                return value, start

    def pieces(self) -> Iterator[str]:
        """Everything from here on."""
        rest, self.text, self.at = self.rest, "", 0
        yield rest
        yield from self._pieces

    def lines(self) -> Iterator[str]:
        """Everything from here on, line by line; only a line feed ends a line. Raises InputError `file-too-large`."""
        parts: list[str] = []
        size = 0
        for piece in self.pieces():
            first, *others = piece.split("\n")
            parts.append(first)
            if others:
                yield "".join(parts)
                yield from others[:-1]
                parts, size = [others[-1]], 0
            size += len(parts[-1])
            if size > LIMIT:
                raise InputError("file-too-large", path=self.path, limit=LIMIT)
        yield "".join(parts)
