"""A message that speaks of another state than its rule does.

The rule says where its message appears; the states that are named there are those that the message may speak of. Told is
a message that has the word for another state instead, which the English message doesn't have either.

>>> from oppi18n.checks.background import Background
>>> from oppi18n.i18n.glossary import Glossary, Term, Word
>>> states = {"Active": "aktiv", "Draft": "utkast"}
>>> terms = tuple(Term(name, "label", source="values of", words={"sv": Word("sv", word)}) for name, word in states.items())
>>> note = "appears where: opportunity.quotes.exists(q, q.state == 'active')"
>>> unit = Unit(id="1", source="There are active quotes.", targets=("Det finns utkast.",), locale="sv", notes=(note,))
>>> [(finding.quote, finding.params["states"]) for finding in check(unit, Background(Glossary(terms)))]
[('utkast', 'Active')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.checks.wording import LABEL, has, source_of, spot, targets_of, word_of
from oppi18n.i18n.glossary import Term
from oppi18n.units.unit import Unit

FAMILY: Final = "meaning"
SEVERITY: Final = ERROR
TEXTS: Final = {"contradicts-rule": "This message is about {states}; “{found}” is another state."}

_WHERE: Final = "appears where: "
_VALUE: Final = re.compile(r"'(\w+)'")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """Every form that names a wrong state and none of the right ones."""
    values = {match[1] for note in unit.notes if note.startswith(_WHERE) for match in _VALUE.finditer(note)}
    if not values or not unit.source:
        return
    source = source_of(unit).lower()
    states = [term for term in background.glossary.terms if term.part == LABEL and term.name.lower() in source]
    meant = [term for term in states if _value(term) in values]
    for form, text in targets_of(unit) if meant else ():
        if not any(_says(term, text, unit) for term in meant):
            yield from _others(unit, form, text, background, source, meant)


def _others(
    unit: Unit, form: int, text: str, background: Background, source: str, meant: list[Term]
) -> Iterator[Finding]:
    for term in background.glossary.terms:
        word = word_of(term, unit.locale) if term.part == LABEL and term.name.lower() not in source else None
        place = spot(word, text) if word is not None and _is_state(term) else None
        if place:
            names = ", ".join(each.name for each in meant)
            params = {"states": names, "found": text[slice(*place)]}
            yield Finding(unit=unit, code="contradicts-rule", params=params, form=form, start=place[0], end=place[1])
            return


def _says(term: Term, text: str, unit: Unit) -> bool:
    word = word_of(term, unit.locale)
    return word is not None and has(word, text)


def _value(term: Term) -> str:
    """The value in a rule whose label the term is."""
    return re.sub(r"\W+", "_", term.name.lower())


def _is_state(term: Term) -> bool:
    return term.source.startswith("values of")
