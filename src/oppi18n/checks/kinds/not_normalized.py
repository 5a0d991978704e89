"""Text that is not in Unicode's normal form NFC.

`é` can be one character or two that look like one. Only the first is found by a search for `é`. Some systems write the
second, Korean syllables taken apart among them.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("Sta\\u0308ng",), locale="sv")
>>> [(finding.quote == "a\\u0308", finding.suggestion) for finding in check(unit, Background())]
[(True, 'ä')]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.unit import Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = WARNING
TEXTS: Final = {"not-normalized": "This looks like {better}, but is written with other characters."}

# A character with what follows it and belongs to it: combining marks, vowels and finals of a Korean syllable.
_CLUSTER: Final = re.compile(r"[\u1100-\u115f][\u1160-\u11ff]*|.[\u0300-\u036f\u3099\u309a]*", re.DOTALL)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit that a search would not find."""
    for form, text in enumerate(unit.targets):
        if text.isascii() or unicodedata.is_normalized("NFC", text):
            continue
        for match in _CLUSTER.finditer(text):
            better = unicodedata.normalize("NFC", match[0])
            if better != match[0]:
                yield Finding(
                    unit=unit,
                    code="not-normalized",
                    params={"better": better},
                    form=form,
                    start=match.start(),
                    end=match.end(),
                    suggestion=better,
                    is_safe=True,
                )
