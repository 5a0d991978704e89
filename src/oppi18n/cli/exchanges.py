"""What `docs export` and `docs import` do: texts leave pages for the tools of translators, and come back."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from oppi18n.cli.arrivals import Outcome
from oppi18n.cli.pagework import Pages, english_of, originals_in, save
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import STDIN

if TYPE_CHECKING:
    from oppi18n.docs.folders import PageFile
    from oppi18n.docs.page import Page
    from oppi18n.exchange.bundle import Packed
    from oppi18n.units.unit import Unit

STDOUT: Final = "-"


def export_pages(paths: tuple[str, ...], given: Mapping[str, Any]) -> int:
    """Write the texts of pages into one file, or into a folder with a file for each language."""
    from oppi18n.exchange.bundle import pack

    current, output = session(), given["output"]
    name = chosen_format(given["to"], output)
    pages = Pages(paths)
    packed = pack(_units(pages, given["source"]))
    tell_left_out(packed, current)
    if not packed.bundle.units:
        current.tell(current.say("There are no texts to export."), -1)
        return pages.status(found=True)
    write_files(packed, name, output, [file.path for file in pages.files])
    return pages.status(found=False)


def write_files(packed: Packed, name: str, output: str, read: Collection[str]) -> None:
    """Write what was packed, and say so; nothing is written over a file that was read."""
    from oppi18n.cli.destination import refuse_input

    current = session()
    for path, content in _files(packed, name, output):
        if path == STDOUT:
            click.echo(content, nl=False)
            continue
        refuse_input(path, read)
        save(path, content)
        current.tell(current.say("{path} was written.", path=safe(path)))


def _is_folder(output: str) -> bool:
    return output.endswith(("/", os.sep)) or os.path.isdir(output)


def chosen_format(name: str | None, output: str) -> str:
    """The format that was asked for, in words or by the name of the file."""
    from oppi18n.exchange import format_of

    found = name or ("xliff-2.1" if _is_folder(output) else format_of(output))
    if found is None:
        raise click.UsageError(session().say("The format does not follow from the name of the file: give --to."))
    return found


def _units(pages: Pages, folder: str | None) -> Iterator[Unit]:
    from oppi18n.docs.units import units_of

    originals = originals_in(folder)
    for file, page in pages:
        if not page.is_bilingual:
            continue
        try:
            original = english_of(file, originals)
        except Oppi18nError as error:
            pages.fail(error, file.path)
            continue
        yield from units_of(page, original.page if original else None, path=file.key)


def _files(packed: Packed, name: str, output: str) -> Iterator[tuple[str, bytes]]:
    from oppi18n import exchange
    from oppi18n.exchange.bundle import Bundle

    if not _is_folder(output):
        yield output, exchange.write(packed.bundle, name)
        return
    by_locale: dict[str, list[Unit]] = defaultdict(list)
    for unit in packed.bundle.units:
        by_locale[unit.locale].append(unit)
    for locale, units in sorted(by_locale.items()):
        file_name = (_safe_name(locale) or "und") + exchange.ending_of(name)
        yield os.path.join(output, file_name), exchange.write(Bundle(tuple(units)), name)


def _safe_name(locale: str) -> str:
    # It comes from a page, and must not lead out of the folder.
    return "".join(mark if mark.isalnum() or mark == "-" else "_" for mark in locale)


def tell_left_out(packed: Packed, current: Session) -> None:
    """Say what did not travel."""
    say = current.say
    if packed.sourceless:
        current.tell(
            say.plural(
                "{count} text has no source in its page and was left out; --source brings it in.",
                "{count} texts have no source in their pages and were left out; --source brings them in.",
                count=len(packed.sourceless),
            )
        )
    if packed.unspeakable:
        current.tell(
            say.plural(
                "{count} text holds characters that no format can hold and was left out.",
                "{count} texts hold characters that no format can hold and were left out.",
                count=len(packed.unspeakable),
            ),
            -1,
        )


def import_file(exchange_file: str, paths: tuple[str, ...], given: Mapping[str, Any]) -> int:
    """Put translations into pages; 1 if some of them fit nowhere."""
    from oppi18n import exchange

    units = exchange.read(exchange_file).units
    pages = Pages(paths, given["format_"])
    incoming, unknown = _by_page(units, pages.files)
    outcomes = []
    originals = originals_in(given["source"])
    for file, page in pages:
        if file.path not in incoming:
            continue
        try:
            original = english_of(file, originals)
            outcome = _imported(file, page, original.page if original else None, incoming[file.path], given["dry_run"])
        except Oppi18nError as error:
            pages.fail(error, file.path)
            continue
        outcomes.append(outcome)
        if not pages.is_machine:
            _show(outcome, pages.session)
    if pages.is_machine:
        results = [each.result(pages.session) for each in outcomes]
        pages.answer("import", results=results, unknown=[_name(unit) for unit in unknown])
    else:
        _tell_unknown(unknown, pages.session)
    return pages.status(found=bool(unknown) or any(each.is_wanting for each in outcomes))


def _imported(file: PageFile, page: Page, english: Page | None, units: Iterable[Unit], dry_run: bool) -> Outcome:
    from oppi18n.docs.translate import with_translations
    from oppi18n.docs.units import units_of
    from oppi18n.units.arrival import arrival

    found = arrival(units_of(page, english, path=file.key), units)
    translated = with_translations(page, found.changed)
    is_written = bool(translated.changed) and not dry_run
    if is_written:
        if file.path == STDIN:
            raise InputError("stdin-in-place")
        save(file.path, translated.page.content)
    refused = tuple((str(error.params["unit"]), error) for error in translated.refused)
    return Outcome(file.path, found, translated.changed, refused, is_written)


def _by_page(units: Iterable[Unit], files: tuple[PageFile, ...]) -> tuple[dict[str, list[Unit]], list[Unit]]:
    """The units of each page, and those that belong to none: a page has the key, or a path that ends in it."""
    keys = {file.key: file.path for file in files}
    by_name: dict[str, list[str]] = defaultdict(list)
    for file in files:
        by_name[os.path.basename(file.path)].append(file.path.replace(os.sep, "/"))
    found: dict[str, list[Unit]] = defaultdict(list)
    unknown: list[Unit] = []
    for unit in units:
        key = unit.place.path
        name = key.rpartition("/")[2]
        ending = [path for path in by_name[name] if path.endswith(f"/{key}") or key.endswith(f"/{path}")]
        path = keys.get(key) or (ending[0] if len(ending) == 1 else None)
        if path is None:
            unknown.append(unit)
        else:
            found[path].append(unit)
    return found, unknown


def _show(outcome: Outcome, current: Session) -> None:
    def unknown() -> None:
        for unit in outcome.arrival.unknown:
            current.tell(
                current.say(
                    "{path}: there is no text {unit} in this page.", path=safe(outcome.path), unit=safe(unit.id)
                ),
                -1,
            )

    outcome.show(current, called=lambda unit: unit.id, unknown=unknown)


def _tell_unknown(units: list[Unit], current: Session) -> None:
    counted: dict[str, int] = defaultdict(int)
    for unit in units:
        counted[unit.place.path] += 1
    for path, count in counted.items():
        current.tell(
            current.say.plural(
                "No page here is called {path}: {count} text was left out.",
                "No page here is called {path}: {count} texts were left out.",
                count=count,
                path=safe(path),
            ),
            -1,
        )


def _name(unit: Unit) -> dict[str, str]:
    return {"path": unit.place.path, "unit": unit.id}
