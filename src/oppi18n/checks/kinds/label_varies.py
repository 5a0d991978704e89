"""A label that a page calls now this, now that.

Labels are what the source has in bold; a button has one name. The rarer word is told.

>>> from dataclasses import replace
>>> from oppi18n.checks.background import Background
>>> from oppi18n.units.unit import MARKDOWN
>>> one = Unit(id="1", source="Select **Save**.", targets=("Välj **Spara**.",), locale="sv", markup=MARKDOWN)
>>> other = replace(one, id="2", source="Use **Save**.", targets=("Använd **Lagra**.",))
>>> [(finding.quote, finding.suggestion) for finding in check_document([one, replace(one, id="3"), other], Background())]
[('Lagra', 'Spara')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.labels import Labelled, sole_labels
from oppi18n.units.unit import Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"label-varies": "“{label}” is called “{word}” elsewhere in this file."}


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every rarer word for a label, once."""
    uses: dict[str, dict[str, list[Labelled]]] = defaultdict(lambda: defaultdict(list))
    for found in sole_labels(tuple(units)):
        uses[found.label][found.word.lower()].append(found)
    for label, words in uses.items():
        usual = max(words.values(), key=len)[0].word if len(words) > 1 else ""
        for found, *_ in words.values() if usual else ():
            if found.word.lower() != usual.lower():
                yield Finding(
                    unit=found.unit,
                    code="label-varies",
                    params={"label": label, "word": usual},
                    start=found.start,
                    end=found.end,
                    suggestion=usual,
                )
