"""The English page of a page is found by its name, or by its hash."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha1
from typing import Final, NamedTuple

from oppi18n.docs.folders import PageFile, files_in, locale_in, parts_of
from oppi18n.docs.page import Page
from oppi18n.docs.scanner import LIMIT, scan
from oppi18n.errors import InputError
from oppi18n.files import read_bytes

_INFIX: Final = re.compile(r"\.[a-z]{2,3}(?:[-_][a-z]{4})?[-_][a-z]{2}(?=\.md\Z)", re.IGNORECASE)
_ENGLISH: Final = (".en-US", ".en-us", ".en", "")


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
        for each in files_in(self.folder):
            try:
                found.setdefault(hash_of(read_bytes(each.path, LIMIT)), each.path)
            except InputError:
                # What cannot be read is no page's original; a page that names it is told so by name.
                continue
        return found

    def _read(self, path: str) -> Original:
        content = read_bytes(path, LIMIT)
        return Original(path, content, hash_of(content))


def _names(path: str) -> Iterator[str]:
    """The names an English page may have: that of its translation, without the parts that name a locale."""
    parts = parts_of(path)
    named = [number for number, part in enumerate(parts[:-1]) if locale_in(part)]
    for start in [named[-1] + 1] if named else range(len(parts)):
        name = "/".join(parts[start:])
        found = [_INFIX.sub(infix, name) for infix in _ENGLISH] if _INFIX.search(name) else [name]
        yield from found
