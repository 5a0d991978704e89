"""A text that has no translation yet.

The reader gets the English text in its place. A translation without any text in it counts as none, and so does one
that has a text in some of its plural forms alone.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("",), locale="sv", state="missing")
>>> [finding.code for finding in check(unit, Background())]
['missing']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.unit import OBSOLETE, Unit

FAMILY: Final = "presence"
SEVERITY: Final = WARNING
EVERY: Final = True
TEXTS: Final = {"missing": "There is no translation."}

_NOTHING: Final = " \t\n\r\u00a0\u3000\u200b\u2060\ufeff"


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit without a text, in any of its forms."""
    for form, target in enumerate(unit.targets):
        if not target.strip(_NOTHING) and unit.state != OBSOLETE:
            yield Finding(unit=unit, code="missing", form=form)
