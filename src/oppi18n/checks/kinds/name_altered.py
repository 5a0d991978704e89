"""A name of the source that the translation doesn't keep as it is.

These are the names of the glossary, and words that are written like names: *LinkedIn*, *OneDrive*. They are neither
translated nor written in another script.

>>> from oppi18n.checks.background import Background
>>> from oppi18n.i18n.glossary import Glossary
>>> background = Background(Glossary(names=("Project Operations",)))
>>> unit = Unit(id="1", source="Set up Project Operations.", targets=("Project operations を設定します。",), locale="ja")
>>> [(finding.quote, finding.suggestion) for finding in check(unit, background)]
[('Project operations', 'Project Operations')]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.checks.wording import source_of, targets_of
from oppi18n.units.unit import Unit

FAMILY: Final = "terms"
SEVERITY: Final = WARNING
TEXTS: Final = {"name-altered": "The name “{name}” stays as it is."}

# A capital behind a small letter: LinkedIn. What is written in capitals only is translated now and then.
_NAME: Final = re.compile(r"(?<![\w./-])[A-Z][a-z]+(?:[A-Z][a-z]+)+(?![\w-])")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+)*")
_ALIKE: Final = 0.75
_MOST: Final = 500
_LATEST: Final = 4096
Names = tuple[str, ...]


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every name that some form of the translation lacks."""
    known, likely = _names(background)(source_of(unit)) if unit.source else ((), ())
    for name in dict.fromkeys((*known, *likely)):
        for form, text in targets_of(unit):
            if not _is_kept(name, text) and not _is_kept(name, unit.targets[form]):
                place = _place(name, text)
                # What only looks like a name may be a field, and some products translate those.
                severity = "" if place or name in known else INFO
                yield _finding(unit, form, name, place, severity)


def _names(background: Background) -> Callable[[str], tuple[Names, Names]]:
    """Finds the names of a source, and what is likely to be one; a page has the same source in each of its languages."""
    glossary = background.glossary

    @lru_cache(maxsize=_LATEST)
    def names(source: str) -> tuple[Names, Names]:
        return tuple(glossary.names_in(source)), tuple(_NAME.findall(source))

    return background.once("names", glossary, lambda: names)


def _is_kept(name: str, text: str) -> bool:
    return name in text and re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}s?(?![A-Za-z0-9])", text) is not None


def _finding(unit: Unit, form: int, name: str, place: tuple[int, int] | None, severity: str) -> Finding:
    start, end = place or (None, None)
    suggestion = name if place else None
    return Finding(
        unit=unit,
        code="name-altered",
        params={"name": name},
        form=form,
        start=start,
        end=end,
        suggestion=suggestion,
        severity=severity,
    )


def _place(name: str, text: str) -> tuple[int, int] | None:
    """Where something stands that was the name once."""
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE | re.ASCII)
    if match:
        return match.span()
    best = _ALIKE
    place: tuple[int, int] | None = None
    for found in _windows(name, text):
        likeness = SequenceMatcher(None, name.lower(), found[0].lower(), autojunk=False).ratio()
        if likeness > best:
            best, place = likeness, found[1]
    return place


def _windows(name: str, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The stretches of Latin words with as many words as the name has."""
    count = len(name.split())
    words = list(re.finditer(r"[A-Za-z0-9]+", text))
    for first in range(min(len(words) - count + 1, _MOST)):
        start, end = words[first].start(), words[first + count - 1].end()
        yield text[start:end], (start, end)
