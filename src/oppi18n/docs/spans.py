"""Pairs are found by counting how deep the spans lie, for neither HTML nor Markdown parsers read them right."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from oppi18n.diagnostics import Diagnostic, Hint
from oppi18n.docs.page import Lines, Pair

OPEN, LOOKUP, HALF, OTHER, CLOSE = "open", "lookup", "half", "other", "close"
"""A target begins, a source begins, one of a source's two tags stands alone, some other span, an end."""

MANGLED: Final = "&quot;"

# Possessive throughout: a page without an end is read once, not once for every beginning in it.
_INSIDE: Final = r"([^<]*+(?:<(?!/?span(?![\w-]))[^<]*+)*+)"
_CLEAN: Final = re.compile(
    rf'<span data-ttu-id="([^"<>]*+)">{_INSIDE}</span>'
    rf'<span class="sxs-lookup"><span data-stu-id="\1">{_INSIDE}</span></span>'
)
_Q: Final = r'(?:"|&quot;)'
_MARK: Final = r'((?:(?!&quot;)[^"<>])*+)'
_TAG: Final = re.compile(
    rf"<span\s+data-ttu-id={_Q}(?P<target>{_MARK}){_Q}\s*>"
    rf"|<span\s+class={_Q}sxs-lookup{_Q}\s*>(?:<span\s+data-stu-id={_Q}(?P<source>{_MARK}){_Q}\s*>)?"
    rf"|<span\s+data-stu-id={_Q}{_MARK}{_Q}\s*>"
    r"|<span(?![\w-])(?:[^<>/]|/(?!>))*+>"
    r"|</span\s*>"
)

_DEPTH: Final = {OPEN: 1, LOOKUP: 2, HALF: 1, OTHER: 1, CLOSE: -1}
_SEVERITIES: Final = {"page-span-stray": "warning", "page-span-unbalanced": "warning"}
_BLANK: Final = re.compile(r"\n[ \t>]*+\r?\n")
_LINE_END: Final = re.compile(r"\r?\n")


class Tag(NamedTuple):
    """A tag of a span; the two that open a source count as one."""

    kind: str
    start: int
    end: int
    mark: str = ""
    mangled: bool = False


class Found(NamedTuple):
    """The pairs of a text and what is wrong with its spans."""

    pairs: tuple[Pair, ...]
    damage: tuple[Diagnostic, ...]


def find_pairs(text: str, start: int, path: str, lines: Lines) -> Found:
    """The pairs from `start` on. What is no pair stays where it is, and is reported."""
    pairs = []
    at = start
    for match in _CLEAN.finditer(text, start):
        if text.find("span", at, match.start()) >= 0:
            break
        pairs.append(Pair(match[1], match.start(), *match.span(2), *match.span(3), match.end()))
        at = match.end()
    if text.find("span", at) < 0:
        return Found(tuple(pairs), ())
    # Something here is out of the ordinary, so every tag is looked at.
    return _Matching(text, path, lines, tuple(_tags(text, start))).found()


def _tags(text: str, start: int) -> Iterator[Tag]:
    for match in _TAG.finditer(text, start):
        tag = match[0]
        if tag.startswith("</"):
            yield Tag(CLOSE, match.start(), match.end())
            continue
        target, source = match["target"], match["source"]
        if target is not None:
            kind = OPEN
        elif source is not None:
            kind = LOOKUP
        else:
            kind = HALF if "data-stu-id" in tag or "sxs-lookup" in tag else OTHER
        yield Tag(kind, match.start(), match.end(), target or source or "", MANGLED in tag and kind != OTHER)


