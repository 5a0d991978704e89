"""Texts without a translation get one from the memory, to be reviewed; what people wrote is never touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n.memory.memory import Match, Memory
from oppi18n.templates import faults, placeholders
from oppi18n.units.unit import NEEDS_REVIEW, OBSOLETE, TEMPLATE, Unit

LEAST: Final = 0.85
"""How alike two texts must be for a translation to be filled in."""


class Proposal(NamedTuple):
    """A unit with the translation that was found for it, and the match that it comes from."""

    unit: Unit
    match: Match


class Refused(NamedTuple):
    """A unit for which there is a translation of a text that is too close to its opposite."""

    unit: Unit
    match: Match


def pretranslate(units: Iterable[Unit], memory: Memory, *, least: float = LEAST) -> Iterator[Proposal | Refused]:
    """What the memory has for the units that lack a translation; each comes back to be reviewed.

    A unit with any text in it is somebody's work and stays, and so does one that the memory knows nothing for.
    """
    for unit in units:
        if not is_missing(unit):
            continue
        found = memory.query(unit.source or "", unit.locale, plural=unit.plural, context=unit.context, least=least)
        fitting = [match for match in found if _fits(match, unit, least)]
        safe = next((match for match in fitting if match.is_safe), None)
        if safe is not None:
            yield Proposal(replace(unit, targets=safe.unit.targets, state=NEEDS_REVIEW), safe)
        elif fitting:
            yield Refused(unit, fitting[0])


def is_missing(unit: Unit) -> bool:
    """Whether nobody has translated a unit: it is in use, has a source, and not a single form has a text.

    >>> is_missing(Unit(id="1", source="Quote", locale="sv")), is_missing(Unit(id="1", source="a", targets=("b",), locale="sv"))
    (True, False)
    """
    is_blank = not any(target.strip() for target in unit.targets)
    return is_blank and bool((unit.source or "").strip()) and unit.state != OBSOLETE


def _fits(match: Match, unit: Unit, least: float) -> bool:
    """Whether a translation has the forms that are asked for, and no placeholder that nobody fills."""
    if match.score < least or len(match.unit.targets) != len(unit.targets):
        return False
    if unit.markup != TEMPLATE:
        return True
    known = {*placeholders(unit.source or ""), *placeholders(unit.plural or "")}
    return all(
        known.issuperset(placeholders(target)) and not any(True for _ in faults(target))
        for target in match.unit.targets
    )
