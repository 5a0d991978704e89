"""One source text, and several translations of it.

In a catalog, texts may well read differently where
their contexts differ: only whole sentences count there, as a hint. The rarer translation is told.

>>> from dataclasses import replace
>>> from oppi18n.checks.background import Background
>>> one = Unit(id="1", source="It can't be closed again.", targets=("Den kan inte stängas igen.",), locale="sv")
>>> other = replace(one, id="2", context="b", targets=("Den går inte att stänga på nytt.",))
>>> [finding.params["other"] for finding in check_document([one, replace(one, context="a"), other], Background())]
['Den kan inte stängas igen.']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"same-source": "The same source is translated as “{other}” elsewhere in this file."}

_SENTENCE: Final = 4


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every translation that is not the usual one of its source."""
    alike: dict[object, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.source and _counts(unit):
            alike[unit.source, unit.plural].append(unit)
    for group in alike.values():
        yield from _differing(group)


def _counts(unit: Unit) -> bool:
    return unit.origin != CATALOG or len((unit.source or "").split()) >= _SENTENCE


def _differing(group: Sequence[Unit]) -> Iterator[Finding]:
    by_target: dict[tuple[str, ...], list[Unit]] = defaultdict(list)
    for unit in group:
        by_target[unit.targets].append(unit)
    if len(by_target) > 1:
        usual = max(by_target, key=lambda targets: len(by_target[targets]))
        for targets, units in by_target.items():
            if targets != usual:
                severity = INFO if units[0].origin == CATALOG else ""
                yield Finding(unit=units[0], code="same-source", params={"other": usual[0]}, severity=severity)
