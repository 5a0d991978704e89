"""Translations that come back are let in where their source is still the same, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from oppi18n.units.unit import MISSING, OBSOLETE, PROPOSED, Unit

_NOT_YET = (MISSING, PROPOSED, OBSOLETE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came back: `changed` holds our units with their new translations, the others hold what was turned away.

    `outdated` units were translated from another source text, `unknown` ones belong to nothing here, `unfinished`
    ones have no translation yet, or a guess.
    """

    changed: tuple[Unit, ...] = ()
    same: tuple[Unit, ...] = ()
    outdated: tuple[Unit, ...] = ()
    unknown: tuple[Unit, ...] = ()
    unfinished: tuple[Unit, ...] = ()


def arrival(ours: Iterable[Unit], theirs: Iterable[Unit]) -> Arrival:
    """Compare our units with those that came back; they meet by id, so both must belong to one file.

    >>> mine = Unit(id="104", source="Quotes", targets=("견적서",), locale="ko")
    >>> back = replace(mine, targets=("견적",))
    >>> arrival([mine], [back]).changed[0].target, arrival([mine], [replace(back, source="Quote")]).outdated[0].source
    ('견적', 'Quote')
    """
    known = {unit.id: unit for unit in ours}
    found: dict[str, list[Unit]] = {name: [] for name in Arrival.__dataclass_fields__}
    for unit in theirs:
        mine = known.get(unit.id)
        name = _sort(mine, unit)
        found[name].append(_merged(mine, unit) if name in ("changed", "same") else unit)
    return Arrival(**{name: tuple(units) for name, units in found.items()})


def _sort(mine: Unit | None, unit: Unit) -> str:
    if mine is None:
        return "unknown"
    # A page does not keep the source of its title, so there is nothing to hold the translation against.
    if mine.source is not None and (mine.source, mine.plural) != (unit.source, unit.plural):
        return "outdated"
    is_blank = not all(target.strip() for target in unit.targets)
    if unit.state in _NOT_YET or is_blank or len(mine.targets) != len(unit.targets):
        return "same" if mine.targets == unit.targets else "unfinished"
    return "same" if (mine.targets, mine.state) == (unit.targets, unit.state) else "changed"


def _merged(mine: Unit | None, unit: Unit) -> Unit:
    assert mine is not None
    return replace(mine, targets=unit.targets, state=unit.state)
