"""A translation whose source text is gone.

It waits at the end of the catalog for the text to return. Who is sure that it won't can delete it.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("Stäng",), locale="sv", state="obsolete")
>>> [finding.code for finding in check(unit, Background())]
['obsolete']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, Finding
from oppi18n.units.unit import OBSOLETE, Unit

FAMILY: Final = "presence"
SEVERITY: Final = INFO
EVERY: Final = True
TEXTS: Final = {"obsolete": "The source text is gone."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit that nothing asks for any more."""
    if unit.state == OBSOLETE:
        yield Finding(unit=unit, code="obsolete")
