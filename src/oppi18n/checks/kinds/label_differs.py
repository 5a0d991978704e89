"""A button, a field or a value that a page calls otherwise than the product does.

Labels are what the source has in bold. A reader looks for the words on the screen, letter by letter. Labels of one word
may belong to any product, so they count only where the translation has the word for another label.

>>> from oppi18n.checks.background import Background
>>> background = Background(labels={"sv": {"Close opportunity": frozenset({"Stäng affärsmöjlighet"})}})
>>> unit = Unit(id="1", source="Select **Close opportunity**.", targets=("Välj **Stäng möjlighet**.",), locale="sv", origin=PAGE)
>>> [(finding.quote, finding.suggestion) for finding in check(unit, background)]
[('Stäng möjlighet', 'Stäng affärsmöjlighet')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.labels import BOLD
from oppi18n.checks.wording import LABEL
from oppi18n.units.unit import PAGE, Unit

FAMILY: Final = "coherence"
SEVERITY: Final = WARNING
TEXTS: Final = {"label-differs": "The product calls “{label}” “{word}”."}


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every label in bold that isn't what the product has."""
    if unit.origin != PAGE or not unit.source or "**" not in unit.source:
        return
    labels = [match[1].strip() for match in BOLD.finditer(unit.source)]
    locale = language(unit.locale)
    known = background.once(f"labels {locale}", background.labels, lambda: _known(locale, background))
    bold = list(BOLD.finditer(unit.target))
    written = {_plain(match[1]) for match in bold}
    for place, label in enumerate(labels):
        words = known.get(label.lower())
        if not words or written.intersection(map(_plain, words)):
            continue
        match = bold[place] if len(bold) == len(labels) else None
        if len(label.split()) > 1 or (match is not None and _is_another(match[1], label, known)):
            yield _finding(unit, label, words, match)


def _known(locale: str, background: Background) -> Mapping[str, tuple[str, ...]]:
    """The labels in small letters, with the words for them, the best one first."""
    found: dict[str, tuple[str, ...]] = {}
    for english, words in background.labels.get(locale, {}).items():
        found[english.lower()] = tuple(sorted(words))
    for term in background.glossary.terms:
        word = term.words.get(locale) if term.part == LABEL else None
        if word is not None:
            found[term.name.lower()] = tuple(dict.fromkeys((*word.right, *found.get(term.name.lower(), ()))))
    return found


def _is_another(text: str, label: str, known: Mapping[str, tuple[str, ...]]) -> bool:
    others = (words for english, words in known.items() if english != label.lower())
    return any(_plain(text) == _plain(word) for words in others for word in words)


def _finding(unit: Unit, label: str, words: tuple[str, ...], match: re.Match[str] | None) -> Finding:
    start, end = match.span(1) if match else (None, None)
    suggestion = words[0] if match else None
    params = {"label": label, "word": words[0]}
    return Finding(unit=unit, code="label-differs", params=params, start=start, end=end, suggestion=suggestion)


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
