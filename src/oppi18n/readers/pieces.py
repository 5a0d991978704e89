"""A long file is read in pieces of text, strictly UTF-8; what is wrong with it is told as of a short one."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

from oppi18n.errors import InputError
from oppi18n.files import LIMIT, STDIN, decode

Watch = Callable[[float], None]
"""Hears what part of a file has been read."""

_CHUNK: Final = 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST: Final = 4
"""Bytes of a character at most."""


def unwatched(part: float) -> None:
    """Nobody asks how far it is."""


def text_pieces(path: str, watch: Watch = unwatched) -> Iterator[str]:
    """The text of a file, `-` being standard input, piece by piece.

    Raises InputError: those of `read_bytes` and `decode`.
    """
    done, size = 0, _size(path)
    for piece in _decoded(_chunks(path), path):
        yield piece
        done += len(piece)
        watch(min(done / size, 1.0) if size else 0.0)


def pieces_of(content: bytes, path: str) -> Iterator[str]:
    """The text of bytes that are here."""
    return _decoded((content[:], b""), path)


def lines_of(pieces: Iterable[str], path: str = STDIN) -> Iterator[str]:
    r"""The lines of a text that comes in pieces, with the ends they have. Raises InputError `file-too-large`.

    >>> list(lines_of(["a\r", "\nb\rc", "d"]))
    ['a\r\n', 'b\r', 'cd']
    """
    parts: list[str] = []
    size = 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if "\n" in piece or "\r" in piece:
            lines = list(io.StringIO("".join(parts), newline=""))
            # A line end of two characters may stand in two pieces.
            parts = [] if lines[-1].endswith("\n") else [lines.pop()]
            size = sum(map(len, parts))
            yield from lines
        if size > LIMIT:
            raise InputError("file-too-large", path=path, limit=LIMIT)
    yield from io.StringIO("".join(parts), newline="")


def _decoded(chunks: Iterable[bytes], path: str) -> Iterator[str]:
    offset, line, rest, mark = 0, 0, b"", b""
    for chunk in chunks:
        content = rest + chunk
        cut = _boundary(content) if chunk else len(content)
        content, rest = content[:cut], content[cut:]
        if content:
            yield _text(mark, content, path, offset, line)
            offset, line, mark = offset + len(content), line + content.count(b"\n"), _BOM


def _text(mark: bytes, content: bytes, path: str, offset: int, line: int) -> str:
    try:
        # The mark is dropped again; without it, a piece in the middle would lose a character that looks like one.
        return decode(mark + content, path)
    except InputError as error:
        found = error.params
        place = {"offset": int(str(found["offset"])) + offset - len(mark), "line": int(str(found["line"])) + line}
        raise InputError(error.code, **{**found, **place}) from None


def _boundary(content: bytes) -> int:
    """Where the last character begins, if it may go on in the next chunk."""
    for back in range(1, min(_LONGEST, len(content)) + 1):
        if content[-back] >= 0xC0:
            return len(content) - back
        if content[-back] < 0x80:
            break
    return len(content)


def _chunks(path: str) -> Iterator[bytes]:
    """The bytes of a file, and nothing at their end."""
    try:
        if path == STDIN:
            yield from _read(_stdin())
            return
        with open(path, "rb") as file:
            yield from _read(file)
    except FileNotFoundError:
        raise InputError("not-found", path=path) from None
    except OSError as error:
        if os.path.isdir(path):
            raise InputError("is-a-folder", path=path) from None
        raise InputError("not-readable", path=path, reason=error.strerror or type(error).__name__) from None
    except ValueError as error:
        raise InputError("not-readable", path=ascii(path), reason=str(error)) from None


def _read(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
    yield b""


def _stdin() -> BinaryIO:
    if sys.stdin is None or sys.stdin.closed:
        raise InputError("no-stdin")
    return sys.stdin.buffer


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size if path != STDIN else 0
    except (OSError, ValueError):
        return 0
