"""A quotation mark that the language does not use, or that has no partner.

Chinese and Japanese quote 「in corner brackets」, Swedish ”with the same mark on both sides”. In pages, straight marks
pass everywhere; in the texts of a product each language uses its own. Where a page quotes code, nothing is said.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="The “quote”", targets=("En “offert”",), locale="sv")
>>> [(finding.quote, finding.suggestion) for finding in check_document([unit], Background())]
[('“', '”')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.custom import lowered
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.habits import HABITS
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import CATALOG, Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = dict.fromkeys(HABITS, WARNING)
TEXTS: Final = {
    "quotation-mark": "This quotation mark isn't used in this language.",
    "lone-quotation-mark": "This quotation mark has no partner.",
}

_ANY: Final = re.compile('["“”„‟«»「」『』]')
_BETTER: Final = {
    "sv": dict.fromkeys('"“„‟«「『」』»', "”"),
    **{locale: {"“": "「", "”": "」", "‘": "『", "’": "』"} for locale in ("ja", "zh-HK")},
}


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Marks of other languages, and a mark too many."""
    yield from lowered(finding for unit in units for finding in _findings(unit))


def _findings(unit: Unit) -> Iterator[Finding]:
    spoken = language(unit.locale)
    right = HABITS[spoken].first_quotes if unit.origin == CATALOG else HABITS[spoken].quotes
    for side in sides(unit):
        places = [match.start() for match in _ANY.finditer(side.seen)]
        if not places:
            continue
        strange = [at for at in places if side.target[at] not in right and not _is_source(side, at)]
        for at in strange:
            better = _BETTER.get(spoken, {}).get(side.target[at])
            yield Finding(unit=unit, code="quotation-mark", form=side.form, start=at, end=at + 1, suggestion=better)
        if not strange and _is_odd(side.seen, "”" if spoken == "sv" else "“") and not _is_odd(side.seen_source):
            yield Finding(unit=unit, code="lone-quotation-mark", form=side.form, start=places[-1], end=places[-1] + 1)


def _is_source(side: Side, at: int) -> bool:
    """Whether the mark stands beside the same letters in the source: what is quoted there is a name, or code."""
    before, after = side.target[max(0, at - 2) : at + 1], side.target[at : at + 3]
    return (len(before) > 1 and before in side.source) or (len(after) > 1 and after in side.source)


def _is_odd(text: str, opener: str = "“") -> bool:
    """Whether a mark has no partner; where the same mark opens and closes, their number is even."""
    same = text.count("”") % 2 if opener == "”" else text.count(opener) - text.count("”")
    return bool(text.count('"') % 2) or same != 0
