"""What `catalog lint` does: which catalogs are read, what is told of them, what is mended."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.cli import failures, linting, machine
from oppi18n.cli.catalogwork import chosen, pack_of
from oppi18n.cli.linting import Asked, Told
from oppi18n.cli.progress import progress
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import STDIN

if TYPE_CHECKING:
    from oppi18n.i18n.entries import Catalog
    from oppi18n.i18n.glossary import Glossary
    from oppi18n.upkeep.linting import Report

UNREADABLE: Final = 2


class _Read(NamedTuple):
    """The catalogs that could be read, and what the others had against it."""

    catalogs: tuple[Catalog, ...]
    errors: list[dict[str, Any]]
    complete: bool


def lint_catalogs(asked: Sequence[str], pack_name: str | None, given: dict[str, Any]) -> int:
    """Everything that is wrong with catalogs; 3 for errors, 1 for warnings, 2 if one cannot be read."""
    from oppi18n.i18n import glossary
    from oppi18n.upkeep import linting as work

    current, pack, is_text = session(), pack_of(pack_name), given["format_"] == "text"
    words = glossary.of_packs([pack])
    read = _read(list(_paths(asked, pack_name)), current, is_text=is_text, complete=not asked)
    report = work.lint(
        read.catalogs, words, complete=read.complete, watch=lambda tasks: progress(tasks, quiet=current.verbosity < 0)
    )
    mended = _fix(report, words, current) if given["fix"] else {}
    if mended:
        again = tuple(mended.get(each.path, each) for each in read.catalogs)
        report = work.lint(again, words, complete=read.complete)
    told = linting.worth_telling(_told(report, current), given["severity"])
    counts = {"units": report.units, "catalogs": len(report.catalogs), "excused": len(report.excused)}
    linting.answer(told, Asked(counts, report.texts, read.errors), given["format_"], current)
    if is_text and not told and not read.errors:
        clean = len(report.catalogs)
        current.tell(current.say.plural("{count} file is clean.", "{count} files are clean.", count=clean))
    return max(linting.status(told), UNREADABLE if read.errors else 0)


def _paths(asked: Sequence[str], pack_name: str | None) -> Iterator[tuple[str, str | None]]:
    """The files that are meant, each with the locale that it has to be for, where a locale was named."""
    from oppi18n.upkeep import update as upkeep

    pack = pack_of(pack_name)
    for each in asked or (None,):
        if each is not None and is_path(each):
            yield from ((path, None) for path in _files(each))
        else:
            for locale in chosen(pack, [] if each is None else [each]):
                yield upkeep.path_of(pack, locale), locale


def is_path(asked: str) -> bool:
    """Whether a word on the command line is a file or a folder and not a locale."""
    return asked == STDIN or "/" in asked or os.sep in asked or asked.endswith(".po") or os.path.isdir(asked)


def _files(path: str) -> Iterator[str]:
    """A file, or the catalogs in a folder. Raises InputError `no-catalogs` for a folder without any."""
    if not os.path.isdir(path):
        yield path
        return
    found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names if name.endswith(".po")]
    if not found:
        raise InputError("no-catalogs", path=path)
    yield from sorted(found)


def _read(paths: list[tuple[str, str | None]], current: Session, *, is_text: bool, complete: bool) -> _Read:
    from oppi18n.i18n import po_reader

    found: dict[str, Catalog] = {}
    errors: list[dict[str, Any]] = []
    for path, locale in progress(paths, quiet=current.verbosity < 0):
        try:
            found.setdefault(path, po_reader.read(path, locale))
        except Oppi18nError as error:
            errors += machine.errors(error, path, current.localizer)
            if is_text:
                current.tell(f"oppi18n: {failures.told(error, current)}", -1)
    return _Read(tuple(found.values()), errors, complete and not errors)


def _told(report: Report, current: Session) -> Iterator[Told]:
    place = report.places()
    locales = {each.path: each.locale for each in report.catalogs}
    for diagnostic in report.diagnostics:
        yield linting.told_diagnostic(diagnostic, current, locales.get(diagnostic.span.path) or None)
    for finding in report.findings:
        yield linting.told(finding, place(finding), current)


def _fix(report: Report, words: Glossary, current: Session) -> dict[str, Catalog]:
    """Mend what is safe to mend; the catalogs that were written, as they are now, by path."""
    from oppi18n.i18n import po_reader
    from oppi18n.upkeep import linting as work

    written = {}
    for catalog in work.fixed(report, words):
        if catalog.path == STDIN:
            raise InputError("stdin-in-place")
        work.save(catalog)
        current.tell(current.say("{path} was mended.", path=safe(catalog.path)))
        written[catalog.path] = po_reader.read(catalog.path, catalog.locale)
    return written
