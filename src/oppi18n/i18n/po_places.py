"""Where the characters of an entry's texts stand in the file of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.diagnostics import Span
from oppi18n.i18n.entries import Entry

_LINE: Final = re.compile(r'\s*(?:#~\s*)?(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)?\s*"(.*)"\s*$')
_MARK: Final = re.compile(r"\\.|[^\\]", re.DOTALL)


def span(
    lines: Sequence[str],
    entry: Entry,
    path: str,
    *,
    form: int = 0,
    in_source: bool = False,
    start: int | None = None,
    end: int | None = None,
) -> Span:
    """The place of a stretch of a translation, or of the message; without a stretch, of the line where the text begins.

    An entry that is not in the file stands in its first line.

    >>> lines = ['msgid "A\\\\nB"', 'msgstr ""', '"A\\\\n"', '"B"']
    >>> str(span(lines, Entry(msgid="A\\nB", translations=("A\\nB",), line=1), "sv.po", start=2, end=3))
    'sv.po:4:2'
    """
    if not 0 < entry.line <= len(lines):
        return Span(path, 1, 1, 1, 1)
    keyword = "msgid" if in_source else "msgstr" if entry.msgid_plural is None else f"msgstr[{form}]"
    found = list(_places(lines, entry.line, keyword))
    if start is None or end is None or start >= len(found):
        first = found[0][0] if found else _keyword(lines, entry.line, keyword)
        text = lines[first - 1].rstrip("\r")
        return Span(path, first, len(text) - len(text.lstrip()) + 1, first, len(text) + 1)
    line, column, _ = found[start]
    last_line, _, last_column = found[min(max(end - 1, start), len(found) - 1)]
    return Span(path, line, column, last_line, last_column if end > start else column)


def _keyword(lines: Sequence[str], first: int, keyword: str) -> int:
    """The line in which a part of the entry begins."""
    for number in range(first, len(lines) + 1):
        match = _LINE.match(lines[number - 1])
        if match is not None and match[1] == keyword:
            return number
    return first


def _places(lines: Sequence[str], first: int, keyword: str) -> Iterator[tuple[int, int, int]]:
    """Line, first and last column of each character of a part of the entry; an escape is one character."""
    number = start = _keyword(lines, first, keyword)
    while number <= len(lines) and (match := _LINE.match(lines[number - 1])) and (number == start or not match[1]):
        for mark in _MARK.finditer(match[2]):
            column = match.start(2) + mark.start() + 1
            yield number, column, column + len(mark[0])
        number += 1
