"""What was compiled once is kept on the disk, found again by its content, and believed only if nobody else wrote it."""

from __future__ import annotations

import marshal
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, Final, TypeVar

from oppi18n.version import VERSION

try:
    # hashlib takes longer to import than all of this module, for algorithms that nobody asks for here.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

Value = TypeVar("Value")

_DIGEST: Final = 20
_MAGIC: Final = b"oppi18n1"
_MOST: Final = 500
"""Entries that may lie in the folder; beyond that the older half is thrown away."""

# `sys.version` names the build, so it changes whenever the magic number of byte code or the format of marshal may have.
_SALT: Final = f"{VERSION}\0{sys.implementation.cache_tag}\0{sys.version}\0{marshal.version}".encode()
_OPEN: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class Cache:
    """Values by kind and content: whatever `marshal` takes, code objects too. Without a folder, every look is a miss.

    Nothing that is wrong with the folder or a file in it is an error: it is a miss, or is not kept. None is not kept
    either, for it means a miss.

    >>> Cache(None).remember("double", (b"21",), lambda: 42)
    42
    """

    __slots__ = ("_trusted", "folder")

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self._trusted: bool | None = None

    def get(self, kind: str, *content: bytes) -> Any:
        """The value kept for this content, or None."""
        if not self._is_trusted():
            return None
        key = _key(kind, content)
        record = _read(self._path(kind, key))
        if record is None or not record.startswith(_MAGIC):
            return None
        payload = memoryview(record)[len(_MAGIC) + _DIGEST :]
        if record[len(_MAGIC) : len(_MAGIC) + _DIGEST] != _seal(key, payload):
            return None
        try:
            return marshal.loads(payload)
        except (EOFError, ValueError, TypeError):
            return None

    def put(self, kind: str, *content: bytes, value: Any) -> None:
        """Keep a value for this content, if that is possible."""
        if self.folder is None or not (self._is_trusted() or self._make_folder()):
            return
        key = _key(kind, content)
        try:
            payload = marshal.dumps(value)
            _write(self._path(kind, key), _MAGIC + _seal(key, payload) + payload)
            self._prune()
        except (OSError, ValueError):
            # A full disk, a read-only folder, or a value that marshal does not take: slower next time, nothing worse.
            return

    def remember(self, kind: str, content: tuple[bytes, ...], make: Callable[[], Value]) -> Value:
        """The value kept for this content; else what `make` makes, which is then kept."""
        kept: Value | None = self.get(kind, *content)
        if kept is not None:
            return kept
        made = make()
        self.put(kind, *content, value=made)
        return made

    def clear(self) -> int:
        """Throw away all entries, and drafts that a crash has left; says how many entries there were."""
        entries = 0
        for path in self._files() if self._is_trusted() else ():
            try:
                os.unlink(path)
            except OSError:
                continue
            entries += path.endswith(".cache")
        return entries

    def _path(self, kind: str, key: bytes) -> str:
        return os.path.join(self.folder or "", f"{kind}-{key.hex()}.cache")

    def _is_trusted(self) -> bool:
        if self._trusted is None and self.folder is not None:
            self._trusted = _is_own_folder(self.folder)
        return bool(self._trusted)

    def _make_folder(self) -> bool:
        folder = self.folder or ""
        if os.path.lexists(folder) or not _may_create(folder):
            return False
        try:
            os.makedirs(folder, 0o700, exist_ok=True)
        except OSError:
            return False
        self._trusted = None
        return self._is_trusted()

    def _files(self) -> Iterator[str]:
        """Our own files in the folder, and no other: people point the variable at folders that hold more."""
        import re

        ours = re.compile(rf"[a-z0-9-]+-[0-9a-f]{{{2 * _DIGEST}}}\.cache(\.[0-9a-f]+\.tmp)?")
        try:
            names = os.listdir(self.folder)
        except OSError:
            return
        yield from (os.path.join(self.folder or "", name) for name in names if ours.fullmatch(name))

    def _prune(self) -> None:
        paths = list(self._files())
        if len(paths) > _MOST:
            for path in sorted(paths, key=os.path.getmtime)[: len(paths) // 2]:
                os.unlink(path)


def user_cache(environ: Mapping[str, str] | None = None) -> Cache:
    """The cache of the effective user; `OPPI18N_CACHE` moves it to another folder or, set to `off`, does without.

    >>> user_cache({"OPPI18N_CACHE": "off"}).folder is None
    True
    """
    variables = os.environ if environ is None else environ
    wish = variables.get("OPPI18N_CACHE", "")
    if wish:
        return Cache(None if wish.lower() == "off" else os.path.abspath(wish))
    return Cache(_customary(variables))


def source_stamp(*places: ModuleType | str | os.PathLike[str]) -> bytes:
    """A signature of source files: name, time of change, size. As part of the content it outdates what older code made.

    A place is a module, a package or folder (all Python files below it), or a file. Nothing is read, only looked at.
    Empty when one of them is not on the disk (an installation in a zip archive).

    >>> len(source_stamp(__file__)), source_stamp("no/such/folder")
    (20, b'')
    """
    stamp = blake2b(digest_size=_DIGEST)
    try:
        for place in places:
            path = place if isinstance(place, (str, os.PathLike)) else _home(place)
            found = "".join(sorted(_looks(os.fspath(path), "")))
            stamp.update(found.encode("utf-8", "surrogateescape"))
    except OSError:
        return b""
    return stamp.digest()


def _key(kind: str, content: tuple[bytes, ...]) -> bytes:
    digest = blake2b(_SALT, digest_size=_DIGEST)
    for part in (kind.encode(), *content):
        # The length keeps ("ab", "c") apart from ("a", "bc").
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def _seal(key: bytes, payload: bytes | memoryview) -> bytes:
    # The key is sealed in: an entry under another's name does not fit.
    digest = blake2b(key, digest_size=_DIGEST)
    digest.update(payload)
    return digest.digest()


def _read(path: str) -> bytes | None:
    try:
        descriptor = os.open(path, _OPEN)
    except OSError:
        return None
    try:
        with open(descriptor, "rb", buffering=0) as file:
            return file.read() if _is_own(os.fstat(descriptor), stat.S_ISREG) else None
    except OSError:
        return None


def _write(path: str, record: bytes) -> None:
    draft = f"{path}.{os.urandom(6).hex()}.tmp"
    descriptor = os.open(draft, _CREATE, 0o600)
    try:
        # No fsync: a torn entry does not fit its seal.
        with open(descriptor, "wb") as file:
            file.write(record)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _is_own(status: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether nobody but the effective user can have written it (Windows folders of a user are private as they are)."""
    if not is_kind(status.st_mode):
        return False
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _is_own_folder(folder: str) -> bool:
    try:
        # lstat: a link could be turned to another folder between two looks.
        return _is_own(os.lstat(folder), stat.S_ISDIR)
    except (OSError, ValueError):
        return False


def _may_create(folder: str) -> bool:
    """Whether the folder would come to lie below the user's own or the system's folders.

    `sudo` keeps the caller's home: a folder that root made there would shut its owner out for good.
    """
    above = os.path.dirname(folder)
    while not os.path.lexists(above) and above != os.path.dirname(above):
        above = os.path.dirname(above)
    if sys.platform == "win32":
        return True
    try:
        return os.stat(above).st_uid in (os.geteuid(), 0)
    except (OSError, ValueError):
        return False


def _customary(variables: Mapping[str, str]) -> str | None:
    """Where this system keeps caches; None for a user without a home."""
    home = variables.get("HOME") or os.path.expanduser("~")
    if sys.platform == "win32":
        local = variables.get("LOCALAPPDATA", "")
        return os.path.join(local, "oppi18n", "Cache") if os.path.isabs(local) else None
    # The XDG standard has relative paths ignored.
    if os.path.isabs(named := variables.get("XDG_CACHE_HOME", "")):
        return os.path.join(named, "oppi18n")
    if not os.path.isabs(home):
        return None
    return os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache", "oppi18n")


def _home(module: ModuleType) -> str:
    file = getattr(module, "__file__", None) or ""
    return os.path.dirname(file) if os.path.basename(file).startswith("__init__.") else file


def _looks(path: str, shown: str) -> list[str]:
    status = os.stat(path)
    if not stat.S_ISDIR(status.st_mode):
        return [_look(shown, status)]
    looks = []
    with os.scandir(path) as found:
        for entry in found:
            if entry.name.endswith(".py"):
                looks.append(_look(f"{shown}/{entry.name}", entry.stat()))
            elif entry.is_dir() and entry.name != "__pycache__":
                looks += _looks(entry.path, f"{shown}/{entry.name}")
    return looks


def _look(shown: str, status: os.stat_result) -> str:
    return f"{shown}\0{status.st_mtime_ns}\0{status.st_size}\n"
