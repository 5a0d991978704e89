"""Which known holes of Babel and gettext are open in somebody else's project; nothing of it is run or evaluated.

A file is looked at as text: its plural rule is compared, never calculated, and what is broken in it is passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n.diagnostics import Diagnostic, Hint, Span
from oppi18n.errors import InputError
from oppi18n.files import decode, read_bytes
from oppi18n.i18n import po_reader
from oppi18n.upkeep.doctor.entries import holes_in_entries
from oppi18n.upkeep.doctor.folders import holes_in_names, locale_of
from oppi18n.upkeep.doctor.headers import holes_in_header

UNSEEN: Final = frozenset(
    {
        "catalog-character",
        "catalog-conflict",
        "catalog-duplicate",
        "catalog-incomplete",
        "catalog-order",
        "catalog-syntax",
        "catalog-trailing",
        "catalog-unterminated",
    }
)
"""What Babel reads without a word; the other things that we refuse are habits of other tools."""

_ENDINGS: Final = (".po", ".pot")
_PASSED_OVER: Final = ("node_modules", "__pycache__")
_CHARSET: Final = re.compile(rb"charset\s*=\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_UTF8: Final = ("utf-8", "utf8")
_OLD_CHARSETS: Final = re.compile(
    r"(us-)?ascii|(iso[-_]?8859|windows|cp|koi8)[-_]?[0-9rut]+|latin[-_]?1"
    r"|euc[-_]?(jp|kr)|shift[-_]?jis|big5(-hkscs)?|gb(2312|k|18030)",
    re.IGNORECASE,
)
"""Charsets that mean what they say; another one, such as UTF-7, hides its text from whoever reads the file."""


class Examined(NamedTuple):
    """A catalog, its text, and the holes that are open in it."""

    path: str
    text: str
    diagnostics: tuple[Diagnostic, ...]


def catalogs_in(paths: Iterable[str]) -> list[str]:
    """The catalogs and templates of files and folders, each once, in the order of their names.

    Hidden folders and links to folders are passed over, and so is what is no file.
    Raises InputError `no-catalogs` for a folder without any.
    """
    found: dict[str, str] = {}
    for path in paths:
        inside = list(_walk(path)) if os.path.isdir(path) else [path]
        if not inside:
            raise InputError("no-catalogs", path=path)
        for each in inside:
            found.setdefault(os.path.realpath(each), each)
    return list(found.values())


def _walk(root: str) -> Iterator[str]:
    # With a list of what waits: folders may lie deeper than calls may.
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listed:
                inside = sorted(listed, key=lambda each: each.name)
        except OSError:
            # Reading any file in there says why it cannot be looked into.
            yield os.path.join(folder, "*.po")
            continue
        yield from (each.path for each in inside if each.name.endswith(_ENDINGS) and each.is_file())
        folders = [
            each.path for each in inside if each.is_dir(follow_symlinks=False) and not _is_passed_over(each.name)
        ]
        waiting += reversed(folders)


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name in _PASSED_OVER


def examine(path: str) -> Examined:
    """The open holes of one catalog, in the order of their places.

    Raises InputError if it cannot be read: `not-found`, `not-readable`, `file-too-large`.
    """
    content = read_bytes(path, po_reader.LIMIT)
    shown = os.fsencode(path).decode("utf-8", "replace")
    text, wrong = _decoded(content, shown)
    if wrong:
        return Examined(shown, text, wrong)
    found = po_reader.survey(text, shown)
    unseen = tuple(replace(each, hint=Hint("babel-silent")) for each in found.diagnostics if each.code in UNSEEN)
    locale = locale_of(path)
    holes = [*unseen, *_compiled(path, shown, unseen), *holes_in_names(path, shown)]
    if not path.endswith(".pot"):
        has_plurals = any(entry.msgid_plural is not None for entry in found.entries)
        holes += holes_in_header(found.header, shown, locale, has_plurals=has_plurals)
    holes += holes_in_entries(found.entries, shown)
    return Examined(shown, text, tuple(sorted(holes, key=lambda each: (each.span, each.code))))


def _decoded(content: bytes, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a file, or what keeps it from being read."""
    named = _CHARSET.search(content[: po_reader.LIMIT])
    charset = named[1].decode("ascii") if named else "utf-8"
    if charset.lower() in _UTF8 or charset == "CHARSET":
        try:
            return decode(content, path), ()
        except InputError:
            wrong = po_reader.parse_bytes(content, path).diagnostics
            return content.decode("utf-8", "replace"), tuple(replace(each, hint=Hint("babel-silent")) for each in wrong)
    text = content.decode("ascii", "replace")
    if _OLD_CHARSETS.fullmatch(charset):
        try:
            return content.decode(charset), ()
        except (LookupError, UnicodeDecodeError):
            charset = f"{charset}?"
    line = text.count("\n", 0, named.start() if named else 0) + 1
    span = Span(path, line, 1, line, 1)
    return text, (Diagnostic("catalog-charset", span, {"charset": charset}, Hint("write-utf-8")),)


def _compiled(path: str, shown: str, unseen: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """A compiled catalog beside one with errors: it was written although the compiler had found them."""
    name = os.path.splitext(path)[0] + ".mo"
    if unseen and path.endswith(".po") and os.path.isfile(name):
        compiled = os.fsencode(os.path.basename(name)).decode("utf-8", "replace")
        yield Diagnostic("hole-compiled", Span(shown, 1, 1, 1, 1), {"name": compiled}, None, "warning")
