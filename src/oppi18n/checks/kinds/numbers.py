"""A number that the source has and the translation has not, or the other way round.

Numbers are compared by what they are worth: `1 million` is `100 万`, `1,000.5` is `1 000,5`, full-width digits are
digits. Words may stand for small ones: *two files* is `2 개의 파일`, `10` is *tio*, *May 2020* is `2020 年 5 月`.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Within 30 days", targets=("Inom 20 dagar",), locale="sv")
>>> [(finding.code, finding.params) for finding in check(unit, Background())]
[('number-missing', {'number': '30'})]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.amounts import Amount, amounts, is_said, is_spelled
from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import Unit

FAMILY: Final = "words"
SEVERITY: Final = WARNING
TEXTS: Final = {
    "number-missing": "The number {number} of the source is missing.",
    "number-added": "The source doesn't have this number.",
}

_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The first number of the source without one in the translation; else the first that the source does not have."""
    for side in sides(unit):
        if side.source and not (_DIGITS.isdisjoint(side.source) and _DIGITS.isdisjoint(side.target)):
            yield from _compared(unit, side)


def _compared(unit: Unit, side: Side) -> Iterator[Finding]:
    source, target = side.seen_source, side.seen
    missing = [each for each in _beyond(source, target) if not is_said(each.value, target, source)]
    strange = _beyond(target, source)
    added = [each for each in strange if not is_spelled(each.value, source)]
    if missing:
        number = source[missing[0].start : missing[0].end]
        # Where one other number stands in its place, that is the culprit.
        culprit = strange[0] if len(missing) == len(strange) == 1 else None
        is_same_kind = culprit is not None and not culprit.is_scaled and not missing[0].is_scaled
        yield Finding(
            unit=unit,
            code="number-missing",
            params={"number": number},
            form=side.form,
            start=culprit.start if culprit else None,
            end=culprit.end if culprit else None,
            suggestion=number if is_same_kind else None,
        )
    elif added:
        yield Finding(unit=unit, code="number-added", form=side.form, start=added[0].start, end=added[0].end)


def _beyond(text: str, other: str) -> list[Amount]:
    """The amounts of a text that the other does not have, each once."""
    known = {each.value for each in amounts(other, in_names=True)}
    return list({each.value: each for each in amounts(text) if each.value not in known}.values())
