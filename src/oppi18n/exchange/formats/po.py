"""PO, for tools that speak gettext; the context of each entry says which text of which file it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.rows import (
    COMMENT,
    CONTEXT,
    MARKUP,
    PLURAL,
    PREVIOUS,
    PREVIOUS_PLURAL,
    REFERENCE,
    SINGULAR,
    Row,
    built,
    from_lines,
    note_lines,
    notes_of,
    token,
    untoken,
)
from oppi18n.i18n import po_reader, po_writer
from oppi18n.i18n.entries import FUZZY, Catalog, Entry, Previous
from oppi18n.i18n.entries import NEEDS_REVIEW as REVIEW_COMMENT
from oppi18n.units.catalogs import id_of, state_of
from oppi18n.units.unit import NEEDS_REVIEW, OBSOLETE, PROPOSED, TEMPLATE, Unit

NAME: Final = "po"
ENDINGS: Final = (".po",)

_SOURCE: Final = "X-Source-Language"
_BRACES: Final = "python-brace-format"
_APART: Final = "#"
_MARK: Final = f"{MARKUP}: "
_OWN_PLACE: Final = frozenset({COMMENT, MARKUP, REFERENCE, SINGULAR, PLURAL, PREVIOUS, PREVIOUS_PLURAL})
"""What an entry has a place of its own for."""


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these."""
    return content.startswith(b"msgid ") or b"\nmsgid " in content[:65536]


def write(bundle: Bundle) -> bytes:
    """The bundle as PO.

    Raises InputError `several-locales` and `no-locale`: a catalog is in one language, and says which.
    """
    locale = bundle.locale
    if not locale:
        raise InputError("no-locale")
    headers = ((_SOURCE, bundle.source_locale),) if bundle.source_locale else ()
    catalog = Catalog(locale=locale, entries=tuple(map(_entry, bundle.units)), headers=headers)
    return po_writer.write(catalog).encode()


def _entry(unit: Unit) -> Entry:
    notes = [(name, text) for name, text in notes_of(unit) if name not in _OWN_PLACE]
    reviewed = any(comment.startswith(REVIEW_COMMENT) for comment in unit.comments)
    mark = (REVIEW_COMMENT,) if unit.state == NEEDS_REVIEW and not reviewed else ()
    flags = ((FUZZY, unit.state == PROPOSED), (_BRACES, unit.markup == TEMPLATE))
    return Entry(
        context=f"{unit.place.path}{_APART}{token(unit.id)}",
        msgid=unit.source or "",
        msgid_plural=unit.plural,
        translations=unit.targets,
        flags=tuple(flag for flag, is_set in flags if is_set),
        comments=(*mark, *unit.comments),
        extracted=(f"{_MARK}{unit.markup}", *note_lines(notes)),
        references=unit.source_places,
        previous=Previous(None, *unit.previous) if unit.previous else None,
        obsolete=unit.state == OBSOLETE,
    )


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file.

    Raises AuthoringError with all that is wrong in the file.
    """
    catalog = po_reader.parse_bytes(content, path)
    if catalog.failed:
        raise AuthoringError(catalog.diagnostics)
    return Bundle(tuple(_units(catalog)))


def _units(catalog: Catalog) -> Iterator[Unit]:
    source_locale = dict(catalog.headers).get(_SOURCE, "")
    for entry in catalog.entries:
        # Every entry that we wrote says what its markup is; in catalogs of others, a context is a context.
        is_ours = any(line.startswith(_MARK) for line in entry.extracted)
        path, apart, key = (entry.context or "").rpartition(_APART) if is_ours else ("", "", "")
        plural = [(SINGULAR, entry.msgid), (PLURAL, entry.msgid_plural)] if entry.msgid_plural is not None else []
        notes = (
            *from_lines(entry.extracted),
            *((COMMENT, comment) for comment in entry.comments if comment != REVIEW_COMMENT),
            *((REFERENCE, place) for place in entry.references),
            *([(CONTEXT, entry.context)] if entry.context and not apart else []),
            *plural,
            *_previous(entry),
        )
        name = untoken(key) if apart else id_of(entry)
        row = Row(path, name, entry.msgid, "", state_of(entry), catalog.locale, source_locale, notes)
        yield built(row, entry.translations, NAME)


def _previous(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.previous is not None:
        texts = zip((PREVIOUS, PREVIOUS_PLURAL), entry.previous[1:], strict=True)
        yield from ((name, text) for name, text in texts if text is not None)
