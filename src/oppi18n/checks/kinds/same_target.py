"""Source texts that say different things, and one translation for both.

Told are texts of one file whose sources cannot mean the same: they have opposite words, other numbers, or are the names
of two values. Whoever has to choose between *Won* and *Lost* must not read the same word twice.

>>> from dataclasses import replace
>>> from oppi18n.checks.background import Background
>>> won = Unit(id="1", source="Closed as won", targets=("종료됨",), locale="ko")
>>> lost = replace(won, id="2", source="Closed as lost")
>>> [finding.params["other"] for finding in check_document([won, lost], Background())]
['Closed as won']
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.opposites import contradict
from oppi18n.checks.wording import LABEL
from oppi18n.units.unit import Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"same-target": "“{other}” has the same translation."}

_LETTERS: Final = re.compile(r"\w{2}")
_MOST: Final = 20
_NUMBER: Final = re.compile(r"\d+")


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every unit that reads like one before it and must not."""
    alike: dict[tuple[str, ...], list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.source and _LETTERS.search(unit.target):
            alike[unit.targets].append(unit)
    labels = frozenset(term.name for term in background.glossary.terms if term.part == LABEL)
    for group in alike.values():
        if len({unit.source for unit in group}) > 1:
            yield from _clashing(group, labels)


def _clashing(group: Sequence[Unit], labels: Collection[str]) -> Iterator[Finding]:
    seen: list[str] = []
    for unit in group:
        source = unit.source or ""
        if source not in seen:
            other = next((each for each in seen if _differ(each, source, labels)), None)
            if other is not None:
                yield Finding(unit=unit, code="same-target", params={"other": other})
            # Whoever translates a thousand texts alike is told often enough.
            seen += [source][: _MOST - len(seen)]


def _differ(one: str, other: str, labels: Collection[str]) -> bool:
    if one.lower() == other.lower():
        return False
    are_labels = one in labels and other in labels
    return are_labels or _NUMBER.findall(one) != _NUMBER.findall(other) or contradict(one, other)
