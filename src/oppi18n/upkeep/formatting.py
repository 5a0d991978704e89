"""A catalog file in the form in which catalogs are written: what it says stays, whatever tool has saved it."""

from __future__ import annotations

from dataclasses import dataclass

from oppi18n import files
from oppi18n.diagnostics import Diagnostic
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.i18n import po_reader, po_writer
from oppi18n.i18n.entries import Catalog


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file before and after; `diagnostics` say why it is left as it was."""

    path: str
    before: str
    after: str
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the file is not in its form yet."""
        return self.before != self.after

    def write(self) -> None:
        """Put the new text in the place of the old one. Raises InputError `changed-meanwhile` and `not-writable`."""
        if files.read_bytes(self.path) != self.before.encode():
            raise InputError("changed-meanwhile", path=self.path)
        files.write_atomic(self.path, self.after)


def format_file(path: str, locale: str | None = None) -> Formatted:
    """The catalog in a file, in its form and not yet written; one with anything wrong in it is told and stays.

    Raises InputError if the file cannot be read.
    """
    catalog = po_reader.read(path, locale)
    before = (catalog.content or b"").decode("utf-8", "replace")
    if catalog.diagnostics:
        return Formatted(path, before, before, catalog.diagnostics)
    after = po_writer.write(catalog)
    if _said(po_reader.parse(after, path, locale)) != _said(catalog):
        # Rather no new file than one that says something else.
        raise Oppi18nError("internal", what="catalog fmt")
    return Formatted(path, before, after)


def _said(catalog: Catalog) -> tuple[object, ...]:
    entries = sorted(catalog.entries, key=lambda entry: entry.obsolete)
    return catalog.locale.lower(), entries, sorted(catalog.headers), catalog.comments, catalog.diagnostics
