"""Characters that nobody sees.

Zero-width spaces, soft hyphens and byte order marks come along when text is copied from a page; they break searches and comparisons.
Control characters move the cursor of whoever reads the text. Marks that turn the direction of text can make it say
something else than it seems to; in a language that is written from right to left, those that isolate are needed.
What the source has too is left alone.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("Stäng\\u200b", "St\\u202eäng"), locale="sv")
>>> [(finding.severity, finding.params["character"], finding.mended) for finding in check(unit, Background())]
[('warning', 'U+200B', 'Stäng'), ('error', 'U+202E', 'Stäng')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, WARNING, Finding
from oppi18n.i18n import locales
from oppi18n.units.unit import Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = WARNING
TEXTS: Final = {"invisible": "A character that nobody sees stands here: {character}."}

_ZERO: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u180e\u115f\u1160\u3164\uffa0\u034f"
_CONTROLS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\U000e0001-\U000e007f"
_TURNING: Final = "\u202a-\u202e"
_MARKS: Final = "\u061c\u200e\u200f\u2066-\u2069"
# Several in a row are one finding.
_FOUND: Final = re.compile(f"([{_ZERO}{_CONTROLS}{_TURNING}{_MARKS}])\\1*")
_PICTURES: Final = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINED: Final = re.compile(f"(?<=[{_PICTURES}])\u200d(?=[{_PICTURES}])")
_GRAVE: Final = re.compile(f"[{_CONTROLS}{_TURNING}]")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with something in it that is not seen."""
    for form, text in enumerate(unit.targets):
        if text.isascii() and text.isprintable():
            continue
        for match in _FOUND.finditer(text):
            if match[0] not in (unit.source or "") and not _is_needed(text, match, unit.locale):
                yield _finding(unit, form, match)


def _is_needed(text: str, match: re.Match[str], locale: str) -> bool:
    if locales.is_right_to_left(locale) and re.match(f"[{_MARKS}\u200c\u200d]", match[0]):
        return True
    # Between pictures, a joiner makes one of them: a family, a flag.
    return match[0] == "\u200d" and _JOINED.match(text, match.start()) is not None


def _finding(unit: Unit, form: int, match: re.Match[str]) -> Finding:
    mark = match[1]
    return Finding(
        unit=unit,
        code="invisible",
        params={"character": f"U+{ord(mark):04X}"},
        form=form,
        start=match.start(),
        end=match.end(),
        suggestion="\n" if mark in "\u2028\u2029" else "",
        is_safe=mark not in "\u2028\u2029",
        severity=ERROR if _GRAVE.match(mark) else WARNING,
    )
