"""What a page does all the time is its custom: good to know, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from oppi18n.checks.finding import INFO, Finding
from oppi18n.units.unit import PAGE

_SLIPS: Final = 3


def lowered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of a document; in a page, those of a kind that it has more than three times count less.

    A kind is a code and a culprit. The texts of a product have no customs of their own.

    >>> from oppi18n.units.unit import Unit
    >>> finding = Finding(unit=Unit(id="1", source="A", targets=("B",), locale="ja", origin="page"), code="x")
    >>> [sum(each.severity == INFO for each in lowered([finding] * count)) for count in (3, 4)]
    [0, 4]
    """
    everything = tuple(findings)
    often = Counter((each.code, each.quote) for each in everything if each.unit.origin == PAGE)
    for each in everything:
        is_custom = often[each.code, each.quote] > _SLIPS
        yield replace(each, severity=INFO) if is_custom else each
