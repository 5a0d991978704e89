"""CSV files are looked through before a database reads them: text in UTF-8, whose lines end in one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from oppi18n.errors import InputError
from oppi18n.files import decode

_CHUNK: Final = 4 * 1024 * 1024
_OPENING: Final = b',\n\r"'
"""What an opening quotation mark stands behind; elsewhere outside of quotes it is a character like any other."""
_PLAIN: Final = b"x"


def is_even(path: str) -> bool:
    """Whether all lines end in the same way.

    Raises InputError: `not-found`, `not-readable`; `wrong-encoding` and `nul-byte` with the place in the file.
    """
    feeds, returns, both = 0, 0, 0
    for chunk in _chunks(path, checked=True):
        if b"\r" in chunk:
            returns += chunk.count(b"\r")
            both += chunk.count(b"\r\n")
        feeds += chunk.count(b"\n")
    if not returns or not feeds or feeds == returns == both:
        return True
    # Whatever ends lines inside of quotes ends none.
    kinds: set[bytes] = set()
    for piece, is_quoted in _pieces(path):
        if not is_quoted:
            kinds |= _ends(piece)
    return len(kinds) < 2


def even(path: str, target: str) -> None:
    """A copy of the file with line feeds at the ends of all rows; what is in quotes stays as it is."""
    with open(target, "wb") as file:
        file.writelines(piece if is_quoted else _evened(piece) for piece, is_quoted in _pieces(path))


def moved(error: InputError, *, offset: int, lines: int) -> InputError:
    """An error about a piece of a file as one about the file, of which so much came before."""
    places = {"offset": offset, "line": lines}
    params = {
        name: value + places.get(name, 0) if isinstance(value, int) else value for name, value in error.params.items()
    }
    return InputError(error.code, **params)


def _evened(piece: bytes) -> bytes:
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _ends(piece: bytes) -> set[bytes]:
    """The ways in which lines end in a piece."""
    both = piece.count(b"\r\n")
    found = {b"\r\n": both, b"\n": piece.count(b"\n") - both, b"\r": piece.count(b"\r") - both}
    return {each for each, count in found.items() if count}


def _pieces(path: str) -> Iterator[tuple[bytes, bool]]:
    """The file in pieces, each with whether it stands in quotes; the marks belong to neither side."""
    is_quoted, before = False, b"\n"
    for chunk in _chunks(path):
        first, *rest = chunk.split(b'"')
        yield first, is_quoted
        before = first[-1:] or before
        for piece in rest:
            is_mark = is_quoted or before in _OPENING
            is_quoted = is_quoted is not is_mark
            yield b'"', True
            yield piece, is_quoted
            before = piece[-1:] or (b'"' if is_mark else _PLAIN)


def _chunks(path: str, *, checked: bool = False) -> Iterator[bytes]:
    """The file in chunks that part neither characters nor the two halves of a line's end."""
    offset = lines = 0
    try:
        with open(path, "rb") as file:
            while chunk := _chunk(file):
                if checked:
                    try:
                        decode(chunk, path)
                    except InputError as error:
                        raise moved(error, offset=offset, lines=lines) from None
                    offset += len(chunk)
                    lines += chunk.count(b"\n")
                yield chunk
    except FileNotFoundError:
        raise InputError("not-found", path=path) from None
    except OSError as error:
        raise InputError("not-readable", path=path, reason=error.strerror or type(error).__name__) from None


def _chunk(file: BinaryIO) -> bytes:
    """The next bytes of a file, up to a byte with which a character begins, but not a line feed."""
    found = file.read(_CHUNK)
    while found and (more := file.read(1)):
        found += more
        if 0x20 < more[0] < 0x80:
            break
    return found
