"""The sentences of pages, each once, with what it is in every language that there is a page in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from oppi18n.docs.align import source_units
from oppi18n.docs.folders import PageFile, locale_in
from oppi18n.docs.page import Page
from oppi18n.docs.units import units_of
from oppi18n.i18n import locales
from oppi18n.memory.texts import normal
from oppi18n.units.unit import ALT, DESCRIPTION, HEADING, TITLE, Place, Unit

_INFIX: Final = re.compile(r"\.[a-z]{2,3}(?:[-_][a-z]{4})?(?:[-_][a-z]{2})?\Z", re.IGNORECASE)
_NO_SENTENCES: Final = (TITLE, DESCRIPTION, ALT)


class Version(NamedTuple):
    """A sentence in one language."""

    locale: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a help page: the document and the numbers that it goes by there, and its translations."""

    document: str
    numbers: tuple[str, ...]
    text: str
    place: Place
    is_heading: bool
    versions: tuple[Version, ...]

    @property
    def reference(self) -> str:
        """How rules name it as their source."""
        return f"{self.document}#{self.numbers[0]}"

    def version(self, locale: str) -> Version | None:
        """The sentence in a language, region or not."""
        return next((each for each in self.versions if locales.negotiate([each.locale], [locale])), None)


def document_of(path: str) -> str:
    """The name that a document has in all languages.

    >>> document_of("docs/ko-KR/close-opportunity.md"), document_of("close-opportunity.sv-SE.md")
    ('close-opportunity', 'close-opportunity')
    """
    name = path.replace("\\", "/").rpartition("/")[2].removesuffix(".md")
    return _INFIX.sub("", name)


def sentences_of(pages: Iterable[tuple[PageFile, Page]]) -> tuple[Sentence, ...]:
    """The sentences of bilingual pages and of English ones, in the order in which they come.

    What reads the same in one document is one sentence, however it is marked up.
    """
    found: dict[tuple[str, str], list[Unit]] = {}
    for file, page in pages:
        document = document_of(file.path)
        for unit in _units(file, page):
            if unit.source and unit.source.strip() and not any(map(unit.is_in, _NO_SENTENCES)):
                found.setdefault((document, normal(unit.source)), []).append(unit)
    return tuple(_sentence(document, units) for (document, _), units in found.items())


def _units(file: PageFile, page: Page) -> Iterator[Unit]:
    """The units of a page; those of an English page are numbered as their translations are."""
    if page.is_bilingual:
        yield from units_of(page)
    elif (locale_in(file.path) or locales.SOURCE).partition("-")[0] == locales.SOURCE:
        yield from source_units(page, locales.SOURCE)


def _sentence(document: str, units: list[Unit]) -> Sentence:
    english = next((unit for unit in units if unit.locale == locales.SOURCE), units[0])
    versions: dict[str, Version] = {}
    for unit in units:
        if unit.target and unit.locale:
            versions.setdefault(unit.locale, Version(unit.locale, unit.target, unit.place))
    # Marks are what rules name; the numbers of an English page are counted, and count where there are no marks.
    marked = [unit for unit in units if unit.locale != locales.SOURCE]
    return Sentence(
        document=document,
        numbers=tuple(dict.fromkeys(unit.id for unit in marked or units)),
        text=english.source or "",
        place=next((unit.place for unit in units if unit.place.line), english.place),
        is_heading=english.is_in(HEADING),
        versions=tuple(versions[locale] for locale in sorted(versions)),
    )
