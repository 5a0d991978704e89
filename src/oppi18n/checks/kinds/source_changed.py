"""A translation of a text that reads otherwise today.

This is known of pages whose English page is at hand. The texts of catalogs are brought up to date before they can be
behind.

>>> from oppi18n.checks.background import Background
>>> from oppi18n.units.unit import Place
>>> unit = Unit(id="104", source="A quote.", targets=("Offert.",), locale="sv", place=Place("sv/quotes.md"))
>>> background = Background(changed={("sv/quotes.md", "104"): "A draft quote."})
>>> [finding.params["source"] for finding in check(unit, background)]
['A draft quote.']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.unit import Unit

FAMILY: Final = "coherence"
SEVERITY: Final = WARNING
TEXTS: Final = {
    "source-changed": "The source reads “{source}” now.",
    "source-gone": "The source page doesn't have this text any more.",
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit that is behind its source."""
    now = background.changed.get(unit.key)
    if now is not None:
        code = "source-changed" if now else "source-gone"
        yield Finding(unit=unit, code=code, params={"source": now} if now else {})
