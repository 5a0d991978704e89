"""Texts with translations are read from whatever holds them: pages, catalogs, exchange files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from oppi18n.cli.pagework import Pages, english_of
from oppi18n.errors import InputError
from oppi18n.files import STDIN, read_bytes

if TYPE_CHECKING:
    from oppi18n.docs.folders import PageFile
    from oppi18n.docs.originals import Original, Originals
    from oppi18n.units.unit import Unit

PAGE: Final = ".md"
CATALOG: Final = ".po"
_IN_FOLDERS: Final = (PAGE, CATALOG, ".xlf", ".xliff", ".tmx")
"""Endings of files that are read where a folder is named; what else a folder holds may be anything."""


def text_files(paths: Iterable[str]) -> Iterator[PageFile]:
    """The files that are meant, each once, a folder's in the order of their names.

    Raises InputError `no-texts` for a folder without any.
    """
    from oppi18n.docs.folders import PageFile

    seen: set[str] = set()
    for path in paths:
        found = list(_in_folder(path)) if os.path.isdir(path) else [PageFile(path, os.path.basename(path))]
        if not found:
            raise InputError("no-texts", path=path)
        for each in found:
            identity = each.path if each.path == STDIN else os.path.realpath(each.path)
            if identity not in seen:
                seen.add(identity)
                yield each


def _in_folder(root: str) -> Iterator[PageFile]:
    from oppi18n.docs.folders import PageFile

    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(_IN_FOLDERS) and not name.startswith(".") and os.path.isfile(path):
                yield PageFile(path, os.path.relpath(path, root).replace(os.sep, "/"))


class Texts(Pages):
    """The files of a run that hold texts; `originals` are the English pages beside them, if there are any."""

    def __init__(self, paths: tuple[str, ...], format_: str, originals: Originals | None = None) -> None:
        super().__init__((), format_, files=text_files(paths))
        self.originals = originals

    def content(self, file: PageFile) -> tuple[bytes, Original | None]:
        """The bytes of a file, and the English page beside it.

        Raises InputError for what cannot be read.
        """
        from oppi18n.docs.scanner import LIMIT

        is_page = file.path.endswith(PAGE)
        content = read_bytes(file.path, LIMIT) if is_page else read_bytes(file.path)
        return content, english_of(file, self.originals) if is_page else None


def units_in(file: PageFile, content: bytes, original: Original | None = None) -> list[Unit]:
    """The units of a file; a plain page has some where its English page is given.

    Raises InputError, or AuthoringError for a broken catalog.
    """
    from oppi18n import exchange

    if file.path.endswith(PAGE):
        return [replace(unit, place=unit.place._replace(path=file.path)) for unit in _of_page(file, content, original)]
    if file.path.endswith(CATALOG) and b"X-Source-Language" not in content[:65536]:
        return list(_of_catalog(file.path, content))
    return [
        replace(unit, source_locale=unit.source_locale or "en") for unit in exchange.parse(content, file.path).units
    ]


def _of_page(file: PageFile, content: bytes, original: Original | None) -> Iterator[Unit]:
    from oppi18n.docs.align import aligned_units
    from oppi18n.docs.folders import locale_in
    from oppi18n.docs.scanner import scan
    from oppi18n.docs.units import units_of

    page = scan(content, file.path)
    if page.is_bilingual:
        found = units_of(page, original.page if original else None)
    else:
        found = aligned_units(page, original.page) if original else iter(())
    locale = locale_in(file.path) or ""
    return (unit if unit.locale else replace(unit, locale=locale) for unit in found)


def _of_catalog(path: str, content: bytes) -> Iterator[Unit]:
    from oppi18n.diagnostics import AuthoringError
    from oppi18n.i18n import po_reader
    from oppi18n.units.catalogs import units_of

    catalog = po_reader.parse_bytes(content, path)
    if catalog.failed:
        raise AuthoringError(catalog.diagnostics, {path: content.decode("utf-8", "replace")})
    return units_of(catalog)
