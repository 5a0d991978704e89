"""A merge conflict that was left in a translation.

Version control writes `<<<<<<<`, `=======` and `>>>>>>>` where two people have changed the same lines. Reading a catalog
finds them between its entries; this check finds them inside of texts, whatever they come from.

>>> from oppi18n.checks.background import Background
>>> text = "<<<<<<< HEAD\\nStäng\\n=======\\nTill\\n>>>>>>> main"
>>> [finding.quote for finding in check(Unit(id="1", source="Close", targets=(text,), locale="sv"), Background())]
['<<<<<<< HEAD']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.units.unit import Unit

FAMILY: Final = "presence"
SEVERITY: Final = ERROR
TEXTS: Final = {"conflict-marks": "A merge conflict is left here."}

_MARKS: Final = re.compile(r"^(?:<{7}(?: .*)?|>{7}(?: .*)?|={7}|\|{7}(?: .*)?)$|#-#-#-#-#.*", re.MULTILINE)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with the marks of a conflict; the first of them is told."""
    for form, text in enumerate(unit.targets):
        match = _MARKS.search(text)
        if match is not None and not _MARKS.search(unit.source or ""):
            yield Finding(unit=unit, code="conflict-marks", form=form, start=match.start(), end=match.end())
