"""The labels in bold of a text, beside those of its translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.units.unit import MARKDOWN, Unit

BOLD: Final = re.compile(r"(?<!\*)\*\*([^*\n]+)\*\*(?!\*)")


class Labelled(NamedTuple):
    """A label in bold, and the one that stands for it in the translation, with its place."""

    unit: Unit
    label: str
    word: str
    start: int
    end: int


def sole_label(unit: Unit) -> Labelled | None:
    """The label of a text that has only one, on both sides; of several, nobody knows which is which.

    >>> unit = Unit(id="1", source="Select **Save**.", targets=("Välj **Spara**.",), locale="sv", markup=MARKDOWN)
    >>> sole_label(unit)[1:]
    ('Save', 'Spara', 7, 12)
    """
    if unit.markup != MARKDOWN or not unit.source or "**" not in unit.source:
        return None
    source, target = BOLD.findall(unit.source), list(BOLD.finditer(unit.target))
    if len(source) != 1 or len(target) != 1:
        return None
    return Labelled(unit, source[0].strip(), target[0][1].strip(), *target[0].span(1))


def sole_labels(units: Iterator[Unit] | tuple[Unit, ...]) -> Iterator[Labelled]:
    """The labels of all texts that have only one."""
    return (found for unit in units if (found := sole_label(unit)) is not None)
