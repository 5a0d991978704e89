"""A plain page and its English page become units, where both are built alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from oppi18n.docs import front
from oppi18n.docs.page import Page
from oppi18n.docs.segments import FIRST_NUMBER, Segment, segments
from oppi18n.docs.sentences import sentences
from oppi18n.docs.units import SOURCE_LOCALE
from oppi18n.units.slugs import slug
from oppi18n.units.unit import (
    DESCRIPTION,
    HEADING,
    MARKDOWN,
    MISSING,
    NOWHERE,
    PAGE,
    TEXT,
    TITLE,
    TRANSLATED,
    Place,
    Unit,
)

_NAMED: Final = (TITLE, DESCRIPTION)
_MOST: Final = 4_000_000
"""Comparisons of segments that are made at most; pages that would need more are paired as they come."""

Rows = Iterator[tuple[str, str]]


def source_units(english: Page, locale: str) -> Iterator[Unit]:
    """The units of an English page, to be translated.

    >>> from oppi18n.docs.scanner import scan
    >>> [(unit.id, unit.source, unit.state) for unit in source_units(scan(b"# Quotes\\n\\nClose one. Close all."), "sv")]
    [('101', 'Quotes', 'missing'), ('102', 'Close one.', 'missing'), ('103', 'Close all.', 'missing')]
    """
    return _units(english, english, [(segment, None) for segment in segments(english)], locale)


def aligned_units(page: Page, english: Page, *, locale: str = "") -> Iterator[Unit]:
    """The units of a plain page and its English page, from top to bottom.

    Where a passage has as many sentences in both, they are paired one by one, otherwise the passage is one unit.
    What the page does not have is missing.

    >>> from oppi18n.docs.scanner import scan
    >>> units = aligned_units(scan(b"# Offerter\\n"), scan(b"# Quotes\\n\\nAll.\\n"), locale="sv")
    >>> [(unit.source, unit.target, unit.state) for unit in units]
    [('Quotes', 'Offerter', 'translated'), ('All.', '', 'missing')]
    """
    found = locale or front.value(page, front.LOCALE) or ""
    return _units(page, english, list(_matched(segments(english), segments(page))), found)


def _units(page: Page, english: Page, pairs: Sequence[tuple[Segment, Segment | None]], locale: str) -> Iterator[Unit]:
    number = FIRST_NUMBER - 1
    section = ""
    for source, target in pairs:
        if source.kind == HEADING:
            section = slug(" ".join(source.texts))
        place = Place(page.path, *page.lines.place(target.start)) if target is not None else NOWHERE
        for text, translation in _rows(source, target):
            number += 1
            yield Unit(
                id=source.kind if source.kind in _NAMED else str(number),
                source=text,
                targets=(translation,),
                locale=locale,
                source_locale=SOURCE_LOCALE,
                context=section,
                place=place._replace(path=page.path),
                markup=TEXT if source.kind in _NAMED else MARKDOWN,
                blocks=source.blocks,
                origin=PAGE,
                state=TRANSLATED if translation else MISSING,
            )


def _rows(source: Segment, target: Segment | None) -> Rows:
    """Sources with their translations."""
    if target is None:
        return ((text, "") for text in source.texts)
    if len(source.texts) == len(target.texts):
        return zip(source.texts, target.texts, strict=True)
    whole = " ".join(target.texts)
    tight = sentences(whole, tight=True)
    if len(source.texts) == len(tight):
        return zip(source.texts, tight, strict=True)
    return iter([(" ".join(source.texts), whole)])


def _matched(english: Sequence[Segment], page: Sequence[Segment]) -> Iterator[tuple[Segment, Segment | None]]:
    """Each English segment with its counterpart: built alike and leading to the same places, else merely built alike."""
    for is_same, ours, theirs in _stretches(english, page, exact=True):
        if is_same:
            yield from zip(ours, theirs, strict=True)
            continue
        for is_alike, old, new in _stretches(ours, theirs, exact=False):
            yield from zip(old, new, strict=True) if is_alike else ((each, None) for each in old)


def _stretches(
    english: Sequence[Segment], page: Sequence[Segment], *, exact: bool
) -> Iterator[tuple[bool, Sequence[Segment], Sequence[Segment]]]:
    """Stretches of both sequences, and whether they are the same in kind."""
    if len(english) * len(page) > _MOST:
        is_alike = [_signature(each, exact=exact) for each in english] == [
            _signature(each, exact=exact) for each in page
        ]
        yield is_alike, english, page
        return
    ours, theirs = ([_signature(each, exact=exact) for each in side] for side in (english, page))
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        yield kind == "equal", english[a:b], page[c:d]


def _signature(segment: Segment, *, exact: bool) -> tuple[str, ...]:
    kinds = tuple(block.kind for block in segment.blocks)
    return (*kinds, segment.blocks[-1].detail, *(segment.addresses if exact else ()))
