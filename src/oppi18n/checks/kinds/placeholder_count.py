"""A placeholder that the translation uses more or less often than its source.

One that stands twice in a row was pasted twice. Elsewhere a language may well need it again; so where all other
languages, three or more, say `{name}` as often as English, the one that doesn't is merely mentioned.

>>> from oppi18n.checks.background import Background
>>> texts = {"sv": "{name} {name}", "ms": "{name}: tutup {name}", "ja": "{name}", "ko": "{name}", "de": "{name}"}
>>> units = [Unit(id="1", source="Close {name}", targets=(text,), locale=locale) for locale, text in texts.items()]
>>> [(each.unit.locale, each.severity or SEVERITY) for each in check_locales(units, Background())]
[('sv', 'warning'), ('ms', 'info')]
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.templates import placeholders
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "placeholders"
SEVERITY: Final = WARNING
TEXTS: Final = {"placeholder-count": "{name} stands here more or less often than in the source."}

_OTHERS: Final = 3
_TWICE: Final = re.compile(r"(\{\w+\})[ \u00a0]?(\1)")


def check_locales(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """The units that say something twice, and those that stand alone among the ones of the same source."""
    found: dict[tuple[str, str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        source = unit.source or ""
        if unit.markup == MARKDOWN or "{" not in source:
            continue
        twice = list(_twice(unit))
        yield from twice
        # Other plural forms may well need another number of placeholders.
        if unit.plural is None and not twice:
            found[unit.id, unit.context, source].append(unit)
    for (_, _, source), group in found.items():
        if len(group) > _OTHERS:
            yield from _lonely(source, group)


def _twice(unit: Unit) -> Iterator[Finding]:
    for form, text in enumerate(unit.targets):
        for match in _TWICE.finditer(text):
            if match[0] not in (unit.source or ""):
                start, end = match.span(2)
                yield Finding(
                    unit=unit, code="placeholder-count", params={"name": match[1]}, form=form, start=start, end=end
                )


def _lonely(source: str, group: Sequence[Unit]) -> Iterator[Finding]:
    for name in placeholders(source):
        written = "{" + name + "}"
        usual = source.count(written)
        odd = [unit for unit in group if unit.target.count(written) != usual]
        if len(odd) == 1 and written in odd[0].target:
            start = odd[0].target.rindex(written)
            yield Finding(
                unit=odd[0],
                code="placeholder-count",
                params={"name": written},
                start=start,
                end=start + len(written),
                severity=INFO,
            )
