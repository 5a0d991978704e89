"""Another number of lines than the source has.

Lines of a message are lines on the screen: a list that becomes a paragraph, or a paragraph that is torn apart, is seen
by every reader.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="First\\nSecond", targets=("Först, sedan",), locale="sv")
>>> [finding.params for finding in check(unit, Background())]
[{'expected': '2', 'found': '1'}]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = WARNING
TEXTS: Final = {"line-count": "The source has another number of lines: {expected}, not {found}."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with lines too many or too few; in Markdown, lines are no lines."""
    if unit.markup == MARKDOWN or unit.source is None:
        return
    wanted = _lines(unit.source)
    for form, text in enumerate(unit.targets):
        found = _lines(text)
        if found not in (wanted, _lines(unit.plural or unit.source)):
            yield Finding(
                unit=unit, code="line-count", params={"expected": str(wanted), "found": str(found)}, form=form
            )


def _lines(text: str) -> int:
    return text.count("\n") + 1
