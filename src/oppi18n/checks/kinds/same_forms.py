"""Two plural forms that read the same.

Mostly the second was copied from the first and then forgotten. In Swedish some nouns are the same in the plural: `utkast`,
`projekt`, `fel`. Where such a noun follows the number, nothing is said.

>>> from oppi18n.checks.background import Background
>>> def about(text):
...     return Unit(id="1", source="{count} quote", plural="{count} quotes", targets=(text, text), locale="sv")
>>> [finding.code for finding in check(about("{count} offert"), Background())]
['same-forms']
>>> list(check(about("{count} utkast"), Background()))
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.units.unit import Unit

FAMILY: Final = "plurals"
SEVERITY: Final = WARNING
TEXTS: Final = {"same-forms": "Two plural forms read the same."}

# Neuter nouns that end in a consonant have no ending in the indefinite plural, and nouns in -are have none either.
_SAME: Final = """
alternativ anrop argument attribut avtal band barn begrepp belopp beslut bidrag blad block bolag bord brev dokument
dygn element exempel fall fel filter format formulär fält företag försök förslag hinder hus index kontor kontrakt
kort krav lager ljud ljus lån medel moment mål mönster namn nummer nät objekt ord paket par pass problem program
projekt prov protokoll recept register resultat rum råd skript skäl slag spel spår språk steg streck stöd svar
system sätt tak tal tecken test tillstånd träd tåg undantag uppdrag uppslag utdrag utkast uttryck val verb verk
verktyg villkor år
"""
_SAME_IN_SWEDISH: Final = frozenset(_SAME.split())
# An adjective before such a noun has two forms; so the noun itself must follow the number.
_NOUN: Final = re.compile(r"\{\w+\}(?: av \{\w+\})?[ \u00a0](\w+)")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with two forms that are one."""
    if unit.plural is None or unit.plural == unit.source:
        return
    for form in range(1, len(unit.targets)):
        text = unit.targets[form]
        if text and text in unit.targets[:form] and not _may_agree(unit, text):
            yield Finding(unit=unit, code="same-forms", form=form)


def _may_agree(unit: Unit, text: str) -> bool:
    """Whether the words of the text are the same for one and for many."""
    if language(unit.locale) != "sv":
        return False
    match = _NOUN.search(text)
    return match is not None and _is_same(match[1].lower())


def _is_same(word: str) -> bool:
    """Whether a noun, or the last part of a compound (`offertutkast`), reads the same for one and for many."""
    tails = (word[start:] for start in range(max(0, len(word) - 11), len(word) - 2))
    return word.endswith("are") or any(tail in _SAME_IN_SWEDISH for tail in tails)
