"""Anchors stay the same in every language: they follow from the English headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.docs.findings import Finding, Report
from oppi18n.docs.page import ANCHOR
from oppi18n.units.slugs import is_slug, slug

_HEADING: Final = re.compile(r"^[ \t>]*#{1,6}[ \t]+", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(#([^()\s]+)\)")


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
    heading = " ".join(text[pair.source_start : pair.source_end] for pair in pairs)
    if not is_slug(anchor[1], heading):
        start, end = anchor.span(1)
        yield report.at(
            "page-anchor-differs", start, end, pairs[0], severity="warning", found=anchor[1], expected=slug(heading)
        )


def _is_source(report: Report, offset: int) -> bool:
    pair = report.pair_over(offset)
    return pair is not None and offset >= pair.source_start
