"""A mark that stands twice, or two marks where one is meant.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Done.", targets=("Klart..",), locale="sv")
>>> [(finding.quote, finding.mended) for finding in check(unit, Background())]
[('..', 'Klart.')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import MARK
from oppi18n.checks.sides import sides
from oppi18n.units.unit import Unit

FAMILY: Final = "punctuation"
SEVERITY: Final = WARNING
TEXTS: Final = {"repeated-mark": "One mark is enough here."}

_REPEATED: Final = re.compile(
    rf"([,;:!?，。、；：！？])(?:[{MARK}]*\1)+(?![:=])"
    rf"|(?<!\.)\.[{MARK}]*\.(?![./\w\\*])"
    rf"|[，、,：:](?=[。．])|[。．](?=[，、。．])|,(?=\.(?!\.))|\.(?=,)(?<!\.\.)(?<![.\w]\w\.)"
)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The marks of a translation that stand in a row, unless the source has them too."""
    for side in sides(unit):
        for match in _REPEATED.finditer(side.seen):
            text = match[0].replace(MARK, "")
            if len(text) == 1 or text not in side.source:
                better = side.target[match.start() : match.end()].removeprefix(text[0]) if len(text) > 1 else ""
                yield Finding(
                    unit=unit,
                    code="repeated-mark",
                    form=side.form,
                    start=match.start(),
                    end=match.end(),
                    suggestion=better,
                    is_safe=True,
                )
