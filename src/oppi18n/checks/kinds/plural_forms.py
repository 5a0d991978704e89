"""A message with more or fewer plural forms than its language has.

How many there are follows from CLDR, never from the file: Malay, Korean, Japanese and Chinese have one, Swedish has
two. Some tools give Malay two.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="One day", plural="{count} days", targets=("Satu hari", "{count} hari"), locale="ms")
>>> [finding.params for finding in check(unit, Background())]
[{'expected': '1', 'found': '2'}]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.units.unit import Unit

FAMILY: Final = "plurals"
SEVERITY: Final = ERROR
TEXTS: Final = {"plural-forms": "The language has another number of plural forms: {expected}, not {found}."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with the wrong number of texts."""
    wanted = (plural_forms(unit.locale) or (len(unit.targets), ""))[0] if unit.plural is not None else 1
    if len(unit.targets) != wanted:
        counts = {"expected": str(wanted), "found": str(len(unit.targets))}
        yield Finding(unit=unit, code="plural-forms", params=counts)
