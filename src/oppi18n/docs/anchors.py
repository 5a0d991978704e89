"""Anchors stay the same in every language: they follow from the English headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.docs.findings import Finding, Report
from oppi18n.docs.page import ANCHOR

_HEADING: Final = re.compile(r"^[ \t>]*#{1,6}[ \t]+", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(#([^()\s]+)\)")
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_SUFFIX: Final = re.compile(r"-\d+\Z")
_MARKUP: Final = re.compile(r"\[([^\[\]]*)\]\([^()]*\)|<[^<>]*>|[*`]")
_STRANGE: Final = re.compile(r"[^\w\- ]")


def anchors(report: Report) -> Iterator[Finding]:
    """Anchors that are absent or not what their heading makes, and links that lead nowhere."""
    page = report.page
    names = frozenset(match[1] for match in ANCHOR.finditer(page.text, page.body))
    if not names:
        # Some pages are made without any.
        return
    for match in _HEADING.finditer(page.text, page.body):
        yield from _heading(report, match.end())
    for match in _LINK.finditer(page.text, page.body):
        if match[1] not in names and not _is_source(report, match.start()):
            yield report.at("page-link-broken", *match.span(1), severity="warning", name=match[1])


def slug(heading: str) -> str:
    """The anchor that an English heading makes.

    >>> slug("Close *all* [quotes](quotes.md), or some")
    'close-all-quotes-or-some'
    """
    text = _MARKUP.sub(lambda match: match[1] or "", heading).lower()
    return _STRANGE.sub("", text).strip().replace(" ", "-")


def _heading(report: Report, at: int) -> Iterator[Finding]:
    text = report.page.text
    anchor = ANCHOR.match(text, at)
    start = anchor.end() if anchor else at
    line_end = text.find("\n", start)
    pairs = report.pairs_between(start, len(text) if line_end < 0 else line_end)
    if not pairs or pairs[0].start != start:
        return
    if anchor is None:
        if not ANCHOR.search(text, pairs[0].target_start, pairs[0].target_end):
            yield report.at("page-anchor-absent", at, at, pairs[0], severity="warning")
        return
    if len(pairs) == 1 and text[pairs[0].source_start : pairs[0].source_end].lower().replace(" ", "-") == anchor[1]:
        return
    expected = slug(" ".join(text[pair.source_start : pair.source_end] for pair in pairs))
    # Rules about marks and blanks have changed over the years, and the second of two equal ones is numbered.
    if _letters(expected) not in (_letters(anchor[1]), _letters(_SUFFIX.sub("", anchor[1]))):
        start, end = anchor.span(1)
        yield report.at(
            "page-anchor-differs", start, end, pairs[0], severity="warning", found=anchor[1], expected=expected
        )


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


def _is_source(report: Report, offset: int) -> bool:
    pair = report.pair_over(offset)
    return pair is not None and offset >= pair.source_start
