"""A plural in brackets: `offert(er)`, `quote(s)`.

It stumbles in every language, and where the message has plural forms it is not needed at all. In pages, where the source
has it too, it is only noted.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="{count} quotes", targets=("{count} offert(er)",), locale="sv")
>>> [finding.quote for finding in check(unit, Background())]
['(er)']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.checks.masking import masked
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "plurals"
SEVERITY: Final = WARNING
TEXTS: Final = {"bracketed-plural": "A plural in brackets is hard to read; write two forms, or the plural alone."}

_ENGLISH: Final = re.compile(r"(?<=[a-z])\((?:s|es)\)")
_SWEDISH: Final = re.compile(r"(?<=[a-zåäö])\((?:er|ar|or|r|n|na|erna|arna|orna|s|en|et|ns|ens)\)")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with an ending in brackets."""
    pattern = _SWEDISH if language(unit.locale) == "sv" else _ENGLISH
    for form, text in enumerate(unit.targets):
        for match in pattern.finditer(masked(text, unit.markup)) if pattern.search(text) else ():
            severity = WARNING if unit.origin == CATALOG else INFO
            start, end = match.span()
            yield Finding(unit=unit, code="bracketed-plural", form=form, start=start, end=end, severity=severity)
