"""A word that all other locales keep as it is, and this one doesn't.

Told where all other translations have the word in Latin letters, three at least, two of them in another script: then it
is likely to be a name that got lost or was translated here. Products differ in what they translate, so this is a hint.

>>> texts = {"ko": "Azure 계정", "ja": "Azure アカウント", "zh-HK": "Azure 帳戶", "sv": "Ett konto"}
>>> units = [Unit(id="1", source="An Azure account", targets=(text,), locale=tag) for tag, text in texts.items()]
>>> from oppi18n.checks.background import Background
>>> [(finding.unit.locale, finding.params["words"]) for finding in check_locales(units, Background())]
[('sv', 'Azure')]
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import INFO, Finding
from oppi18n.checks.wording import is_spaced, source_of, targets_of
from oppi18n.units.unit import Unit

FAMILY: Final = "coherence"
SEVERITY: Final = INFO
TEXTS: Final = {"outlier": "The other locales keep “{words}” as it is."}

_WORD: Final = re.compile(r"(?<![\w/.@-])[A-Z][A-Za-z0-9]+[A-Za-z](?![\w/@-]|\.\w)")
_OTHERS: Final = 3
_FAR: Final = 2


def check_locales(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every unit that lacks a word which the others keep."""
    together: dict[tuple[str, str], dict[str, Unit]] = defaultdict(dict)
    for unit in units:
        if unit.source:
            together[unit.id, unit.source].setdefault(unit.locale, unit)
    for group in together.values():
        if len(group) > _OTHERS:
            yield from _lacking(group)


def _lacking(group: Mapping[str, Unit]) -> Iterator[Finding]:
    words = dict.fromkeys(_WORD.findall(source_of(next(iter(group.values())))))
    texts = (
        {locale: "\n".join(text for _, text in targets_of(unit)).lower() for locale, unit in group.items()}
        if words
        else {}
    )
    lost: dict[str, list[str]] = defaultdict(list)
    for word in words:
        lacking = [locale for locale, text in texts.items() if word.lower() not in text]
        if len(lacking) == 1 and _is_name(texts.keys() - set(lacking)):
            lost[lacking[0]].append(word)
    for locale, found in lost.items():
        yield Finding(unit=group[locale], code="outlier", params={"words": " ".join(found)})


def _is_name(keeping: Collection[str]) -> bool:
    return len(keeping) >= _OTHERS and sum(not is_spaced(locale) for locale in keeping) >= _FAR
