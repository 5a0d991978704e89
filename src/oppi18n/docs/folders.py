"""Pages are found in folders, each once, in the order of their names."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from oppi18n.docs.page import Page
from oppi18n.docs.scanner import LIMIT, scan
from oppi18n.errors import InputError
from oppi18n.files import STDIN, read_bytes
from oppi18n.i18n import locales

_ENDING: Final = ".md"
_LOCALE: Final = re.compile(r"(?:.*\.)?([a-z]{2,3}[-_](?:[a-z]{4}[-_])?[a-z]{2})(?:\.\w+)?\Z", re.IGNORECASE)


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
        key = os.path.basename(path) if names[os.path.basename(path)] == 1 else "/".join(parts_of(path))
        count = 0
        for each in files_in(path) if is_folder else (PageFile(path, key),):
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


def files_in(root: str) -> Iterator[PageFile]:
    """The Markdown files of a folder and the folders in it; hidden ones are passed over."""
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


def locale_in(path: str) -> str | None:
    """The locale that a path names: by its file or its nearest folder, a region being part of it.

    >>> locale_in("docs/ko-KR/close.md"), locale_in("close.zh_hk.md"), locale_in("docs/ms/close.md")
    ('ko-KR', 'zh-HK', None)
    """
    for name in reversed(path.replace("\\", "/").split("/")):
        match = _LOCALE.match(name)
        if match:
            return locales.canonical(match[1])
    return None


def _is_page(path: str) -> bool:
    """Whether a name in a folder is a file, or was one; reading a pipe would wait for ever."""
    return os.path.isfile(path) or not os.path.exists(path)


def parts_of(path: str) -> list[str]:
    """The folders and the name of a path, without those that lead nowhere or up."""
    return [part for part in path.replace(os.sep, "/").split("/") if part not in ("", ".", "..")]
