"""A translation of nothing.

The source text is empty, and still there is a translation: two lines were swapped, or a tool has filled the wrong cell.

>>> from oppi18n.checks.background import Background
>>> [finding.code for finding in check(Unit(id="1", source=" ", targets=("Stäng",), locale="sv"), Background())]
['extra']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.units.unit import Unit

FAMILY: Final = "presence"
SEVERITY: Final = ERROR
TEXTS: Final = {"extra": "The source text is empty, but there is a translation."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with a translation and an empty source; a source that was not kept is another matter."""
    if unit.source is not None and not unit.source.strip():
        yield from (Finding(unit=unit, code="extra", form=form) for form, text in enumerate(unit.targets) if text)
