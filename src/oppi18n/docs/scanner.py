"""Scanning gives every character of a page its place, whatever the page looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.diagnostics import Diagnostic
from oppi18n.docs import front
from oppi18n.docs.page import ESCAPE, Lines, Page
from oppi18n.docs.spans import find_pairs

LIMIT: Final = 16 * 1024 * 1024
"""Bytes that a page may have; the largest published ones have a hundredth of that."""

_NOT_UTF8: Final = re.compile("[\ud800-\udfff]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CONFLICT: Final = re.compile(r"^(?:<{7}|>{7}) .*", re.MULTILINE)
_CONFLICTED: Final = ("<<<<<<< ", ">>>>>>> ")


def scan(content: bytes, path: str = "<page>") -> Page:
    """The page in the bytes of a file; never raises. `path` is for its diagnostics.

    >>> page = scan(b'<span data-ttu-id="a-103">\\xed\\x99\\x95\\xec\\x9d\\xb8</span>'
    ...             b'<span class="sxs-lookup"><span data-stu-id="a-103">OK</span></span>\\n')
    >>> [(pair.number, page.target(pair), page.source(pair)) for pair in page.pairs]
    [('103', '확인', 'OK')]
    >>> b"".join(part.content for part in page.parts) == page.content
    True
    """
    text, is_sound = _decoded(content)
    lines = Lines(text)
    found_front = front.find(text)
    start = found_front.end if found_front is not None else 0
    found = find_pairs(text, start, path, lines)
    damage = [*_damage(text, path, lines, is_sound=is_sound), *found.damage]
    if found_front is None and front.begins(text):
        damage.append(Diagnostic("page-front-open", lines.span(path, 0, 3)))
    damage.sort(key=lambda each: each.span)
    return Page(path, text, found_front, found.pairs, tuple(damage), lines)


def _decoded(content: bytes) -> tuple[str, bool]:
    try:
        return content.decode(), True
    except UnicodeDecodeError:
        return content.decode(errors=ESCAPE), False


def _damage(text: str, path: str, lines: Lines, *, is_sound: bool) -> Iterator[Diagnostic]:
    """What is wrong with the characters of a page, the first of each kind."""
    wrong = None if is_sound else _NOT_UTF8.search(text)
    if wrong:
        found = wrong[0].encode(errors=ESCAPE)[:1].hex().upper()
        yield Diagnostic("page-encoding", lines.span(path, *wrong.span()), {"byte": found})
    control = _CONTROL.search(text)
    if control:
        params: dict[str, object] = {"character": f"U+{ord(control[0]):04X}"}
        yield Diagnostic("page-character", lines.span(path, *control.span()), params)
    if any(each in text for each in _CONFLICTED):
        for match in _CONFLICT.finditer(text):
            yield Diagnostic("page-conflict", lines.span(path, *match.span()))
