"""Characters that stand for others: half-width katakana, full-width letters, ligatures, radicals.

They come from old systems and from PDF files. `ｸﾛｰｽﾞ` is `クローズ` to a reader, and something else to a search.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("ｸﾛｰｽﾞする",), locale="ja")
>>> [finding.mended for finding in check(unit, Background())]
['クローズする']
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
TEXTS: Final = {"compatibility": "These characters are usually written {better}."}

_FOUND: Final = re.compile(
    "[\uff66-\uff9f]+"  # half-width katakana
    "|[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+"  # full-width digits and letters
    "|[\uffa1-\uffdc]+"  # half-width Korean letters
    "|[\ufb00-\ufb06]"  # Latin ligatures
    "|[\u2f00-\u2fd5\u2e9f\u2ef3]"  # radicals that look like characters
    "|[\U0001d400-\U0001d7ff]+"  # mathematical letters
)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with characters that stand for others, unless its source has them too."""
    for form, text in enumerate(unit.targets):
        if text.isascii():
            continue
        for match in _FOUND.finditer(text):
            better = unicodedata.normalize("NFKC", match[0])
            if match[0] not in (unit.source or "") and better != match[0]:
                yield Finding(
                    unit=unit,
                    code="compatibility",
                    params={"better": better},
                    form=form,
                    start=match.start(),
                    end=match.end(),
                    suggestion=better,
                    is_safe=True,
                )
