"""A bilingual page is written from an English page and its translations."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha1
from typing import Final

from oppi18n.docs import front
from oppi18n.docs.images import escaped
from oppi18n.docs.originals import hash_of
from oppi18n.docs.page import ESCAPE, Page
from oppi18n.docs.repair import Edit, edited
from oppi18n.docs.scanner import scan
from oppi18n.docs.segments import FIRST_NUMBER, Segment, segments
from oppi18n.docs.translate import keeps_bounds, problem_of
from oppi18n.units.slugs import slug
from oppi18n.units.unit import ALT, DESCRIPTION, HEADING, NEEDS_REVIEW, TITLE, Unit

_HUMAN, _MACHINE = "HT", "MT"
_DIGITS: Final = 5


def bilingual(english: Page, units: Iterable[Unit], locale: str, *, fields: Mapping[str, str] | None = None) -> Page:
    """The bilingual page of an English page in which these units are translated; what is not, stays English.

    `fields` are added to the front matter, such as `ms.lasthandoff`; the hash of the English file, the locale and
    whether the translation wants a reader are always there.
    Raises InputError for a translation that no page can hold: `translation-character`, `translation-line-end`,
    `translation-structure`.

    >>> from dataclasses import replace
    >>> from oppi18n.docs.align import source_units
    >>> english = scan(b"# All quotes")
    >>> [unit] = source_units(english, "sv-SE")
    >>> page = bilingual(english, [replace(unit, targets=("Alla offerter",), state="translated")], "sv-SE")
    >>> page.text[page.body:].partition("<span")[0], page.target(page.pairs[0]), page.source(page.pairs[0])
    ('# <a name="all-quotes"></a>', 'Alla offerter', 'All quotes')
    """
    return _Writing(english, units, locale).page(fields or {})


class _Writing:
    """One page being written."""

    def __init__(self, english: Page, units: Iterable[Unit], locale: str) -> None:
        self.english = english
        self.locale = locale
        self.named: dict[str, Unit] = {}
        self.waiting: dict[tuple[bool, str], deque[Unit]] = defaultdict(deque)
        self.kind = _HUMAN
        self.number = FIRST_NUMBER - 1
        version = f"{locale}\0{english.path}\0{english.text}".encode(errors=ESCAPE)
        self.fingerprint = sha1(version, usedforsecurity=False).hexdigest()[:_DIGITS]
        for unit in units:
            self._take(unit)

    def page(self, fields: Mapping[str, str]) -> Page:
        """The page that was written."""
        edits = [edit for segment in segments(self.english) for edit in self._segment(segment)]
        text = edited(self.english.text, (self._front(fields), *edits))
        return scan(text.encode(errors=ESCAPE), self.english.path)

    def _take(self, unit: Unit) -> None:
        if not unit.is_translated:
            return
        if unit.state == NEEDS_REVIEW:
            self.kind = _MACHINE
        if unit.id in (TITLE, DESCRIPTION):
            self.named[unit.id] = unit
        else:
            self.waiting[unit.is_in(ALT), unit.source or ""].append(unit)

    def _front(self, fields: Mapping[str, str]) -> Edit:
        """The fields that a translated page has, at the end of its front matter."""
        found = {front.HASH: hash_of(self.english.content), front.KIND: self.kind, front.LOCALE: self.locale, **fields}
        ending = "\r\n" if "\r\n" in self.english.text else "\n"
        lines = "".join(f"{name}: {front.written(value, value)}{ending}" for name, value in found.items())
        if self.english.front is not None:
            return Edit("", self.english.front.close, self.english.front.close, lines)
        return Edit("", self.english.body, self.english.body, f"---{ending}{lines}---{ending}")

    def _segment(self, segment: Segment) -> Iterator[Edit]:
        if segment.kind in (TITLE, DESCRIPTION):
            self.number += 1
            unit = self.named.get(segment.kind)
            if unit is not None:
                self._check(unit, is_pair=False)
                old = self.english.text[segment.start : segment.end]
                yield Edit("", segment.start, segment.end, front.written(unit.target, old))
        elif segment.image is not None:
            self.number += 1
            unit = self._next(segment.texts[0], is_alt=True)
            if unit is not None:
                self._check(unit, is_pair=False)
                yield Edit("", segment.start, segment.end, escaped(unit.target, segment.image.syntax))
        else:
            yield from self._passage(segment)

    def _passage(self, segment: Segment) -> Iterator[Edit]:
        """The pairs of a passage, with an anchor in front of those of a heading."""
        whole = " ".join(segment.texts)
        texts = (whole,) if self.waiting[False, whole] else segment.texts
        units = [self._next(text, is_alt=False) for text in texts]
        pieces = [self._piece(text, unit) for text, unit in zip(texts, units, strict=True)]
        if any(units):
            has_anchor = self.english.text[: segment.start].endswith("</a>")
            anchor = f'<a name="{slug(whole)}"></a>' if segment.kind == HEADING and not has_anchor else ""
            yield Edit("", segment.start, segment.end, anchor + " ".join(pieces))

    def _piece(self, source: str, unit: Unit | None) -> str:
        self.number += 1
        if unit is None or not keeps_bounds(source):
            return source
        self._check(unit, is_pair=True)
        mark = f"{self.fingerprint}-{self.number}"
        lookup = f'<span class="sxs-lookup"><span data-stu-id="{mark}">{source}</span></span>'
        return f'<span data-ttu-id="{mark}">{unit.target}</span>{lookup}'

    def _next(self, source: str, *, is_alt: bool) -> Unit | None:
        waiting = self.waiting.get((is_alt, source))
        return waiting.popleft() if waiting else None

    def _check(self, unit: Unit, *, is_pair: bool) -> None:
        error = problem_of(unit, self.english.path, unit.source or "", is_pair=is_pair)
        if error is not None:
            raise error
