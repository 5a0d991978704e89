"""A translation that is only proposed.

A catalog marks it `fuzzy`: a tool has guessed it from a similar text. It is never shown; the reader gets the English
text until somebody has read the proposal, mended it, and taken the mark away.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("Stäng",), locale="sv", state="proposed")
>>> [finding.code for finding in check(unit, Background())]
['proposed']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.unit import PROPOSED, Unit

FAMILY: Final = "presence"
SEVERITY: Final = WARNING
EVERY: Final = True
TEXTS: Final = {"proposed": "This translation is only a proposal, so it isn't shown."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit whose text is a guess."""
    if unit.state == PROPOSED and any(unit.targets):
        yield Finding(unit=unit, code="proposed")
