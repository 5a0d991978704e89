"""A translation that is longer than its message may be.

A note for translators says how long that is: `max-length: 40`. Wide characters count as two columns.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("営業案件のクローズ",), locale="ja", notes=("max-length: 12",))
>>> [(finding.quote, finding.params) for finding in check(unit, Background())]
[('ローズ', {'limit': 12})]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.units.unit import Unit
from oppi18n.widths import display_width

FAMILY: Final = "length"
SEVERITY: Final = ERROR
TEXTS: Final = {"too-long": "The text is wider than {limit} columns."}

_LIMIT: Final = re.compile(r"\bmax(?:imum)?[- _]?(?:length|width|size)\b\D{0,3}(\d{1,5})\b", re.IGNORECASE)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The forms of a translation that are wider than its notes allow."""
    limits = [int(match[1]) for note in unit.notes for match in _LIMIT.finditer(note)]
    for form, target in enumerate(unit.targets) if limits else ():
        limit = min(limits)
        if display_width(target) > limit:
            fits = next(end for end in range(len(target), -1, -1) if display_width(target[:end]) <= limit)
            yield Finding(unit=unit, code="too-long", params={"limit": limit}, form=form, start=fits, end=len(target))
