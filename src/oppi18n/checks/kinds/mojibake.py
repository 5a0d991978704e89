"""Text that was once read in a wrong encoding.

`StÃ¤ng` was UTF-8 and was taken for Latin-1; `St?ng` and `St�ng` have lost a letter for good.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("StÃ¤ng", "St\\ufffdng"), locale="sv")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('Ã¤', 'ä'), ('\\ufffd', None)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.checks.masking import masked, plain
from oppi18n.units.unit import Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = ERROR
TEXTS: Final = {"mojibake": "These characters were read in a wrong encoding."}

# What Windows' Latin character set has where Latin-1 has controls, as UTF-8 text looks in it.
_WINDOWS: Final = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_BYTES: Final = f"\x80-\xff{_WINDOWS}"
_TORN: Final = re.compile(f"[\xc2-\xf4][{_BYTES}]{{1,3}}(?:[{_BYTES}]*)")
# A question mark for each letter that had no place: inside of a word, or several in a row.
_LOST: Final = re.compile(r"(?<=[^\W\d_])\?{1,3}(?= ?[a-zåäö])|(?<![^\s\ue000-])\?(?=[a-zåäö])|\?{2,}")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with letters that nobody has written."""
    for form, text in enumerate(unit.targets):
        if not text.isascii():
            for match in _TORN.finditer(text):
                meant = _meant(match[0])
                if meant is not None and match[0] not in (unit.source or ""):
                    start, end = match.span()
                    yield Finding(unit=unit, code="mojibake", form=form, start=start, end=end, suggestion=meant)
        if "\ufffd" in text and "\ufffd" not in (unit.source or ""):
            yield from _lost(unit, form, re.finditer("\ufffd+", text))
        if "?" in text and "?" not in plain(unit.source or "", unit.markup):
            yield from _lost(unit, form, _LOST.finditer(masked(text, unit.markup)))


def _lost(unit: Unit, form: int, matches: Iterator[re.Match[str]]) -> Iterator[Finding]:
    for match in matches:
        yield Finding(unit=unit, code="mojibake", form=form, start=match.start(), end=match.end())


def _meant(torn: str) -> str | None:
    """The text that was torn apart; None if it was none."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return torn.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None
