"""What lint has to say about a catalog stands with the messages that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from oppi18n.checks import checks, run
from oppi18n.checks.background import Background
from oppi18n.checks.exemptions import of_pack, sort
from oppi18n.checks.finding import Finding
from oppi18n.gallery.parts import Note, Notes
from oppi18n.i18n.entries import Catalog
from oppi18n.i18n.glossary import Glossary
from oppi18n.i18n.localizer import Localizer
from oppi18n.packs import Pack
from oppi18n.texts.diagnostics import TEXTS
from oppi18n.units.catalogs import id_of, units_of

SHOWN_ANYWAY: Final = frozenset(("missing", "needs-review", "obsolete", "proposed"))
"""Checks of what the gallery marks by itself."""


def notes_on(found: Iterable[tuple[Pack, Catalog]], glossary: Glossary, localizer: Localizer) -> Notes:
    """What is found in the catalogs of packs, worded in the language of the localizer, by the unit that it is about.

    What the exceptions of a pack accept is left out.

    >>> from oppi18n.i18n.entries import Entry
    >>> entry = Entry(msgid="{count} left", translations=("{kount} kvar",), flags=("python-brace-format",))
    >>> found = [(Pack("p", "p/rules", None, "en"), Catalog(locale="sv", entries=(entry,)))]
    >>> [(note.check, note.suggestion) for note in notes_on(found, Glossary(), Localizer("en"))[id_of(entry)]]
    [('placeholders', '{count}')]
    """
    notes: dict[str, list[Note]] = {}
    for pack, catalog in found:
        background = Background(glossary=glossary, catalogs={catalog.path: catalog})
        findings = run(units_of(catalog), background)
        for finding in sort(findings, of_pack(pack), (), complete=False).findings:
            if finding.check not in SHOWN_ANYWAY:
                notes.setdefault(finding.unit.id, []).append(_note(finding, localizer))
        for unit, note in _read(catalog, localizer):
            notes.setdefault(unit, []).append(note)
    return {unit: tuple(dict.fromkeys(each)) for unit, each in notes.items()}


def _note(finding: Finding, localizer: Localizer) -> Note:
    texts = next(each.texts for each in checks() if each.name == finding.check)
    message = localizer.coded(f"check/{finding.check}", finding.code, texts[finding.code], finding.params)
    return Note(finding.check, finding.severity, message, finding.quote, finding.suggestion or "")


def _read(catalog: Catalog, localizer: Localizer) -> Iterator[tuple[str, Note]]:
    """What reading a catalog found: it is about the last entry that begins before its place."""
    for each in catalog.diagnostics:
        before = [entry for entry in catalog.entries if 0 < entry.line <= each.span.line]
        if before:
            message = localizer.coded("diagnostic", each.code, TEXTS[each.code], each.params)
            yield id_of(max(before, key=lambda entry: entry.line)), Note(each.code, each.severity, message)
