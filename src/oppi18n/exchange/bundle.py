"""A bundle is what travels: units of any number of files, those that every format can carry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from oppi18n.errors import InputError
from oppi18n.units.unit import Unit

_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML or PO cannot hold, or only in ways that no tool reads."""


class Bundle(NamedTuple):
    """Units in the order in which they are read."""

    units: tuple[Unit, ...] = ()

    @property
    def locale(self) -> str:
        """The one locale of all units.

        Raises InputError `several-locales` if there are several.
        """
        return _only(unit.locale for unit in self.units)

    @property
    def source_locale(self) -> str:
        """The one locale of all sources.

        Raises InputError `several-locales` if there are several.
        """
        return _only(unit.source_locale for unit in self.units)


class Packed(NamedTuple):
    """A bundle, and what had to stay at home: units without a source, units with characters that do not travel."""

    bundle: Bundle
    sourceless: tuple[Unit, ...]
    unspeakable: tuple[Unit, ...]


def pack(units: Iterable[Unit]) -> Packed:
    """Sort out what can travel.

    >>> pack([Unit(id="1", source="a", locale="sv"), Unit(id="2", source=None, locale="sv")]).sourceless[0].id
    '2'
    """
    found: tuple[list[Unit], list[Unit], list[Unit]] = ([], [], [])
    for unit in units:
        found[1 if not unit.source else 2 if _is_unspeakable(unit) else 0].append(unit)
    travelling, sourceless, unspeakable = map(tuple, found)
    return Packed(Bundle(travelling), sourceless, unspeakable)


def _is_unspeakable(unit: Unit) -> bool:
    texts = (unit.source or "", unit.plural or "", unit.context, unit.id, *unit.key, *unit.targets)
    return any(_UNSPEAKABLE.search(text) for text in (*texts, *unit.notes, *unit.comments, *unit.source_places))


def _only(locales: Iterable[str]) -> str:
    found = sorted(set(locales))
    if len(found) > 1:
        raise InputError("several-locales", locales=", ".join(found))
    return found[0] if found else ""
