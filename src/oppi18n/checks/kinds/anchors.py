"""A heading whose anchor is not what its English words make.

Links to a heading use the English anchor in every language. When the heading was changed in English, or its anchor
was translated, they lead nowhere.

>>> from oppi18n.checks.background import Background
>>> from oppi18n.units.unit import Block
>>> unit = Unit(id="1", source="All quotes", targets=("Alla offerter",), locale="sv", context="alla-offerter",
...     origin="page", blocks=(Block(HEADING, "2"),))
>>> [finding.params for finding in check_document([unit], Background())]
[{'anchor': 'alla-offerter', 'expected': 'all-quotes'}]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.slugs import is_slug, slug
from oppi18n.units.unit import HEADING, PAGE, Unit

FAMILY: Final = "markup"
SEVERITY: Final = WARNING
TEXTS: Final = {"anchor-differs": "The anchor of this heading is {anchor}; its English words make {expected}."}


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """The headings of a page whose anchors belong to other words. A heading may consist of several units."""
    before = ""
    headings = (unit for unit in units if unit.origin == PAGE and unit.is_in(HEADING))
    for (_, anchor), group in groupby(headings, key=lambda unit: (unit.place.line, unit.context)):
        here = tuple(group)
        words = " ".join(unit.source or "" for unit in here)
        # A heading without an anchor belongs to the section of the one before it.
        if anchor not in ("", before) and words and not is_slug(anchor, words):
            params = {"anchor": anchor, "expected": slug(words)}
            yield Finding(unit=here[0], code="anchor-differs", params=params)
        before = anchor
