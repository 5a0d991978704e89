"""The entries of a catalog are units, and translated units find their entries again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2s
from typing import Final

from oppi18n.i18n.entries import FUZZY, Catalog, Entry
from oppi18n.i18n.entries import NEEDS_REVIEW as REVIEW_COMMENT
from oppi18n.i18n.locales import SOURCE
from oppi18n.i18n.topics import is_topic
from oppi18n.units.unit import (
    CATALOG,
    MARKDOWN,
    MISSING,
    NEEDS_REVIEW,
    OBSOLETE,
    PROPOSED,
    TEMPLATE,
    TEXT,
    TRANSLATED,
    Place,
    Unit,
)

_BRACES: Final = "python-brace-format"


def units_of(catalog: Catalog, source_locale: str = SOURCE) -> Iterator[Unit]:
    """The units of a catalog, in its order.

    >>> catalog = Catalog(locale="ko", entries=(Entry(context="p/cli", msgid="OK", translations=("확인",)),))
    >>> [(unit.source, unit.target, unit.context, unit.state) for unit in units_of(catalog)]
    [('OK', '확인', 'p/cli', 'translated')]
    """
    for entry in catalog.entries:
        yield Unit(
            id=id_of(entry),
            source=entry.msgid,
            plural=entry.msgid_plural,
            targets=entry.translations,
            locale=catalog.locale,
            source_locale=source_locale,
            context=entry.context or "",
            notes=entry.extracted,
            comments=entry.comments,
            place=Place(catalog.path, entry.line, 1 if entry.line else 0),
            source_places=entry.references,
            markup=_markup(entry),
            origin=CATALOG,
            state=state_of(entry),
            previous=_previous(entry),
        )


def _markup(entry: Entry) -> str:
    if is_topic(entry.context or ""):
        return MARKDOWN
    return TEMPLATE if _BRACES in entry.flags else TEXT


def id_of(entry: Entry) -> str:
    """The id of an entry's unit: it follows from context and message alone, in every locale the same.

    >>> id_of(Entry(msgid="OK")) == id_of(Entry(context="p/cli", msgid="OK"))
    False
    """
    context = "" if entry.context is None else f"{entry.context}\x04"
    return blake2s((context + entry.msgid).encode(errors="surrogatepass"), digest_size=6).hexdigest()


def state_of(entry: Entry) -> str:
    """How far an entry's translation is."""
    if entry.obsolete:
        return OBSOLETE
    if entry.is_fuzzy:
        return PROPOSED
    if not all(entry.translations):
        return MISSING
    return NEEDS_REVIEW if entry.needs_review else TRANSLATED


def _previous(entry: Entry) -> tuple[str, ...]:
    old = entry.previous
    if old is None or not old.msgid:
        return ()
    return (old.msgid,) if old.msgid_plural is None else (old.msgid, old.msgid_plural)


def with_translations(catalog: Catalog, units: Iterable[Unit]) -> Catalog:
    """The catalog with the translations of these units; an entry without a unit among them stays as it is.

    >>> catalog = Catalog(locale="ko", entries=(Entry(msgid="OK"),))
    >>> [unit] = units_of(catalog)
    >>> with_translations(catalog, [replace(unit, targets=("확인",), state="translated")]).entries[0].translations
    ('확인',)
    """
    translated = {unit.id: unit for unit in units}
    entries = tuple(_translated(entry, translated.get(id_of(entry))) for entry in catalog.entries)
    return replace(catalog, entries=entries)


def _translated(entry: Entry, unit: Unit | None) -> Entry:
    if unit is None or (unit.targets == entry.translations and unit.state == state_of(entry)):
        return entry
    flags = tuple(flag for flag in entry.flags if flag != FUZZY)
    comments = unit.comments
    if unit.state != NEEDS_REVIEW:
        comments = tuple(each for each in comments if not each.startswith(REVIEW_COMMENT))
    elif not any(each.startswith(REVIEW_COMMENT) for each in comments):
        comments = (REVIEW_COMMENT, *comments)
    return replace(
        entry,
        translations=unit.targets,
        flags=(FUZZY, *flags) if unit.state == PROPOSED else flags,
        comments=comments,
        previous=entry.previous if unit.state == PROPOSED else None,
    )
