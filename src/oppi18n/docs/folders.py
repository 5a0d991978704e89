"""Pages are found in folders, and the English page of each by its name or by its hash."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha1
from typing import Final, NamedTuple

from oppi18n.docs.page import Page
from oppi18n.docs.scanner import LIMIT, scan
from oppi18n.docs.verify import locale_in
from oppi18n.errors import InputError
from oppi18n.files import STDIN, read_bytes

_ENDING: Final = ".md"
_INFIX: Final = re.compile(r"\.[a-z]{2,3}(?:[-_][a-z]{4})?[-_][a-z]{2}(?=\.md\Z)", re.IGNORECASE)
_ENGLISH: Final = (".en-US", ".en-us", ".en", "")


class PageFile(NamedTuple):
    """A page that was found: where it lies, and its path below the folder that was named."""

    path: str
    key: str


def page_files(paths: Iterable[str]) -> Iterator[PageFile]:
    """The Markdown files of files and folders, each once, a folder's in the order of their names.

    A file that is named by itself has its bare name for a key, or all of its path where two have the same name. What
    does not exist comes out as it was named, so that reading it says what is wrong.
    Raises InputError `no-pages` for a folder without any.
    """
    named = [*paths]
    names = Counter(os.path.basename(path) for path in named)
    seen: set[str] = set()
    for path in named:
        is_folder = os.path.isdir(path)
        key = os.path.basename(path) if names[os.path.basename(path)] == 1 else "/".join(_parts(path))
        count = 0
        for each in _in_folder(path) if is_folder else (PageFile(path, key),):
            count += 1
            identity = each.path if each.path == STDIN else os.path.realpath(each.path)
            if identity not in seen:
                seen.add(identity)
                yield each
        if not count:
            raise InputError("no-pages", path=path)


def read_page(file: PageFile) -> Page:
    """The page in a file.

    Raises InputError: `not-found`, `not-readable`, `file-too-large`.
    """
    return scan(read_bytes(file.path, LIMIT), file.path)


def hash_of(content: bytes) -> str:
    """The hash by which a translated page names the English file that it was made from.

    It is that of the bytes with CR LF as line ends, however the file is stored.

    >>> hash_of(b"a\\n") == hash_of(b"a\\r\\n")
    True
    """
    return sha1(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), usedforsecurity=False).hexdigest()


class Original(NamedTuple):
    """An English file: where it lies, its content, its hash."""

    path: str
    content: bytes
    hash: str

    @property
    def page(self) -> Page:
        """The page in it."""
        return scan(self.content, self.path)


class Originals:
    """The English pages of a folder, found by the names of their translations, or by their hashes."""

    def __init__(self, folder: str) -> None:
        if not os.path.isdir(folder):
            raise InputError("not-a-folder" if os.path.exists(folder) else "not-found", path=folder)
        self.folder = folder

    def of(self, file: PageFile) -> Original | None:
        """The English page of the same name, in the same place below its folder."""
        for name in _names(file.path):
            path = os.path.join(self.folder, *name.split("/"))
            if os.path.isfile(path):
                return self._read(path)
        return None

    def with_hash(self, wanted: str) -> Original | None:
        """The English page with that hash, wherever it lies."""
        path = self._by_hash.get(wanted)
        return None if path is None else self._read(path)

    @cached_property
    def _by_hash(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in _in_folder(self.folder):
            try:
                found.setdefault(hash_of(read_bytes(each.path, LIMIT)), each.path)
            except InputError:
                # What cannot be read is no page's original; a page that names it is told so by name.
                continue
        return found

    def _read(self, path: str) -> Original:
        content = read_bytes(path, LIMIT)
        return Original(path, content, hash_of(content))


def _in_folder(root: str) -> Iterator[PageFile]:
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(_ENDING) and not name.startswith(".") and _is_page(path):
                yield PageFile(path, os.path.relpath(path, root).replace(os.sep, "/"))
    for error in closed:
        # Nobody can say which pages lie in there; reading any of them says why.
        path = os.path.join(str(error.filename), f"*{_ENDING}")
        yield PageFile(path, path)


def _is_page(path: str) -> bool:
    """Whether a name in a folder is a file, or was one; reading a pipe would wait for ever."""
    return os.path.isfile(path) or not os.path.exists(path)


def _parts(path: str) -> list[str]:
    return [part for part in path.replace(os.sep, "/").split("/") if part not in ("", ".", "..")]


def _names(path: str) -> Iterator[str]:
    """The names an English page may have: that of its translation, without the parts that name a locale."""
    parts = _parts(path)
    named = [number for number, part in enumerate(parts[:-1]) if locale_in(part)]
    for start in [named[-1] + 1] if named else range(len(parts)):
        name = "/".join(parts[start:])
        found = [_INFIX.sub(infix, name) for infix in _ENGLISH] if _INFIX.search(name) else [name]
        yield from found
