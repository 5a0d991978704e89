"""Markup that could run a script, in a translation whose source has none.

Pages show what translators write. Scripts, frames, event attributes and addresses such as `javascript:` are no words
of any language.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Quotes", targets=("Offerter<script src=x></script>",), locale="sv")
>>> [finding.quote for finding in check(unit, Background())]
['<script']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.checks.masking import tokens
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import Unit

FAMILY: Final = "markup"
SEVERITY: Final = ERROR
TEXTS: Final = {"unsafe-html": "This could run a script."}

_WORTH: Final = re.compile(r"[<(:&=]")
_UNSAFE: Final = re.compile(
    r"<\s*(?:script|iframe|object|embed|applet|base|meta|link|form|svg|math|style|frame|frameset)\b"
    r"|<[A-Za-z][^<>]*?[\s/\"'](on[a-z]{3,20}\s*=)"
    r"|<[A-Za-z][^<>]*?[\s/\"'](srcdoc\s*=)"
    r"|(?:java|vb|live)script\s*:"
    r"|data\s*:\s*(?:text/html|image/svg\+xml|application/xhtml)",
    re.IGNORECASE,
)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The dangerous pieces of a translation that its source does not have."""
    for side in sides(unit):
        if _WORTH.search(side.target) is None:
            continue
        known = side.source.lower()
        for match in _UNSAFE.finditer(side.target):
            start, end = match.span(match.lastindex or 0)
            if side.target[start:end].lower() not in known and not _is_code(side, start):
                yield Finding(unit=unit, code="unsafe-html", form=side.form, start=start, end=end)


def _is_code(side: Side, at: int) -> bool:
    """Whether it is shown as code, in a page."""
    found = tokens(side.target, side.markup)
    return side.markup == "markdown" and any(each.kind == "code" and each.start <= at < each.end for each in found)
