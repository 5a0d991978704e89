"""Two labels of a page that its translation cannot tell apart.

Labels are what the source has in bold. A reader who is told to select one of two buttons with the same name is lost.

>>> from dataclasses import replace
>>> from oppi18n.checks.background import Background
>>> from oppi18n.units.unit import MARKDOWN
>>> one = Unit(id="1", source="Select **Close**.", targets=("Välj **Avsluta**.",), locale="sv", markup=MARKDOWN)
>>> other = replace(one, id="2", source="Select **Quit**.")
>>> [finding.params["other"] for finding in check_document([one, other], Background())]
['Close']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.labels import Labelled, sole_labels
from oppi18n.units.unit import Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"term-collision": "“{other}” is called “{word}” as well."}

_REST: Final = re.compile(r"[\W_]+|(?<=\w)(?:e?s|ed|ing)\b")


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every label whose word another label has already, once."""
    first: dict[str, Labelled] = {}
    told: set[str] = set()
    for found in sole_labels(tuple(units)):
        other = first.setdefault(found.word.lower(), found)
        if _bare(other.label) != _bare(found.label) and found.label not in told:
            told.add(found.label)
            params = {"other": other.label, "word": found.word}
            yield Finding(unit=found.unit, code="term-collision", params=params, start=found.start, end=found.end)


def _bare(label: str) -> str:
    """A label without what English has and other languages have not: plurals, endings, marks."""
    return _REST.sub("", label.lower())
