"""Files are read whole within a limit, and replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from oppi18n.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LIMIT: Final = 64 * 1024 * 1024
"""Bytes that are read at most when the caller names no limit."""

STDIN: Final = "-"

_BOM: Final = b"\xef\xbb\xbf"
_CHUNK: Final = 1024 * 1024
_BINARY: Final = getattr(os, "O_BINARY", 0)


def read_bytes(path: str | os.PathLike[str], limit: int = LIMIT) -> bytes:
    """The content of a file; the string `-` is standard input.

    Raises InputError: `not-found`, `is-a-folder`, `not-readable`, `file-too-large`.

    >>> read_bytes("no/such.json")
    Traceback (most recent call last):
    ...
    oppi18n.errors.InputError: there is no file no/such.json
    """
    if path == STDIN:
        return read_stdin(limit)
    shown = os.fspath(path)
    try:
        with open(shown, "rb") as file:
            return _read(file, shown, limit)
    except FileNotFoundError:
        raise InputError("not-found", path=shown) from None
    except IsADirectoryError:
        raise InputError("is-a-folder", path=shown) from None
    except OSError as error:
        # Windows answers the opening of a folder with a refusal.
        if os.path.isdir(shown):
            raise InputError("is-a-folder", path=shown) from None
        raise InputError("not-readable", path=shown, reason=_reason(error)) from None
    except ValueError as error:
        # A NUL in the name, or a lone surrogate.
        raise InputError("not-readable", path=ascii(shown), reason=str(error)) from None


def read_stdin(limit: int = LIMIT) -> bytes:
    """What is on standard input, up to its end.

    Raises InputError: `no-stdin` when it is closed, `not-readable`, `file-too-large`.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise InputError("no-stdin")
    try:
        return _read(sys.stdin.buffer, STDIN, limit)
    except OSError as error:
        raise InputError("not-readable", path=STDIN, reason=_reason(error)) from None


def read_text(path: str | os.PathLike[str], limit: int = LIMIT) -> str:
    """The text of a UTF-8 file, without a byte order mark; line ends stay as they are.

    Raises InputError: those of `read_bytes` and `decode`.
    """
    return decode(read_bytes(path, limit), os.fspath(path))


def decode(content: bytes, path: str) -> str:
    """The text in `content`, strictly UTF-8; one byte order mark is dropped. `path` is for the message only.

    Raises InputError: `wrong-encoding` and `nul-byte`, both with the byte's `offset` (from 0) and `line` (from 1).

    >>> decode("견적".encode("utf-16"), "quotes.csv")
    Traceback (most recent call last):
    ...
    oppi18n.errors.InputError: quotes.csv is not UTF-8 text: byte 0 in line 1 does not fit; perhaps it is UTF-16
    """
    bare = content.removeprefix(_BOM)
    nul = content.find(b"\0")
    try:
        text = bare.decode()
    except UnicodeDecodeError as error:
        raise _wrong_encoding(content, path, error.start + len(content) - len(bare)) from None
    if nul < 0:
        return text
    if _looks_like_utf16(content):
        raise _wrong_encoding(content, path, nul)
    raise InputError("nul-byte", path=path, offset=nul, line=_line(content, nul))


def write_atomic(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Put `content` in the place of the file: afterwards there is the new file or the old one, never a part.

    A symbolic link keeps pointing to the file that changes; permission bits stay. Text is written as UTF-8 with the
    line ends it has. What is not a file (a pipe, `/dev/stdout`) is written to as it is.
    Raises InputError: `is-a-folder`, `not-writable`.
    """
    written = content.encode() if isinstance(content, str) else content
    shown = os.fspath(path)
    try:
        target = os.path.realpath(shown)
        old = _stat(shown)
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise InputError("is-a-folder", path=shown)
        if old is not None and not stat.S_ISREG(old.st_mode):
            _write_through(shown, written)
            return
        # Renaming asks the folder for permission, not the file: without this, a write-protected file would be replaced.
        if old is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        _replace(target, written, old)
    except OSError as error:
        raise InputError("not-writable", path=shown, reason=_reason(error)) from None
    except ValueError as error:
        raise InputError("not-writable", path=ascii(shown), reason=str(error)) from None


@contextmanager
def draft(path: str) -> Iterator[str]:
    """A file beside the one that is wanted, for content that is written in pieces: it takes its place once it is whole.

    It may be there already. Permission bits stay.
    Raises InputError: `is-a-folder`, `not-writable`.
    """
    target = os.path.realpath(path)
    if os.path.isdir(target):
        raise InputError("is-a-folder", path=path)
    place = os.path.join(os.path.dirname(target), f".oppi18n-{os.urandom(8).hex()}.tmp")
    try:
        old = _stat(target)
        if old is not None:
            if not os.access(target, os.W_OK):
                raise PermissionError(13, "Permission denied")
            # What replaces a private file is private from its first byte.
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield place
        with open(place, "rb") as file:
            os.fsync(file.fileno())
        if old is not None:
            _keep_permissions(place, old)
        os.replace(place, target)
    except OSError as error:
        raise InputError("not-writable", path=path, reason=_reason(error)) from None
    finally:
        if os.path.exists(place):
            os.unlink(place)


def _read(file: BinaryIO, path: str, limit: int) -> bytes:
    chunks: list[bytes] = []
    room = limit + 1
    # In chunks: a pipe may deliver less than asked for, and a device may never end.
    while room and (chunk := file.read(min(room, _CHUNK))):
        chunks.append(chunk)
        room -= len(chunk)
    if not room:
        raise InputError("file-too-large", path=path, limit=limit)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _write_through(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


def _replace(target: str, content: bytes, old: os.stat_result | None) -> None:
    folder = os.path.dirname(target)
    # In the same folder, for a rename does not cross file systems.
    draft = os.path.join(folder, f".oppi18n-{os.urandom(8).hex()}.tmp")
    # A new file gets what the umask allows; a draft of an old one may be private, so it opens to nobody else at first.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600 if old else 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if old:
            _keep_permissions(draft, old)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    _sync_folder(folder)


def _keep_permissions(draft: str, old: os.stat_result) -> None:
    mode = stat.S_IMODE(old.st_mode)
    if sys.platform != "win32" and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        try:
            os.chown(draft, old.st_uid, old.st_gid)
        except PermissionError:
            # Only root gives files away. The writer becomes the owner, and nobody else may run the file as the writer.
            mode &= 0o777
    os.chmod(draft, mode)


def _sync_folder(folder: str) -> None:
    """Make the rename itself outlive a power cut, where folders can be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        # Some network file systems refuse; the file is in place all the same.
        return
    finally:
        os.close(descriptor)


def _wrong_encoding(content: bytes, path: str, offset: int) -> InputError:
    guess = "UTF-16" if _looks_like_utf16(content) else "ISO 8859-1"
    return InputError("wrong-encoding", path=path, offset=offset, line=_line(content, offset), guess=guess)


def _looks_like_utf16(content: bytes) -> bool:
    """Whether there is its byte order mark, or every second byte of the beginning is mostly zero."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    start = content[:256]
    return any(start[side::2].count(0) * 2 > len(start[side::2]) for side in (0, 1))


def _line(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
