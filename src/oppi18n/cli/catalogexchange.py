"""What `catalog export` and `catalog import` do: texts leave catalogs for other tools, and come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from oppi18n.cli import machine
from oppi18n.cli.arrivals import Outcome
from oppi18n.cli.catalogwork import chosen, pack_of
from oppi18n.cli.exchanges import chosen_format, tell_left_out, write_files
from oppi18n.cli.failures import told
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import InputError, Oppi18nError

if TYPE_CHECKING:
    from oppi18n.packs import Pack
    from oppi18n.units.arrival import Arrival
    from oppi18n.units.unit import Unit

_SHOWN: Final = 60
"""Characters of a source text by which a message is called."""


def export_catalogs(tags: tuple[str, ...], given: Mapping[str, Any]) -> int:
    """Write the texts of catalogs into one file, or into a folder with a file for each locale."""
    from oppi18n.exchange.bundle import pack as packed_up
    from oppi18n.upkeep import update as upkeep

    current, pack = session(), pack_of(given["pack_name"])
    name = chosen_format(given["to"], given["output"])
    locales = chosen(pack, tags)
    packed = packed_up(unit for locale in locales for unit in _units(pack, locale))
    tell_left_out(packed, current)
    if not packed.bundle.units:
        current.tell(current.say("There are no texts to export."), -1)
        return 1
    write_files(packed, name, given["output"], [upkeep.path_of(pack, locale) for locale in locales])
    return 0


def _units(pack: Pack, locale: str) -> Iterator[Unit]:
    """What there is to translate in a catalog; its place is that in the pack, which is the same on every machine."""
    from oppi18n.i18n import catalogs
    from oppi18n.units.catalogs import units_of
    from oppi18n.units.unit import OBSOLETE
    from oppi18n.upkeep import update as upkeep

    path = catalogs.relative_path(locale)
    for unit in units_of(upkeep.read(pack, locale), pack.language):
        if unit.state != OBSOLETE:
            yield replace(unit, place=unit.place._replace(path=path))


def import_translations(file: str, tag: str | None, given: Mapping[str, Any]) -> int:
    """Put translations into catalogs; 1 if some of them fit nowhere, 2 if a catalog cannot be read or written."""
    current, pack = session(), pack_of(given["pack_name"])
    is_machine = given["format_"] != "text"
    outcomes, errors, status = [], [], 0
    for locale, units in _by_locale(file, tag, pack).items():
        try:
            outcome = _imported(pack, locale, units, dry_run=given["dry_run"])
        except Oppi18nError as error:
            status = max(status, error.exit_status)
            errors += machine.errors(error, file, current.localizer)
            if not is_machine:
                current.tell(f"oppi18n: {told(error, current)}", -1)
            continue
        outcomes.append(outcome)
        status = max(status, int(outcome.is_wanting))
        if not is_machine:
            _show(outcome, current)
    if is_machine:
        results = [each.result(current) for each in outcomes]
        head = {"locale": current.locale}
        current.out(machine.text_of(machine.envelope("import", head, results=results, unknown=[], errors=errors)))
    return status


def _by_locale(file: str, tag: str | None, pack: Pack) -> dict[str, list[Unit]]:
    """The units for each catalog that is meant, by its locale or by what the file calls it."""
    from oppi18n import exchange

    units = exchange.read(file).units
    wanted = chosen(pack, [tag])[0] if tag else None
    found: dict[str, list[Unit]] = {wanted: []} if wanted else defaultdict(list)
    for unit in units:
        if not unit.locale and wanted is None:
            raise click.UsageError(session().say("The file doesn't say which language it is in: give the LOCALE."))
        locale = unit.locale or wanted or ""
        if wanted is None or _is_for(locale, wanted):
            found[wanted or locale].append(unit)
    if wanted and units and not found[wanted]:
        offered = tuple(dict.fromkeys(unit.locale for unit in units))
        raise InputError("unknown-locale", tag=wanted, offered=offered)
    return found


def _is_for(tag: str, locale: str) -> bool:
    from oppi18n.i18n import locales

    return locales.negotiate([tag], [locale]) == locale


def _imported(pack: Pack, tag: str, units: Iterable[Unit], *, dry_run: bool) -> Outcome:
    from oppi18n.diagnostics import AuthoringError
    from oppi18n.units.arrival import arrival
    from oppi18n.units.catalogs import units_of, with_translations
    from oppi18n.upkeep import update as upkeep

    locale = chosen(pack, [tag])[0]
    catalog, path = upkeep.read(pack, locale), upkeep.path_of(pack, locale)
    if catalog.diagnostics:
        # Writing would lose what the warnings are about.
        raise AuthoringError(catalog.diagnostics, {path: (catalog.content or b"").decode("utf-8", "replace")})
    ours = list(units_of(catalog, pack.language))
    found = arrival(ours, _met(ours, units))
    fitting, refused = _sorted(found, path)
    translated = with_translations(catalog, fitting)
    is_written = bool(fitting) and not dry_run and upkeep.save(pack, translated)
    return Outcome(path, found, len(fitting), refused, is_written)


def _met(ours: list[Unit], units: Iterable[Unit]) -> Iterator[Unit]:
    """The units with the ids of ours: by id, by the key of a file that has nothing else, or by a context of one's own.

    The id follows from the message, so where it is unknown in a known context, the message has changed.
    """
    from oppi18n.exchange.keyed import keys
    from oppi18n.units.unit import OBSOLETE

    known = {unit.id for unit in ours}
    live = [unit for unit in ours if unit.state != OBSOLETE]
    by_key = {key: unit.id for key, unit in zip(keys(live), live, strict=True)}
    by_context: dict[str, list[str]] = defaultdict(list)
    for unit in live:
        by_context[unit.context].append(unit.id)
    for unit in units:
        same = by_context.get(unit.context, []) if unit.context else []
        if unit.id in known:
            yield unit
        elif unit.source is None and unit.id in by_key:
            yield replace(unit, id=by_key[unit.id])
        else:
            yield replace(unit, id=same[0]) if len(same) == 1 else unit


def _sorted(found: Arrival, path: str) -> tuple[list[Unit], tuple[tuple[str, InputError], ...]]:
    """What may be written, and what may not, each with the reason."""
    from oppi18n.i18n.po_reader import FORBIDDEN

    fitting: list[Unit] = []
    refused = [
        (unit.id, InputError("translation-placeholders", unit=_called(unit), path=path)) for unit in found.broken
    ]
    for unit in found.changed:
        sign = FORBIDDEN.search("".join((*unit.targets, *unit.comments)))
        if sign is None:
            fitting.append(unit)
        else:
            shown = f"U+{ord(sign[0]):04X}"
            refused.append(
                (unit.id, InputError("translation-character", unit=_called(unit), path=path, character=shown))
            )
    return fitting, tuple(refused)


def _called(unit: Unit) -> str:
    text = unit.source or unit.id
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"


def _show(outcome: Outcome, current: Session) -> None:
    def unknown() -> None:
        if outcome.arrival.unknown:
            current.tell(
                current.say.plural(
                    "{path}: {count} text of the file isn't in this catalog.",
                    "{path}: {count} texts of the file aren't in this catalog.",
                    count=len(outcome.arrival.unknown),
                    path=safe(outcome.path),
                ),
                -1,
            )

    outcome.show(current, called=_called, unknown=unknown)
