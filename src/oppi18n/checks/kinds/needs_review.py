"""A translation that is waiting for a second reader.

It is shown as it is. In a catalog it has a comment that begins with `needs-review`, in a page it is one of a machine.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("Stäng",), locale="sv", state="needs-review")
>>> [finding.code for finding in check(unit, Background())]
['needs-review']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, Finding
from oppi18n.units.unit import NEEDS_REVIEW, PAGE, Unit

FAMILY: Final = "presence"
SEVERITY: Final = INFO
TEXTS: Final = {"needs-review": "The translation is waiting for a second reader."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit that somebody has doubts about; of a page by a machine, nobody needs to be told line by line."""
    if unit.state == NEEDS_REVIEW and unit.origin != PAGE:
        yield Finding(unit=unit, code="needs-review")
