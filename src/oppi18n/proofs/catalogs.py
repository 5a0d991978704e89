"""The catalogs of a pack are held against its texts: they read, their placeholders fit, nothing is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from oppi18n.diagnostics import render
from oppi18n.files import read_text
from oppi18n.i18n import po_reader
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.extract import messages_of
from oppi18n.packs import Pack
from oppi18n.templates import faults, placeholders
from oppi18n.upkeep import update as upkeep


def reads(pack: Pack, locale: str) -> Iterator[str]:
    """What is wrong with the file itself: syntax, header, plural forms, messages that are given twice."""
    path = upkeep.path_of(pack, locale)
    catalog = po_reader.read(path, locale)
    text = read_text(path) if catalog.diagnostics and _is_text(catalog) else None
    yield from (render(each, text) for each in catalog.diagnostics)


def _is_text(catalog: Catalog) -> bool:
    return not any(each.code == "catalog-encoding" for each in catalog.diagnostics)


def keeps_placeholders(pack: Pack, locale: str) -> Iterator[str]:
    """Placeholders of translations that their source has not, or that the translation leaves out.

    The count alone may be left out, in a plural form that is for one number.
    """
    catalog = po_reader.read(upkeep.path_of(pack, locale), locale)
    for entry in catalog.entries:
        if not entry.obsolete and not entry.is_fuzzy:
            for index, text in enumerate(entry.translations):
                spared = {"count"} if index < len(entry.translations) - 1 else set()
                yield from (f"{catalog.path}:{entry.line}: {told}" for told in _misfits(entry, text, spared) if text)


def _misfits(entry: Entry, text: str, spared: set[str]) -> Iterator[str]:
    known = {*placeholders(entry.msgid), *placeholders(entry.msgid_plural or "")}
    found = set(placeholders(text))
    yield from (f"{fault}: {text}" for fault in faults(text))
    yield from (f"the source has no {{{name}}}: {text}" for name in sorted(found - known))
    yield from (f"{{{name}}} is missing: {text}" for name in sorted(known - found - spared))


def is_complete(pack: Pack, locale: str) -> Iterator[str]:
    """Texts of the pack that a reader of a locale gets in the source language."""
    catalog = po_reader.read(upkeep.path_of(pack, locale), locale)
    done = {entry.key for entry in catalog.entries if not entry.obsolete and entry.is_translated}
    for message in messages_of(pack):
        if message.key not in done:
            place = message.references[0] if message.references else catalog.path
            yield f"{place}: not translated: {message.msgid} [{message.context}]"


CHECKS: Final[dict[str, Callable[[Pack, str], Iterator[str]]]] = {
    "reads": reads,
    "keeps its placeholders": keeps_placeholders,
    "is complete": is_complete,
}
"""What is asked of a catalog → the faults that are found, each a line with its place."""
