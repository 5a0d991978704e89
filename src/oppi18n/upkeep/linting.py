"""Everything that the checks find in catalogs, and the mending of what can be mended unseen."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from oppi18n import files
from oppi18n.checks import exemptions
from oppi18n.checks.background import Background, labels_of
from oppi18n.checks.crowd import Watch, run_all
from oppi18n.checks.exemptions import Exemption
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.diagnostics import Diagnostic, Span
from oppi18n.errors import InputError
from oppi18n.i18n import po_places, po_writer
from oppi18n.i18n.entries import Catalog
from oppi18n.i18n.glossary import Glossary
from oppi18n.source import Source
from oppi18n.units.catalogs import id_of, units_of, with_translations
from oppi18n.units.unit import Unit

EXCEPTIONS: Final = os.path.basename(exemptions.PATH)

_ROUNDS: Final = 5
"""Mending one thing can bring up another; beyond this, two checks would be at odds."""


class Report(NamedTuple):
    """What was found in catalogs: by checks, and by reading them and their exceptions; `excused` was accepted."""

    findings: tuple[Finding, ...]
    excused: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]
    catalogs: tuple[Catalog, ...]
    texts: Mapping[str, str]
    units: int

    @property
    def failed(self) -> bool:
        """Whether any of it is an error."""
        found = [each.severity for each in self.findings] + [each.severity for each in self.diagnostics]
        return ERROR in found

    def places(self) -> Callable[[Finding], Span]:
        """What tells where a finding stands."""
        entries = {(each.path, id_of(entry)): entry for each in self.catalogs for entry in each.entries}
        lines = {path: text.split("\n") for path, text in self.texts.items()}

        def place(finding: Finding) -> Span:
            path = finding.unit.place.path
            entry = entries.get((path, finding.unit.id))
            if entry is None:
                return Span(path, 1, 1, 1, 1)
            return po_places.span(
                lines[path],
                entry,
                path,
                form=finding.form,
                in_source=finding.in_source,
                start=finding.start,
                end=finding.end,
            )

        return place


def lint(
    catalogs: Sequence[Catalog], glossary: Glossary, *, complete: bool = False, watch: Watch[Any] = iter
) -> Report:
    """What is wrong with catalogs that were read; `complete` says that they are all that their folder has.

    The file `exceptions.yaml` in the folder above those of the locales says what is accepted there; AuthoringError is
    raised if that file is wrong. `watch` is told how far the work is.
    """
    found = _found(catalogs, glossary, watch)
    left: list[Finding] = []
    excused: list[Finding] = []
    unused: list[Diagnostic] = []
    texts = {each.path: (each.content or b"").decode("utf-8-sig", "replace") for each in catalogs}
    for path, group in _by_exceptions(catalogs).items():
        accepted, text = _exceptions(path)
        own = {each.path for each in group}
        mine = (finding for finding in found if finding.unit.place.path in own)
        result = exemptions.sort(mine, accepted, {each.locale for each in group}, complete=complete)
        left += result.findings
        excused += result.excused
        unused += result.unused
        texts.update({path: text} if text else {})
    diagnostics = (*(wrong for each in catalogs for wrong in each.diagnostics), *unused)
    count = sum(len(each.entries) for each in catalogs)
    return Report(tuple(left), tuple(excused), diagnostics, tuple(catalogs), texts, count)


def _found(catalogs: Iterable[Catalog], glossary: Glossary, watch: Watch[Any] = iter) -> list[Finding]:
    by_path = {each.path: each for each in catalogs}
    units = [unit for each in by_path.values() for unit in units_of(each)]
    background = Background(glossary, labels_of(by_path.values()), by_path)
    return run_all(units, background, watch=watch)


def _by_exceptions(catalogs: Iterable[Catalog]) -> dict[str, list[Catalog]]:
    """The catalogs by the file that tells what is accepted in them."""
    found: dict[str, list[Catalog]] = defaultdict(list)
    for each in catalogs:
        found[_exceptions_of(each.path)].append(each)
    return found


def _exceptions_of(path: str) -> str:
    """Where the exceptions of a catalog would lie: beside the folders of the locales, or beside the file itself."""
    folder = os.path.dirname(path)
    if os.path.basename(folder) == "LC_MESSAGES":
        folder = os.path.dirname(os.path.dirname(folder))
    return os.path.join(folder, EXCEPTIONS) if path != files.STDIN else ""


def _exceptions(path: str) -> tuple[tuple[Exemption, ...], str]:
    if not path:
        return (), ""
    try:
        text = files.read_text(path)
    except InputError as error:
        if error.code != "not-found":
            raise
        return (), ""
    return exemptions.read(Source(path, text)), text


def fixed(report: Report, glossary: Glossary) -> tuple[Catalog, ...]:
    """The catalogs in which there was something to mend, with all that is safe mended; nothing is written.

    A file with anything wrong in it stays as it is: writing it would lose what could not be read.
    """
    return tuple(filter(None, (_fixed(each, report, glossary) for each in report.catalogs if not each.diagnostics)))


def _fixed(catalog: Catalog, report: Report, glossary: Glossary) -> Catalog | None:
    findings = [each for each in report.findings if each.unit.place.path == catalog.path]
    excused = {_mark(each) for each in report.excused}
    mended = catalog
    for _ in range(_ROUNDS):
        units = list(_mended(each for each in findings if each.is_safe and _mark(each) not in excused))
        if not units:
            break
        mended = with_translations(mended, units)
        findings = _found([mended], glossary)
    return mended if mended.entries != catalog.entries else None


def _mark(finding: Finding) -> tuple[str, str, str, str]:
    return finding.unit.place.path, finding.unit.id, finding.check, finding.quote


def _mended(findings: Iterable[Finding]) -> Iterable[Unit]:
    """The units with what was suggested, where suggestions do not overlap; from the end, so that places hold."""
    by_unit: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        if each.mended is not None:
            by_unit[each.unit.id].append(each)
    for found in by_unit.values():
        unit = found[0].unit
        targets = list(unit.targets)
        limit = dict.fromkeys(range(len(targets)), 1 << 30)
        for each in sorted(found, key=lambda each: (each.start or 0, each.end or 0), reverse=True):
            assert each.start is not None
            assert each.end is not None
            if each.end <= limit[each.form]:
                text, limit[each.form] = targets[each.form], each.start
                targets[each.form] = text[: each.start] + (each.suggestion or "") + text[each.end :]
        yield replace(unit, targets=tuple(targets))


def save(catalog: Catalog) -> None:
    """Write a mended catalog. Raises InputError `changed-meanwhile` if somebody else has written it since."""
    if files.read_bytes(catalog.path) != catalog.content:
        raise InputError("changed-meanwhile", path=catalog.path)
    files.write_atomic(catalog.path, po_writer.write(catalog))
