"""The checks of translations on pages, all languages of a page at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.checks import run
from oppi18n.checks.background import Background, labels_of
from oppi18n.checks.finding import Finding
from oppi18n.diagnostics import Span
from oppi18n.docs import front
from oppi18n.docs.changes import ADDED, AROUND, changes
from oppi18n.docs.folders import PageFile, locale_in, parts_of
from oppi18n.docs.originals import Original, hash_of
from oppi18n.docs.page import Page
from oppi18n.docs.units import Slot, slots
from oppi18n.i18n import catalogs, glossary, locales, po_reader
from oppi18n.packs import Pack
from oppi18n.units.unit import Unit

ENGLISH: Final = "en"
_INFIX: Final = re.compile(r"\.[a-z]{2,3}(?:[-_][a-z]{4})?[-_][a-z]{2}(?=\.md\Z)", re.IGNORECASE)


class Located(NamedTuple):
    """A finding, and where it stands in its page."""

    finding: Finding
    span: Span


class Linted(NamedTuple):
    """What was found in the pages of a group, and how many texts were looked at."""

    findings: tuple[Located, ...]
    units: int


def background_of(packs: Iterable[Pack]) -> Background:
    """What the checks are to know: the glossary of ours and of some packs, and what their catalogs call labels.

    >>> ours = background_of([])
    >>> ours.glossary["quote"].words["ko"].text, sorted(ours.labels["sv"]["Close opportunity"])
    ('견적', ['Stäng affärsmöjlighet'])
    """
    everything = tuple(dict.fromkeys((packing.shipped(), *packs)))
    found = []
    for pack in everything:
        for locale in catalogs.locales_of(pack):
            path = catalogs.relative_path(locale)
            found.append(po_reader.parse_bytes(packing.read_bytes(pack, path), packing.path_of(pack, path), locale))
    return Background(glossary=glossary.of_packs(everything), labels=labels_of(found))


def page_of(path: str) -> str:
    """What the translations of a page have in common: its path without the parts that name a locale.

    >>> page_of("docs/ko-KR/quotes/close.md"), page_of("seeds/close.zh-HK.md"), page_of("seeds/close.en-US.md")
    ('docs/quotes/close.md', 'seeds/close.md', 'seeds/close.md')
    """
    *folders, name = parts_of(path) or [path]
    return "/".join([*(each for each in folders if locale_in(each) is None), _INFIX.sub("", name)])


def groups(files: Iterable[PageFile]) -> Iterator[tuple[PageFile, ...]]:
    """The files in groups: all languages of a page, in the order of their paths."""
    ordered = sorted(files, key=lambda each: (page_of(each.path), each.path))
    yield from (tuple(group) for _, group in groupby(ordered, key=lambda each: page_of(each.path)))


def is_english(page: Page) -> bool:
    """Whether a page is an English one, and no translation."""
    named = locale_in(page.path) or front.value(page, front.LOCALE) or ENGLISH
    return not page.is_bilingual and locales.canonical(named) in (ENGLISH, "en-US")


def lint(pages: Iterable[tuple[Page, Original | None]], background: Background) -> Linted:
    """What the checks find in the translations of one page, each with its English page where that is at hand.

    With the English page, titles, descriptions and texts of images have a source, and texts that are behind it are told.

    >>> from oppi18n.docs.scanner import scan
    >>> source = '<span class="sxs-lookup"><span data-stu-id="a-103">Close the opportunity.</span></span>'
    >>> pair = f'<span data-ttu-id="a-103">Stäng möjligheten.</span>{source}'
    >>> page = scan(f"---\\nms.contentlocale: sv-SE\\n---\\n{pair}\\n".encode(), "sv.md")
    >>> [(str(each.span), each.finding.check) for each in lint([(page, None)], background_of([])).findings]
    [('sv.md:4:33', 'forbidden-term')]
    """
    places: dict[tuple[str, str], tuple[Page, Slot]] = {}
    behind: dict[tuple[str, str], str] = {}
    for page, original in pages:
        english = original.page if original is not None else None
        for slot in slots(page, english):
            places[slot.unit.key] = page, slot
        if original is not None:
            behind.update(_behind(page, original))
    # An included file has no front matter, and its folder names its language.
    units = [_localized(slot.unit) for _, slot in places.values()]
    found = run(units, replace(background, changed=behind))
    return Linted(tuple(Located(each, _span(each, *places[each.unit.key])) for each in found), len(units))


def _localized(unit: Unit) -> Unit:
    return unit if unit.locale else replace(unit, locale=locale_in(unit.place.path) or "")


def _behind(page: Page, original: Original) -> Iterator[tuple[tuple[str, str], str]]:
    """The texts that the English page has otherwise; a page that names the file as it is need not be compared."""
    if not page.is_bilingual or front.value(page, front.HASH) == hash_of(original.content):
        return
    for change in changes(page, original.page):
        if change.unit and change.kind not in (ADDED, AROUND):
            yield (page.path, change.unit), change.new


def _span(finding: Finding, page: Page, slot: Slot) -> Span:
    start, end = slot.start, slot.end
    text = finding.unit.targets[finding.form]
    at = next((at for at in (start, start + 1) if page.text.startswith(text, at)), None)
    # A value of the front matter that is written with escapes has no places of its own.
    if not finding.in_source and finding.start is not None and finding.end is not None and at is not None:
        start, end = at + finding.start, at + finding.end
    return page.lines.span(page.path, start, end)


def texts_of(pages: Sequence[Page], findings: Iterable[Located]) -> dict[str, str]:
    """The texts of those pages that something was found in."""
    wanted = {each.span.path for each in findings}
    return {page.path: page.text for page in pages if page.path in wanted}
