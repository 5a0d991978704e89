"""The same catalog is always written in the same bytes: no dates, no churn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from oppi18n.errors import InputError
from oppi18n.i18n import locales
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.i18n.po_reader import FORBIDDEN
from oppi18n.widths import display_width, pieces

WIDTH: Final = 79
"""Columns that a line has at most, unless a single word is wider; what GNU gettext keeps to."""

_ESCAPES: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPED: Final = re.compile('[\n\t\r"\\\\]')
_FIRST_FIELDS: Final = ("project-id-version", "report-msgid-bugs-to", "last-translator", "language-team")


def write(catalog: Catalog) -> str:
    """The text of a catalog file: the entries in their order, obsolete ones last.

    The header names the locale and CLDR's plural forms, and no dates. A template (no locale) has an empty language.
    Raises InputError `catalog-text` for a text with control characters, which no catalog may hold.

    >>> from oppi18n.i18n.entries import Catalog, Entry
    >>> print(write(Catalog(locale="ko", entries=(Entry(context="p/cli", msgid="OK", translations=("확인",)),))))
    msgid ""
    msgstr ""
    "Language: ko\\n"
    "MIME-Version: 1.0\\n"
    "Content-Type: text/plain; charset=UTF-8\\n"
    "Content-Transfer-Encoding: 8bit\\n"
    "Plural-Forms: nplurals=1; plural=0;\\n"
    <BLANKLINE>
    msgctxt "p/cli"
    msgid "OK"
    msgstr "확인"
    <BLANKLINE>
    """
    live = [entry for entry in catalog.entries if not entry.obsolete]
    gone = [entry for entry in catalog.entries if entry.obsolete]
    blocks = [_header(catalog), *map(_entry, live), *map(_entry, gone)]
    text = "\n".join("".join(f"{line}\n" for line in block) for block in blocks)
    if match := FORBIDDEN.search(text):
        raise InputError("catalog-text", character=f"U+{ord(match[0]):04X}")
    return text


def _header(catalog: Catalog) -> Iterator[str]:
    yield from _comments("#", catalog.comments)
    yield 'msgid ""'
    yield 'msgstr ""'
    for name, value in _fields(catalog):
        yield _quoted(f"{name}: {_line(value)}".rstrip() + "\n")


def _fields(catalog: Catalog) -> Iterator[tuple[str, str]]:
    known = [pair for pair in catalog.headers if pair[0].lower() in _FIRST_FIELDS]
    yield from sorted(known, key=lambda pair: _FIRST_FIELDS.index(pair[0].lower()))
    yield "Language", locales.folder(catalog.locale)
    yield "MIME-Version", "1.0"
    yield "Content-Type", "text/plain; charset=UTF-8"
    yield "Content-Transfer-Encoding", "8bit"
    if forms := plural_forms(catalog.locale):
        yield "Plural-Forms", forms[1]
    yield from (pair for pair in catalog.headers if pair[0].lower() not in _FIRST_FIELDS)


def _entry(entry: Entry) -> Iterator[str]:
    yield from _comments("#", entry.comments)
    yield from _comments("#.", entry.extracted)
    # One reference in a line: two people who add one each do not meet in the same line.
    yield from (f"#: {_isolated(reference)}" for reference in entry.references)
    if entry.flags:
        yield f"#, {', '.join(map(_line, entry.flags))}"
    mark = "#~" if entry.obsolete else ""
    if entry.previous:
        parts = zip(("msgctxt", "msgid", "msgid_plural"), entry.previous, strict=True)
        yield from _parts(parts, "#~| " if entry.obsolete else "#| ")
    yield from _parts(_statements(entry), f"{mark} " if mark else "")


def _statements(entry: Entry) -> Iterator[tuple[str, str | None]]:
    yield "msgctxt", entry.context
    yield "msgid", entry.msgid
    yield "msgid_plural", entry.msgid_plural
    if entry.msgid_plural is None:
        yield "msgstr", entry.translations[0]
        return
    for index, translation in enumerate(entry.translations):
        yield f"msgstr[{index}]", translation


def _parts(parts: Iterable[tuple[str, str | None]], prefix: str) -> Iterator[str]:
    for keyword, text in parts:
        if text is not None:
            yield from _wrapped(keyword, text, prefix)


def _wrapped(keyword: str, text: str, prefix: str) -> Iterator[str]:
    """A keyword and its text: in one line if it fits there and has no line feed inside."""
    line = f"{prefix}{keyword} {_quoted(text)}"
    if "\n" not in text[:-1] and display_width(line) <= WIDTH:
        yield line
        return
    yield f'{prefix}{keyword} ""'
    # Two quotation marks, and the space that a piece may end in.
    room = WIDTH - len(prefix) - 3
    for each in re.findall(r"[^\n]*\n|[^\n]+", text):
        yield from (f'{prefix}"{piece}"' for piece in pieces(_escaped(each), room))


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text)


def _isolated(reference: str) -> str:
    """A reference; gettext keeps a file name with spaces between isolates."""
    whole = _line(reference)
    name, colon, line = whole.rpartition(":")
    if not (colon and line.isdigit()):
        name, colon, line = whole, "", ""
    return f"\u2068{name}\u2069{colon}{line}" if any(map(str.isspace, name)) else whole


def _comments(mark: str, lines: Iterable[str]) -> Iterator[str]:
    # A line feed in a comment (some exchange formats have them) must not begin a line of the catalog.
    yield from (f"{mark} {part}".rstrip() for line in lines for part in line.split("\n"))


def _line(text: str) -> str:
    return " ".join(text.split("\n"))