class _Matching:
    """Which tags belong together. Every step looks at a tag a bounded number of times, whatever the text is."""

    def __init__(self, text: str, path: str, lines: Lines, tags: Sequence[Tag]) -> None:
        self.text = text
        self.path = path
        self.lines = lines
        self.tags = tags
        self.damage: list[Diagnostic] = []
        self.depths = [0, *accumulate(_DEPTH[tag.kind] for tag in tags)]
        self.opens = [0, *accumulate(tag.kind == OPEN for tag in tags)]
        self.blanks = [match.start() for match in _BLANK.finditer(text)]
        self.partners = dict(self._partners())
        self.sources = frozenset(self.partners.values())

    def found(self) -> Found:
        """The pairs, from left to right; the tags that are left over are named one by one."""
        pairs: list[Pair] = []
        number = depth = 0
        while number < len(self.tags):
            tag = self.tags[number]
            lookup = self._lookup(number) if tag.kind == OPEN else None
            if lookup is not None:
                pair, last = self._pair(number, lookup)
                pairs.append(pair)
                number = last + 1
                continue
            if tag.kind == OPEN:
                self._report("page-target-alone", tag, mark=tag.mark)
            elif tag.kind in (LOOKUP, HALF):
                self._report("page-source-alone", tag)
            elif tag.kind == CLOSE and depth == 0:
                self._report("page-span-stray", tag)
            depth = max(0, depth + _DEPTH[tag.kind])
            number += 1
        self._report_mangled()
        return Found(tuple(pairs), tuple(self.damage))

    def _partners(self) -> Iterator[tuple[int, int]]:
        """The source of each target: the next one with its mark, unless another target of that mark is nearer."""
        waiting: dict[str, int] = {}
        for number, tag in enumerate(self.tags):
            if tag.kind == OPEN:
                waiting[tag.mark] = number
            elif tag.kind == LOOKUP and tag.mark in waiting:
                yield waiting.pop(tag.mark), number

    def _lookup(self, number: int) -> int | None:
        """The number of the tag that begins the source of a target."""
        partner = self.partners.get(number)
        if partner is not None:
            # Across paragraphs, the pairs between are surely whole, and this one surely is not.
            tag, has_pairs = self.tags[number], self.opens[partner] > self.opens[number + 1]
            apart = has_pairs and self._paragraph_end(tag.end) < self.tags[partner].start
            return None if apart else partner
        # A source with another mark is taken where it stands right behind the target and nobody else claims it.
        depth, each = 1, number
        while depth and each + 1 < len(self.tags) and self.tags[each + 1].kind in (OTHER, CLOSE):
            each += 1
            depth += _DEPTH[self.tags[each].kind]
        after = each + 1
        if depth or not self._is_adjacent(each) or self.tags[after].kind != LOOKUP or after in self.sources:
            return None
        self._report("page-marks-differ", self.tags[after], mark=self.tags[after].mark, expected=self.tags[number].mark)
        return after

    def _pair(self, number: int, lookup: int) -> tuple[Pair, int]:
        """The pair of a target and a source, and the number of its last tag."""
        tag, before = self.tags[number], self.tags[lookup - 1]
        closed = lookup - 1 > number and before.kind == CLOSE and self._is_adjacent(lookup - 1)
        if not closed or self.depths[lookup - 1] != self.depths[number + 1]:
            self._report("page-span-unbalanced", tag, mark=tag.mark)
        if self.opens[lookup] > self.opens[number + 1]:
            self._report("page-pair-nested", tag, mark=tag.mark)
        target_end = before.start if closed else self.tags[lookup].start
        source_end, end, last = self._source(lookup)
        source_start = self.tags[lookup].end
        return Pair(tag.mark, tag.start, tag.end, target_end, source_start, source_end, end), last

    def _source(self, lookup: int) -> tuple[int, int, int]:
        """Where a source ends, where its pair ends, and the number of the last tag of that."""
        depth, each, balanced = 2, lookup, None
        while balanced is None and each + 1 < len(self.tags) and self.tags[each + 1].kind in (OTHER, CLOSE):
            each += 1
            depth += _DEPTH[self.tags[each].kind]
            balanced = each if depth == 1 and self._is_double(each) else None
        if balanced is None or self.tags[balanced].start > self._paragraph_end(self.tags[lookup].end):
            return self._torn_source(lookup, each, balanced)
        return self.tags[balanced].start, self.tags[balanced + 1].end, balanced + 1

    def _torn_source(self, lookup: int, last: int, balanced: int | None) -> tuple[int, int, int]:
        """Where a source ends most likely whose spans do not add up in its paragraph: at the last two ends there."""
        tag = self.tags[lookup]
        limit = self._paragraph_end(tag.end)
        ends = [each for each in range(lookup + 1, last + 1) if self.tags[each].kind == CLOSE]
        ends = [each for each in ends if self.tags[each].start < limit]
        double = next((each for each in reversed(ends) if self._is_double(each)), None)
        if double is not None:
            self._report("page-span-unbalanced", tag, mark=tag.mark)
        elif not ends:
            double = balanced
        if double is not None:
            return self.tags[double].start, self.tags[double + 1].end, double + 1
        self._report("page-source-open", tag, mark=tag.mark)
        if ends:
            return self.tags[ends[0]].start, self.tags[ends[0]].end, ends[0]
        after = self.tags[lookup + 1].start if lookup + 1 < len(self.tags) else len(self.text)
        found = _LINE_END.search(self.text, tag.end, after)
        end = found.start() if found else after
        return end, end, lookup

    def _is_double(self, number: int) -> bool:
        """Whether two ends follow each other at once."""
        is_end = self.tags[number].kind == CLOSE
        return is_end and self._is_adjacent(number) and self.tags[number + 1].kind == CLOSE

    def _is_adjacent(self, number: int) -> bool:
        """Whether a tag is followed by the next one at once."""
        return number + 1 < len(self.tags) and self.tags[number].end == self.tags[number + 1].start

    def _paragraph_end(self, offset: int) -> int:
        found = bisect_left(self.blanks, offset)
        return self.blanks[found] if found < len(self.blanks) else len(self.text)

    def _report_mangled(self) -> None:
        """One word for every run of tags with mangled quotation marks."""
        run: list[Tag] = []
        for tag in (*self.tags, Tag(OPEN, 0, 0)):
            if tag.mangled:
                run.append(tag)
            elif run and tag.kind in (OPEN, LOOKUP):
                self._report("page-quotes-mangled", run[0], hint=Hint("page-repair"), count=len(run))
                run = []

    def _report(self, code: str, tag: Tag, *, hint: Hint | None = None, **params: object) -> None:
        span = self.lines.span(self.path, tag.start, tag.end)
        self.damage.append(Diagnostic(code, span, params, hint, _SEVERITIES.get(code, "error")))
