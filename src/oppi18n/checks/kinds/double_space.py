"""Two spaces where one is enough.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="A quote", targets=("En  offert",), locale="sv")
>>> [finding.mended for finding in check(unit, Background())]
['En offert']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import masked
from oppi18n.units.unit import CODE, Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = WARNING
TEXTS: Final = {"double-space": "There are two spaces here."}

_SPACES: Final = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)|\u3000 | \u3000")
_CHEAP: Final = re.compile("[ \u00a0\u3000]{2}")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with spaces in a row, unless its source has them too."""
    if unit.is_in(CODE) or _CHEAP.search((unit.source or "").strip()):
        return
    for form, text in enumerate(unit.targets):
        if not _CHEAP.search(text):
            continue
        shown = masked(text, unit.markup)
        for match in _SPACES.finditer(shown):
            start, end = match.span()
            yield Finding(unit=unit, code="double-space", form=form, start=start, end=end, suggestion=" ", is_safe=True)
