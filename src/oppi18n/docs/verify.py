"""Does a page parse, do its pairs pair up, does it keep its anchors: everything that is not as it should be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from oppi18n.diagnostics import Hint
from oppi18n.docs import front
from oppi18n.docs.anchors import anchors
from oppi18n.docs.findings import Finding, Report
from oppi18n.docs.folders import locale_in
from oppi18n.docs.page import Page, Pair
from oppi18n.docs.repair import edits_of
from oppi18n.i18n import locales

REPAIR: Final = Hint("page-repair")
_MARK: Final = re.compile(r"[0-9a-f]+-p?[0-9]+\Z")
_HASH: Final = re.compile(r"[0-9a-f]{40}\Z")
_FENCE: Final = re.compile(r"^[ \t>]*(`{3,}(?=[^`\n]*$)|~{3,})([^\n]*)$", re.MULTILINE)
_FENCES: Final = ("```", "~~~")
_INCLUDES: Final = frozenset({"include", "includes", "_includes"})


def verify(page: Page) -> list[Finding]:
    """Everything wrong with a page, from top to bottom; of a page without pairs, only what no text may hold.

    >>> from oppi18n.docs.scanner import scan
    >>> page = scan(b'<span data-ttu-id="a1-103">Offert</span>', "includes/sv.md")
    >>> print(*(each.diagnostic for each in verify(page)), sep="\\n")
    includes/sv.md:1:1: error[page-target-alone] the translation a1-103 has no source
    """
    if not page.is_bilingual:
        return [Finding(each) for each in page.damage]
    report = Report(page)
    found = (*_damage(report), *_front(report), *_marks(report), *_texts(report), *_fences(report), *anchors(report))
    return sorted(found, key=lambda each: (each.diagnostic.span, each.diagnostic.code))


def _damage(report: Report) -> Iterator[Finding]:
    """What the scanner met, with a word on what can be mended."""
    edits = tuple(edits_of(report.page))
    mended = {edit.code for edit in edits}
    pairs = {pair.mark: pair for pair in reversed(report.page.pairs)}
    for damage in report.page.damage:
        hint = REPAIR if damage.code in mended else damage.hint
        yield Finding(replace(damage, hint=hint), pairs.get(str(damage.params.get("mark"))))
    for edit in edits:
        if edit.code == "page-prefix-lost":
            prefix = edit.text.strip()
            yield report.at(edit.code, edit.start, edit.start, severity="warning", hint=REPAIR, prefix=prefix)


def _front(report: Report) -> Iterator[Finding]:
    page = report.page
    if page.front is None:
        if not front.begins(page.text) and not _INCLUDES.intersection(page.path.replace("\\", "/").split("/")):
            yield report.at("page-front-absent", 0, 0, severity="warning")
        return
    seen: set[str] = set()
    for field in page.front.fields:
        if field.name in seen:
            yield report.at("page-front-twice", field.begin, field.end, name=field.name)
        elif field.name in (front.TITLE, front.DESCRIPTION, *front.TRANSLATION_FIELDS):
            yield from _value(report, field.name, field.start, field.end)
        seen.add(field.name)
    for name in (front.LOCALE, front.HASH):
        if name not in seen:
            yield report.at("page-front-field", page.front.start, page.front.start + 3, severity="warning", name=name)


def _value(report: Report, name: str, start: int, end: int) -> Iterator[Finding]:
    """What is wrong with a value of the front matter."""
    value = front.read(report.page.text[start:end])
    if value is None:
        yield report.at("page-front-value", start, end, severity="warning", name=name)
    elif name == front.HASH and not _HASH.match(value):
        yield report.at("page-hash", start, end, found=value)
    elif name == front.LOCALE:
        expected = locale_in(report.page.path)
        if locales.canonical(value) is None:
            yield report.at("page-locale-unknown", start, end, found=value)
        elif expected is not None and locales.canonical(value) != expected:
            yield report.at("page-locale", start, end, found=value, expected=expected)


def _marks(report: Report) -> Iterator[Finding]:
    pairs = report.page.pairs
    if _are_plain(pairs):
        return
    counted = Counter(pair.fingerprint for pair in pairs)
    usual = max(counted, key=lambda each: counted[each], default="")
    first: dict[str, Pair] = {}
    for pair in pairs:
        if not _MARK.match(pair.mark):
            yield report.about(pair, "page-mark-form")
        elif pair.fingerprint != usual:
            yield report.about(pair, "page-fingerprint", expected=usual)
        before = first.setdefault(pair.mark, pair)
        if before is not pair:
            related = report.span(before.start, before.target_start)
            yield report.about(pair, "page-mark-twice", severity="error", related=related)
    for before, pair in pairwise(pairs):
        if before.rank is not None and pair.rank is not None and before.rank > pair.rank:
            yield report.about(pair, "page-mark-order", previous=before.mark)


def _are_plain(pairs: Sequence[Pair]) -> bool:
    """Whether nothing about the marks needs a second look: one fingerprint, numbers that rise."""
    usual = pairs[0].mark.partition("-")[0] + "-" if pairs and _MARK.match(pairs[0].mark) else ""
    ranks = [pair.rank or 0 for pair in pairs if pair.mark.startswith(usual)]
    return bool(usual) and len(ranks) == len(pairs) and all(before < after for before, after in pairwise((0, *ranks)))


def _texts(report: Report) -> Iterator[Finding]:
    text = report.page.text
    for pair in report.page.pairs:
        if pair.target_end == pair.target_start or text[pair.target_start : pair.target_end].isspace():
            yield report.about(pair, "page-target-empty", severity="error")
        if pair.source_end == pair.source_start or text[pair.source_start : pair.source_end].isspace():
            yield report.about(pair, "page-source-empty")
    crlf = text.count("\r\n")
    if crlf and crlf != text.count("\n"):
        at = text.index("\r\n")
        yield report.at("page-line-ends", at, at + 1, severity="warning")


def _fences(report: Report) -> Iterator[Finding]:
    """Code without an end, and pairs inside code."""
    page = report.page
    if not any(sign in page.text for sign in _FENCES):
        return
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(page.text, page.body):
        if report.pair_over(match.start(1)) is not None:
            continue
        if opened is None:
            opened = match
        elif match[1].startswith(opened[1]) and not match[2].strip():
            yield from _in_code(report, opened.end(), match.start())
            opened = None
    if opened is not None:
        yield report.at("page-fence-open", *opened.span(1), severity="warning")
        yield from _in_code(report, opened.end(), len(page.text))


def _in_code(report: Report, start: int, end: int) -> Iterator[Finding]:
    """The first pair in a stretch of code stands for all of them."""
    for pair in report.pairs_between(start, end)[:1]:
        yield report.about(pair, "page-pair-in-code")
