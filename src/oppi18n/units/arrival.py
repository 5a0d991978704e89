"""Translations that come back are let in where their source is still the same, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from oppi18n.templates import faults, placeholders
from oppi18n.units.unit import CATALOG, MISSING, NEEDS_REVIEW, OBSOLETE, PROPOSED, TEMPLATE, Unit

_NOT_YET = (MISSING, PROPOSED, OBSOLETE)
_MERGED = ("changed", "same", "broken")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came back: `changed` holds our units with their new translations, the others hold what was turned away.

    `outdated` units were translated from another source text, `unknown` ones belong to nothing here, `unfinished`
    ones have no translation yet, or a guess; the placeholders of `broken` ones are not those of their source.
    """

    changed: tuple[Unit, ...] = ()
    same: tuple[Unit, ...] = ()
    outdated: tuple[Unit, ...] = ()
    unknown: tuple[Unit, ...] = ()
    unfinished: tuple[Unit, ...] = ()
    broken: tuple[Unit, ...] = ()


def arrival(ours: Iterable[Unit], theirs: Iterable[Unit]) -> Arrival:
    """Compare our units with those that came back; they meet by id, so both must belong to one file.

    Where a format keeps neither source nor state, a translation that was to be reviewed still is.

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
        found[name].append(_merged(mine, unit) if name in _MERGED else unit)
    return Arrival(**{name: tuple(units) for name, units in found.items()})


def _sort(mine: Unit | None, unit: Unit) -> str:
    if mine is None:
        return "unknown"
    if mine.state == OBSOLETE:
        return "same" if mine.targets == unit.targets else "outdated"
    if not _is_of_same_source(mine, unit):
        return "outdated"
    is_blank = not all(target.strip() for target in unit.targets)
    if unit.state in _NOT_YET or is_blank or len(mine.targets) != len(unit.targets):
        return "same" if mine.targets == unit.targets else "unfinished"
    if _is_template(mine) and mine.targets != unit.targets and not keeps_placeholders(mine, unit.targets):
        return "broken"
    return "same" if (mine.targets, mine.state) == (unit.targets, _state(mine, unit)) else "changed"


def _state(mine: Unit, unit: Unit) -> str:
    return NEEDS_REVIEW if unit.source is None and mine.state == NEEDS_REVIEW else unit.state


def _is_template(unit: Unit) -> bool:
    # Tools mark as templates what has placeholders; in a catalog, a brace would mean something in every text.
    return unit.markup == TEMPLATE or unit.origin == CATALOG


def _is_of_same_source(mine: Unit, unit: Unit) -> bool:
    # A page does not keep the source of its title, and some formats keep none: the id alone has to do.
    if mine.source is None or unit.source is None:
        return True
    return (mine.source, mine.plural) == (unit.source, unit.plural)


def keeps_placeholders(unit: Unit, targets: tuple[str, ...]) -> bool:
    """Whether translations have the placeholders of their source, and no other braces.

    A plural form may do without one of them, such as the number in “one quote”, unless it is the last form.

    >>> unit = Unit(id="1", source="{n} quote", plural="{n} quotes", locale="sv", markup=TEMPLATE)
    >>> keeps_placeholders(unit, ("en offert", "{n} offerter")), keeps_placeholders(unit, ("en offert", "{m} offerter"))
    (True, False)
    """
    wanted = set(placeholders(unit.source or "" if unit.plural is None else unit.plural))
    known = wanted | set(placeholders(unit.source or ""))
    for number, target in enumerate(targets, 1):
        found = set(placeholders(target))
        spared = 1 if number < len(targets) else 0
        if any(True for _ in faults(target)) or not found <= known or len(wanted - found) > spared:
            return False
    return True


def _merged(mine: Unit | None, unit: Unit) -> Unit:
    assert mine is not None
    comments = tuple(dict.fromkeys((*mine.comments, *unit.comments)))
    return replace(mine, targets=unit.targets, state=_state(mine, unit), comments=comments)
