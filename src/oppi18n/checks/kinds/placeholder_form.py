"""Braces that are no placeholder.

Only `{name}`, `{{` and `}}` mean anything in a message. `{user.name}`, `{0}`, `{name!r}` and `{name:>10}` are refused:
translations are trusted with words, not with code. A translation with a fault like this is not shown.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="{count} left", targets=("{count:d} kvar", "{count kvar"), locale="sv", markup="template")
>>> [(finding.code, finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('form', '{count:d}', '{count}'), ('stray', '{', '{{')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.templates import TemplateFault, faults, placeholders
from oppi18n.units.unit import CATALOG, MARKDOWN, TEMPLATE, Unit

FAMILY: Final = "placeholders"
SEVERITY: Final = ERROR
TEXTS: Final = {
    "stray": "A brace stands alone here; to show one, write it twice.",
    "form": "Only a plain name may stand between braces.",
}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with braces that would not be understood."""
    if unit.markup == MARKDOWN or not (unit.markup == TEMPLATE or unit.origin == CATALOG):
        return
    if not any("{" in text or "}" in text for text in unit.targets):
        return
    texts = (unit.source or "", unit.plural or "")
    if any(True for text in texts for _ in faults(text)):
        return
    known = [name for text in texts for name in placeholders(text)]
    for form, text in enumerate(unit.targets):
        if "{" in text or "}" in text:
            yield from (_finding(unit, form, text, fault, known) for fault in faults(text))


def _finding(unit: Unit, form: int, text: str, fault: TemplateFault, known: list[str]) -> Finding:
    written = text[fault.offset : fault.end]
    code, better = ("stray", written * 2) if len(written) == 1 else ("form", _plain(written, known))
    return Finding(unit=unit, code=code, form=form, start=fault.offset, end=fault.end, suggestion=better)


def _plain(written: str, known: list[str]) -> str | None:
    """The placeholder that was meant."""
    words = re.findall(r"\w+", written)
    found = next((word for word in words if word in known), known[0] if len(set(known)) == 1 else None)
    return None if found is None else "{" + found + "}"
