"""An access key that got lost, or that the source does not have.

`&Close` and `_Close` name the letter that chooses the button. A translation needs one too, by custom in brackets
behind the label where the language has other letters: `關閉(&C)`.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="&Close", targets=("Stäng",), locale="sv")
>>> [finding.code for finding in check(unit, Background())]
['access-key']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.sides import sides
from oppi18n.units.unit import MARKDOWN, Unit

FAMILY: Final = "words"
SEVERITY: Final = WARNING
TEXTS: Final = {"access-key": "The translation needs exactly one access key."}

# Two of them are the sign itself, `R&D` is a word, and a word may hold an underscore.
_AMPERSAND: Final = re.compile(r"(?<!&)(?<![A-Z])&(?=[^\W_])(?!#?\w{1,31};)")
_UNDERSCORE: Final = re.compile(r"(?<![\w_])_(?=[^\W_]+\b(?!_))(?!\w*_)")
_LONG: Final = 60


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A label whose source has one access key and whose translation has none or several."""
    for side in sides(unit) if unit.markup != MARKDOWN else ():
        if len(side.source) > _LONG or ("&" not in side.source and "_" not in side.source):
            continue
        for pattern in (_AMPERSAND, _UNDERSCORE):
            if len(pattern.findall(side.seen_source)) == 1 and len(pattern.findall(_own(side.seen))) != 1:
                yield Finding(unit=unit, code="access-key", form=side.form)


def _own(text: str) -> str:
    """The text with what stands before an access key in Chinese, Japanese and Korean labels set apart."""
    return text.replace("_", " _") if "(_" in text else text
