"""A pseudo-locale as a catalog, for programs that read nothing else; ours generates its texts when they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.pseudo import disguised


def catalog_of(extracted: Iterable[Entry], locale: str, pack: str) -> Catalog:
    """The catalog of a pseudo-locale, with all messages of a pack.

    >>> catalog_of([Entry(msgid="OK")], "en-XA", "mine").entries[0].translations
    ('[ÖĶ~]',)
    """
    entries = tuple(replace(entry, translations=tuple(_said(entry, locale))) for entry in extracted)
    return Catalog(locale=locale, headers=(("Project-Id-Version", pack),), entries=entries)


def _said(entry: Entry, locale: str) -> Iterable[str]:
    forms = (entry.msgid,) if entry.msgid_plural is None else (entry.msgid, entry.msgid_plural)
    return (disguised(form, locale) for form in forms)
