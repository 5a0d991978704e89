"""The catalogs of a pack are held against its texts: they read, the checks find no error, nothing is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from oppi18n.checks import checks
from oppi18n.checks.finding import ERROR
from oppi18n.diagnostics import render
from oppi18n.files import read_text
from oppi18n.i18n import glossary, po_reader
from oppi18n.i18n.entries import Catalog
from oppi18n.i18n.extract import messages_of
from oppi18n.packs import Pack
from oppi18n.upkeep import linting
from oppi18n.upkeep import update as upkeep


def reads(pack: Pack, locale: str) -> Iterator[str]:
    """What is wrong with the file itself: syntax, header, plural forms, messages that are given twice."""
    path = upkeep.path_of(pack, locale)
    catalog = po_reader.read(path, locale)
    text = read_text(path) if catalog.diagnostics and _is_text(catalog) else None
    yield from (render(each, text) for each in catalog.diagnostics)


def _is_text(catalog: Catalog) -> bool:
    return not any(each.code == "catalog-encoding" for each in catalog.diagnostics)


def passes_checks(pack: Pack, locale: str) -> Iterator[str]:
    """What the checks call an error: placeholders that do not fit, wrong plural forms, torn text and the like.

    What the pack's own exceptions accept is passed over.
    """
    catalog = po_reader.read(upkeep.path_of(pack, locale), locale)
    report = linting.lint([catalog], glossary.of_packs([pack]))
    place, texts = report.places(), {each.name: each.texts for each in checks()}
    for each in report.findings:
        if each.severity == ERROR:
            values = {name: str(value) for name, value in each.params.items()}
            yield f"{place(each)}: {each.check}: {texts[each.check][each.code].format(**values)}"


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
    "passes the checks": passes_checks,
    "is complete": is_complete,
}
"""What is asked of a catalog → the faults that are found, each a line with its place."""
